#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_result
short_description: Tell how a run went for a cluster
description:
  - Collects what the tasks of the roles registered for a cluster, its nodes and its machines. Notes in its record what failed, gives back its lock, and
    prints a short summary. Fails if something failed.
  - For the playbooks and roles of this collection, whose variables it knows. They may change with any release.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.seed
  - kubermatic.caas.cluster
  - kubermatic.caas.attributes
options:
  after:
    description:
      - What was done.
      - V(hosts) fails if a host of a new cluster can't be a node. Nothing is noted.
      - V(control_plane) notes why a control plane could not be made. It does not fail, as the task did that could not make it.
      - V(block) is for the rescue of a block of tasks after which the run goes on. It keeps why the block ended early.
      - V(create), V(scale) and V(renew) tell how the playbook of that name went.
      - V(node) tells it of a node whose cluster takes no part in the run.
      - V(look) fails if a cluster that is to be deleted has nodes that the run does not reset.
      - V(reset) fails if a node of a cluster that is to be deleted could not be reset.
      - V(delete) tells what is left of a cluster. If it is still there, its lock is given back.
    type: str
    choices: [hosts, control_plane, block, create, node, scale, look, reset, delete, renew]
    required: true
  hosts_reset:
    description: With O(after=look) and O(after=delete), whether the hosts of nodes are asked to leave.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: How it went
  kubermatic.caas.cluster_result:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    after: create
"""

RETURN = r"""
lines:
  description: The summary, as it was printed.
  returned: success
  type: list
  elements: str
  sample:
    - "Cluster demo is created: Kubernetes 1.36.3 at https://198.51.100.10:31234, control plane in namespace cluster-demo of seed fra1"
    - "  Nodes of this run: web-1, web-2"
errors:
  description: Each reason of a failure. The message has all of them.
  returned: failure
  type: list
  elements: str
  sample: ["The host can't be reached (host web-3)."]
why:
  description: Why a block of tasks ended early, empty if O(after) is something else.
  returned: success
  type: str
  sample: ""
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.run_result_options import ARGUMENT_SPEC


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="kubermatic.caas.cluster_result works from the control host, which knows the results of all hosts.")


if __name__ == "__main__":
    main()
