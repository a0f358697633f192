# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.join import Join
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.wanted_node import NodeWish


@pytest.mark.parametrize("wrong", [{"kubelet_config": {"maxPods": "many"}}, {"kubernetes_mirror": "mirror"}, {"github_mirror": "ftp://mirror"}])
def test_a_mistake_keeps_a_host_from_joining_and_not_from_getting_certificates(wrong: dict[str, Any]):
    """A renewal reads what is wanted, and installs nothing of this."""
    given = ArgumentSpecValidator(Join.ARGUMENT_SPEC).validate({"cluster": "demo", "seed_kubeconfig": "none", "node_name": "web-1", **wrong})
    wish = NodeWish.of("demo", given.validated_parameters)
    with pytest.raises(InvalidInput):
        wish.check()
