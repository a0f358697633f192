# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A user's own play has nothing but role control_plane, as its README shows it: the cluster that it makes is a finished one."""
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.world import VERSIONS, World

CLUSTER = "other"


@pytest.fixture
def play(demo: World, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "play.yml"
    role = {"role": "kubermatic.caas.control_plane",
            "vars": {"seed_kubeconfig": str(demo.seed_kubeconfig), "seed_address": "{{ hostvars['lab'].seed_address }}"}}
    path.write_text(yaml.safe_dump([{"hosts": CLUSTER, "connection": "local", "gather_facts": False, "roles": [role]}]))
    yield path
    demo.playbook("delete_cluster", "-e", f"cluster={CLUSTER}", "-e", f"confirm={CLUSTER}").must_succeed()


def in_its_namespace(demo: World, kind: str, name: str) -> dict[str, Any]:
    return json.loads(demo.kubectl(None, "get", kind, name, "-n", f"cluster-{CLUSTER}", "-o", "json").stdout)


def test_its_record_is_finished_and_its_lock_is_free(demo: World, play: Path):
    demo.playbook_file(play).must_succeed()
    record = json.loads(in_its_namespace(demo, "configmap", "cluster-record")["data"]["record.json"])
    assert (record["phase"], record["last_error"], record["versions"]["kubernetes"]) == ("Running", "", VERSIONS[CLUSTER])
    assert not in_its_namespace(demo, "lease", "cluster-lock")["spec"].get("holderIdentity")
    assert demo.playbook_file(play).must_succeed().changed() == set()
