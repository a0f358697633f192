# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._node.upgrade_rules import Change
from ansible_collections.kubermatic.caas.plugins.module_utils._node.upgrade_steps import upgrade_steps

OLD = {"kubelet": "1.36.3", "containerd": "2.2.0"}
MINOR, PATCH = Change(OLD, {**OLD, "kubelet": "1.37.2"}), Change(OLD, {**OLD, "kubelet": "1.36.9"})
HOST = (Step("Replace kubelet"), Step("Restart kubelet"))
FREE = {"metadata": {"name": "web-1"}, "spec": {}}
OURS = {"metadata": {"name": "web-1", **node_object.cordon_for_upgrade_patch()["metadata"]}, "spec": {"unschedulable": True}}
OF_OTHERS = {"metadata": {"name": "web-1"}, "spec": {"unschedulable": True}}
WAIT, CORDON, UNCORDON = "Wait until node web-1 is ready with kubelet 1.37.2", "Cordon node web-1", "Uncordon node web-1"
FETCH, EVICT, INSTALL = "Fetch kubelet 1.37.2", "Evict pod shop/a", ["Replace kubelet", "Restart kubelet"]


def titles(node, change: Change, host_steps: tuple[Step, ...] = HOST) -> list[str]:
    return [step.title for step in upgrade_steps(node, change, name="web-1", fetched=["kubelet 1.37.2"], pods=["shop/a"], host_steps=host_steps)]


@pytest.mark.parametrize(("node", "expected"), [
    (FREE, [FETCH, CORDON, EVICT, *INSTALL, WAIT, UNCORDON]),
    # cordoned by a run that was killed
    (OURS, [FETCH, EVICT, *INSTALL, WAIT, UNCORDON]),
    # it stays as others want it, and its pods must leave all the same
    (OF_OTHERS, [FETCH, EVICT, *INSTALL, WAIT]),
    # a look at a cluster whose API does not answer
    (None, [FETCH, CORDON, EVICT, *INSTALL, WAIT, UNCORDON]),
])
def test_a_node_is_emptied_for_another_minor_release(node, expected: list[str]):
    assert titles(node, MINOR) == expected


def test_a_patch_is_installed_under_the_pods():
    assert titles(FREE, PATCH) == [FETCH, "Leave the pods of node web-1 where they are: kubelet 1.36.3 -> 1.36.9 needs no drain", *INSTALL,
                                   "Wait until node web-1 is ready with kubelet 1.36.9"]


@pytest.mark.parametrize(("node", "began", "expected"), [
    (FREE, False, []), (OF_OTHERS, False, []), (OURS, False, [UNCORDON]), (OURS, True, [WAIT, UNCORDON]), (FREE, True, [WAIT]), (None, False, []),
])
def test_what_is_left_of_an_upgrade_that_was_killed(node, began: bool, expected: list[str]):
    assert titles(node, Change(OLD, MINOR.after, began), ()) == expected
