# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A host that is a directory, under every shell that is here, and a mirror."""
from __future__ import annotations

import subprocess

import pytest

from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Remote
from component.plugins.plugin_utils.ssh.mirror import Mirror
from component.plugins.plugin_utils.ssh.shells import SHELLS


@pytest.fixture(params=SHELLS, ids=" ".join)
def host(request, tmp_path) -> Remote:
    def execute(command: str, data: bytes) -> dict:
        assert command == "sh -s"
        done = subprocess.run([*request.param, "-s"], input=data, capture_output=True, check=False, timeout=60)
        return {"rc": done.returncode, "stdout": "Welcome!\n" + done.stdout.decode(), "stderr": done.stderr.decode()}

    (tmp_path / "root" / "run").mkdir(parents=True)
    remote = Remote(execute, "web-1")
    remote.root = tmp_path / "root"
    return remote


@pytest.fixture
def mirror():
    mirror = Mirror()
    yield mirror
    mirror.over.set()
    mirror.server.shutdown()
    mirror.server.server_close()


@pytest.fixture(params=["curl", "wget"])
def downloader(request, host, monkeypatch):
    """Only one of the two is there, as on minimal hosts."""
    other = {"curl": "wget", "wget": "curl"}[request.param]
    inner = host.execute
    host.execute = lambda command, data: inner(command, data.replace(
        b"\nhave() { ", f'\nhave() {{ [ "$1" != {other} ] || return 1; '.encode()))
    return request.param
