#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: node_pools
short_description: Check the node pools of a cluster, and store them in its record
description:
  - Checks the node pools in the inventory, on the command line and in the cluster's record before anything is created, and fails with one line for the first
    mistake.
  - Returns the pools in full, for M(kubermatic.caas.node_pool).
  - With O(state=noted) it stores the pools in the record, so that other control hosts and the inventory plugin P(kubermatic.caas.clusters#inventory) know them.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.node_pools
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: Look at the pools of cluster demo
  kubermatic.caas.node_pools:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    node_pools:
      - name: web
        provider: digitalocean
        node_count: 3
        region: fra1
        size: s-2vcpu-4gb
        image: ubuntu-24-04-x64
    allowed_stages: [alpha, beta, public]
"""

RETURN = r"""
pools:
  description: The pools that shall have their node_count, with all their keys.
  returned: success
  type: list
  elements: dict
  sample: [{"name": "web", "provider": "digitalocean", "node_count": 3}]
exists:
  description: Whether the cluster has a record. Without one it can't have machines.
  returned: success
  type: bool
  sample: true
by_record:
  description:
    - Names of those of RV(pools) that only the record of the cluster describes. Everybody who may write in its namespace can write them, so runs create no
      machines for them.
  returned: success
  type: list
  elements: str
  sample: []
bound:
  description: Pools that may have machines, with their provider.
  returned: success
  type: list
  elements: dict
  sample: [{"name": "web", "provider": "digitalocean"}]
nodes:
  description: Names of nodes that exist and whose removal has not begun, if O(ready=true) and the cluster answers, else null.
  returned: success
  type: list
  elements: str
  sample: [demo-web-1]
ready_nodes:
  description: Names of nodes that are ready, if O(ready=true).
  returned: success
  type: list
  elements: str
  sample: [demo-web-1]
hints:
  description: Hints as sentences, such as that the inventory has another number.
  returned: success
  type: list
  elements: str
  sample: []
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample: [Note in the record of cluster demo what its node pools are]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pools_resource import NodePoolsResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(NodePoolsResource)


if __name__ == "__main__":
    main()
