#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_result
short_description: Report how a run went for a cluster
description:
  - Collects the results that the tasks of the roles registered for a cluster, its nodes and its machines. Stores errors in the record of the cluster, releases
    its lock, and prints a short summary. Fails if something failed.
  - The module is for the playbooks and roles of this collection and uses their variables. It may change with any release.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cluster_result
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: Report how the run went
  kubermatic.caas.cluster_result:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    after: create
"""

RETURN = r"""
lines:
  description: The summary, as the module printed it.
  returned: success
  type: list
  elements: str
  sample:
    - "Cluster demo is created: Kubernetes 1.36.3 at https://198.51.100.10:31234, control plane in namespace cluster-demo of seed fra1"
    - "  Nodes of this run: web-1, web-2"
errors:
  description: Each reason of a failure. The message contains all of them.
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

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import CLUSTER_RESULT
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.only_as_action(CLUSTER_RESULT, "kubermatic.caas.cluster_result works from the control host, which knows the results of all hosts.")


if __name__ == "__main__":
    main()
