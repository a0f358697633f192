# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What providers bring along comes with a module to another host, and comes from variables on this one."""
from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from playbook_runs.running import Running

# like `local`, but Ansible sends modules over it
CONNECTION = '''
DOCUMENTATION = """
name: elsewhere
short_description: Another host
description: This machine as another host.
author: somebody
options: {}
"""
from ansible.plugins.connection.local import Connection as Local


class Connection(Local):
    transport = "elsewhere"
'''
OPTIONS = {"seed_kubeconfig": "/nowhere", "cluster": "demo", "pool": "web", "state": "fit", "node_count": 1, "region": "r", "size": "s", "image": "i"}
BAD = "http://example.org/"


def played(tmp_path: Path, connection: str, variables: dict[str, str], provider: str) -> str:
    (tmp_path / "connection_plugins").mkdir()
    (tmp_path / "connection_plugins" / "elsewhere.py").write_text(CONNECTION)
    play = {"hosts": "localhost", "gather_facts": False, "connection": connection, "vars": {"ansible_python_interpreter": sys.executable, **variables},
            "tasks": [{"kubermatic.caas.node_pool": {**OPTIONS, "provider": provider}}]}
    (tmp_path / "play.json").write_text(json.dumps([play]))
    return Running("-i", "localhost,", "play.json", environment={"ANSIBLE_HOME": str(tmp_path / "home")}, directory=tmp_path).end(120).output


@pytest.mark.parametrize("provider", registry.DESCRIPTIONS)
@pytest.mark.parametrize("connection", ["elsewhere", "local"])
def test_a_provider_is_there_and_has_its_variables(tmp_path: Path, connection: str, provider: str):
    credentials = {option.name: "{{ 'a' ~ 'b' }}" for option in registry.DESCRIPTIONS[provider].access if option.credential}
    said = played(tmp_path, connection, {**credentials, f"{provider}_url": BAD}, provider)
    assert f"'{BAD}' would show" in said and f"({provider}_url). Use https." in said, said


def test_a_variable_that_is_omitted_is_not_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DIGITALOCEAN_TOKEN", raising=False)
    assert "No token for DigitalOcean is given" in played(tmp_path, "local", {"digitalocean_token": "{{ nobody_says | default(omit) }}"}, "digitalocean")
