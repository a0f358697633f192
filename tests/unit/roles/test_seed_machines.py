# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which machines the role seed takes, for what, and in which order."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

ROLE = Path(__file__).resolve().parents[3] / "roles" / "seed"
HOSTS = {"fra1-w1": {"seed": "fra1", "seed_role": "worker"}, "fra1-c": {"seed": "fra1"}, "ams1-a": {"seed": "ams1"}, "spare": {},
         "fra1-a": {"seed": "fra1", "seed_role": "control_plane"}, "fra1-b": {"seed": "fra1"}}


def role_vars(name: str, looks: list[dict[str, Any]] | None = None) -> list[str] | str:
    loader = DataLoader()
    hostvars = {host: {"inventory_hostname": host, **words} for host, words in HOSTS.items()}
    variables = {**loader.load_from_file(str(ROLE / "vars" / "main.yml"), trusted_as_template=True),
                 "inventory_hostname": "fra1", "groups": {"seed_nodes": list(HOSTS)}, "hostvars": hostvars,
                 "seed_looks": {"results": looks} if looks is not None else {"skipped": True}}
    return Templar(loader=loader, variables=variables).template(variables[name])


def look(machine: str, *, complete: bool = True, seed_role: str = "control_plane") -> dict[str, Any]:
    return {"machine": machine, "complete": complete, "seed_role": seed_role}


def test_machines_of_this_seed_in_the_order_of_the_inventory():
    assert role_vars("seed_machines") == ["fra1-w1", "fra1-c", "fra1-a", "fra1-b"]
    assert role_vars("seed_workers") == ["fra1-w1"]
    assert role_vars("seed_control_planes") == ["fra1-c", "fra1-a", "fra1-b"]


@pytest.mark.parametrize(("looks", "first"), [
    (None, "fra1-c"),
    ([look("fra1-w1", seed_role="worker"), look("fra1-c", complete=False), look("fra1-a"), look("fra1-b")], "fra1-a"),
    ([look("fra1-c", complete=False), look("fra1-a", complete=False)], "fra1-c"),
])
def test_the_first_one_is_complete_if_any_is_so_that_no_second_seed_is_initialised(looks, first):
    assert role_vars("seed_first", looks) == first
    assert role_vars("seed_others", looks) == [*(name for name in ("fra1-c", "fra1-a", "fra1-b") if name != first), "fra1-w1"]


def test_all_machines_write_by_the_key_before_anything_is_written_anew():
    task, = DataLoader().load_from_file(str(ROLE / "tasks" / "encrypt.yml"), trusted_as_template=True)
    loop = Templar(loader=DataLoader(), variables={"seed_control_planes": ["fra1-a", "fra1-b"]}).template(task["loop"])
    assert [tuple(step) for step in loop] == [("fra1-a", "write"), ("fra1-b", "write"), ("fra1-a", "rewrite"), ("fra1-b", "rewrite")]
    options = task["kubermatic.caas.seed_node"]
    for machine, first in (("fra1-a", True), ("fra1-b", False)):
        variables = {"seed_encryption_step": [machine, "write"], "seed_first": "fra1-a", "hostvars": {machine: {}}, "seed_machine": {
            "server": "https://198.51.100.10:6443", "components": {}, "encryption_config": "its file"}}
        some = {name: options[name] for name in ("machine", "encryption_goal", "encryption_config", "server")}
        found = Templar(loader=DataLoader(), variables=variables).template(some)
        assert found["encryption_config"] == ("" if first else "its file")
        # without a server it is the first machine
        assert ("server" in found) is not first
