# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a machine asks for that is to join a seed. That it joins is seen on hosts of the lab."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.joining import JoiningMachine
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Answer

FOUND_INCOMPLETE = SimpleNamespace(complete=False, address="198.51.100.11")


class Machine(JoiningMachine):
    """Whose scripts say what a test wants."""

    def __init__(self, facts: dict[str, str]) -> None:
        self.params, self.name, self.role, self.facts = {"admission": None}, "fra1-b", "worker", facts

    def execute(self, *dummy: Any, **dummy2: Any) -> Answer:
        return Answer(facts=self.facts)

    def say(self, text: str) -> None:
        """Nobody listens."""


@pytest.mark.parametrize(("facts", "joined"), [({"join_request": "request", "join_recipient": "recipient"}, False), ({}, True)])
def test_a_machine_that_joined_meanwhile_asks_for_nothing(facts: dict[str, str], joined: bool):
    machine = Machine(facts)
    machine.make(FOUND_INCOMPLETE)
    assert machine.joined is joined and (machine.request is None) is joined
