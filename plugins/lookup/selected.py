# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosts of a play."""
from __future__ import annotations

DOCUMENTATION = r"""
name: selected
short_description: Hosts of the inventory that a play is for
description:
  - For C(hosts) of a play. Without C(-e cluster=NAME) it returns all clusters, or all nodes; with it only that cluster, or its nodes. C(--limit) has its usual
    effect.
  - In a task of a host that has a variable C(cluster), it returns only that cluster and its nodes.
  - It compares names, so the name of a cluster is never a pattern of hosts.
  - It is for the playbooks of this collection. Its terms may change with any release.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
options:
  _terms:
    description:
      - V(clusters) and V(nodes) are those of the inventory.
      - V(another_cluster) is one other cluster of this run than that of the host, if there is any.
      - V(clusters_with_node_pools) are clusters with node pools, as this run has checked them.
      - V(nodes_of_new_clusters) are nodes of clusters that this run has checked and that do not run yet.
      - V(nodes_to_fetch) and V(nodes_to_clean) are those of them that lack downloads. If a node of their cluster failed, they are V(nodes_to_clean).
      - V(nodes_to_join) are all nodes but those of clusters whose control plane failed in this run.
      - V(nodes_alone) are nodes whose cluster is not part of this run.
      - V(upgrade_hosts) are clusters, each followed by its nodes, and V(upgrade_rings) how many of them belong to each ring of an upgrade.
    type: list
    elements: str
    choices:
      - clusters
      - another_cluster
      - clusters_with_node_pools
      - nodes
      - nodes_of_new_clusters
      - nodes_to_fetch
      - nodes_to_clean
      - nodes_to_join
      - nodes_alone
      - upgrade_hosts
      - upgrade_rings
    required: true
  within:
    description: Of V(upgrade_hosts) and V(upgrade_rings), the hosts that C(--limit) leaves.
    type: list
    elements: str
  at_once:
    description: Number of clusters in a ring.
    type: int
    default: 1
"""

EXAMPLES = r"""
- name: Where they are
  hosts: "{{ query('kubermatic.caas.selected', 'clusters') }}"
  gather_facts: false
  tasks:
    - name: In which seed
      ansible.builtin.debug:
        msg: "{{ inventory_hostname }} is in seed {{ seed }}"
"""

RETURN = r"""
_list:
  description: Names of hosts, or of V(upgrade_rings) numbers.
  type: list
  elements: str
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.selection import SELECTIONS, Selection


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        there = variables or {}
        within, at_once = kwargs.get("within"), str(kwargs.get("at_once", 1))
        if not at_once.isdecimal() or int(at_once) < 1:
            raise AnsibleLookupError(f"upgrade_serial is {at_once[:80]}. Write a number of clusters from 1 on")
        selection = Selection(there.get("groups", {}), there.get("hostvars", {}), named="cluster" in there, cluster=there.get("cluster"),
                              within=None if within is None else frozenset(within), at_once=int(at_once))
        unknown = [term for term in terms if term not in SELECTIONS]
        if unknown:
            raise AnsibleLookupError(f"{unknown[0]} can't be selected, only {', '.join(SELECTIONS)}")
        return [host for term in terms for host in SELECTIONS[term](selection)]
