# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The group of a cluster, for templates."""
from __future__ import annotations

DOCUMENTATION = r"""
name: cluster_group
short_description: Group of the inventory with a cluster and its nodes
description:
  - Names of groups contain no C(-). So the name is C(cluster_) and the name of the cluster with C(_) for each C(-).
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
options:
  _input:
    description: Name of the cluster.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Nodes of a cluster
  ansible.builtin.debug:
    msg: "{{ groups['my-demo' | kubermatic.caas.cluster_group] }}"
"""

RETURN = r"""
_value:
  description: Name of the group, C(cluster_my_demo) for V(my-demo).
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import group_of


class FilterModule:
    def filters(self) -> dict[str, Callable[[Any], str]]:
        return {"cluster_group": lambda name: group_of(str(name))}
