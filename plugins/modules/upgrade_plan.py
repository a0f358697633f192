#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: upgrade_plan
short_description: Say how a cluster gets to another version of Kubernetes
version_added: 0.1.0
description:
  - Asks the control plane and every kubelet which version they run, and returns the steps to O(kubernetes_version). Changes nothing.
  - The control plane goes one minor release at a time, and to patches directly. Nodes follow it. A kubelet is never newer than the oldest kube-apiserver, and
    never more than three minor releases older than the newest one. Nothing goes back.
  - It fails if something stands in the way. Each such gate has a name, and can be passed with O(accept_gates).
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.upgrade_plan
  - kubermatic.caas.attributes.reads
"""

EXAMPLES = r"""
- name: What would be done
  kubermatic.caas.upgrade_plan:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    kubernetes_version: "1.37"
  register: plan

- name: Print it
  ansible.builtin.debug:
    var: plan.lines
"""

RETURN = r"""
runs:
  description: The version of Kubernetes that the cluster runs, as its record has it.
  returned: success
  type: str
  sample: 1.36.3
stages:
  description: The steps, one after the other. None if there is nothing to do.
  returned: success
  type: list
  elements: dict
  contains:
    control_plane:
      description: The versions through which the control plane goes.
      type: list
      elements: str
      sample: ["1.37.2"]
    nodes:
      description: The version of the kubelets afterwards.
      type: str
      sample: 1.37.2
    nodes_now:
      description: Of the nodes whose kubelets are older, name to the version that they get.
      type: dict
      sample: {"web-1": "1.37.2"}
nodes:
  description:
    - Names of the nodes that the first stage goes over. They have an older kubelet or another containerd, or an earlier run has begun with them.
  returned: success
  type: list
  elements: str
  sample: [web-1]
components:
  description: What else changes its version, name to C(from) and C(to).
  returned: success
  type: dict
  sample: {"coredns": {"from": "v1.14.5", "to": "v1.14.6"}}
max_api_gap:
  description: As it was given, 0 for no limit.
  returned: success
  type: float
  sample: 2.0
drains:
  description: Whether nodes are drained, as another minor release of the kubelet or another containerd ends containers.
  returned: success
  type: bool
lines:
  description: The same as sentences.
  returned: success
  type: list
  elements: str
  sample: ["kube-apiserver, kube-controller-manager, kube-scheduler: 1.36.3 -> 1.37.2"]
accepted:
  description: Closed gates that O(accept_gates) passed, with what is C(wrong).
  returned: success
  type: list
  elements: dict
  sample: []
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.plan_resource import UpgradePlanResource


def main() -> None:
    as_module.main(UpgradePlanResource)


if __name__ == "__main__":
    main()
