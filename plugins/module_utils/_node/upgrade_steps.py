# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run does to upgrade one node, as sentences."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._node.upgrade_rules import Change


def upgrade_steps(node: Mapping[str, Any] | None, change: Change, *, name: str, fetched: Iterable[str], pods: Iterable[str],
                  host_steps: tuple[Step, ...]) -> Iterator[Step]:
    """node: None where only a look is taken and nobody told. fetched: what the host downloads; pods: those that must leave; host_steps: as the host says."""
    cordons = bool(host_steps) and change.needs_drain and not (node and node_object.is_cordoned(node))
    if host_steps:
        yield from (Step(f"Fetch {item}") for item in fetched)
        if change.needs_drain:
            yield from [Step(f"Cordon node {name}")] if cordons else []
            yield from (Step(f"Evict pod {pod}") for pod in pods)
        else:
            yield Step(stays(name, change))
        yield from host_steps
    if host_steps or change.began:
        yield Step(f"Wait until node {name} is ready with kubelet {change.after['kubelet']}")
    if cordons or (node and node_object.is_being_upgraded(node)):
        yield Step(f"Uncordon node {name}")


def stays(name: str, change: Change) -> str:
    return f"Leave the pods of node {name} where they are: {change} needs no drain"
