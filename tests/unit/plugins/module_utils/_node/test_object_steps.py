# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._node.object_steps import join_steps


@pytest.mark.parametrize(("patch", "titles"), [
    (node_object.cordon_patch(), ["Uncordon node web-1, whose removal was interrupted"]),
    (node_object.cordon_for_upgrade_patch(), ["Uncordon node web-1, whose upgrade was interrupted"]),
    ({"metadata": {}, "spec": {"unschedulable": True}}, []),
])
def test_a_node_that_stays_takes_pods_again_if_we_cordoned_it(patch, titles: list[str]):
    node = {"metadata": {"name": "web-1", **patch["metadata"]}, "spec": patch["spec"]}
    found = join_steps(node, name="web-1", cluster="demo", provider_id="", serving_ends=None, labels={}, taints=())
    assert [step.title for step in found] == titles
