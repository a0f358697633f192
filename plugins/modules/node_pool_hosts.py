#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: node_pool_hosts
short_description: Pin the host keys of machines of node pools, and say who has to become a node
description:
  - Compares the machines of node pools with the nodes of the cluster. Says which machines have to join, and how to log in to them.
  - The host key of a machine is pinned in the record of the cluster at first contact, or before that if its provider tells the key. From then on no other
    key is accepted. The pin belongs to the id of the machine, as its address may be another machine's later.
  - Nodes and pins of machines that are gone are deleted.
  - Runs where the SSH connections begin, on the control host.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.node_pool_hosts
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: Hosts of the pool web
  kubermatic.caas.node_pool_hosts:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    pools: "{{ wanted.pools }}"
    machines:
      web: "{{ web.machines }}"
    known_hosts: /run/user/1000/demo.known_hosts
"""

RETURN = r"""
hosts:
  description: Machines that are to be logged in to.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the machine and of its node.
      type: str
      returned: success
      sample: demo-web-1
    pool:
      description: Its pool.
      type: str
      returned: success
      sample: web
    address:
      description: Address for SSH.
      type: str
      returned: success
      sample: 203.0.113.7
    user:
      description: Who logs in.
      type: str
      returned: success
      sample: root
    join:
      description: Why it has to become a node, empty if it is one as it should be.
      type: str
      returned: success
      sample: it is no node yet
    labels:
      description: Labels for its node.
      type: dict
      returned: success
      sample: {"kubermatic.caas/node-pool": web}
    taints:
      description: Taints for its node.
      type: list
      returned: success
      sample: []
    alias:
      description: Name by which its host key is known.
      type: str
      returned: success
      sample: digitalocean-3164444
    ssh_arguments:
      description: Arguments for ssh, by which only the pinned key is accepted.
      type: str
      returned: success
      sample: -o HostKeyAlias=digitalocean-3164444
waiting:
  description: Names of all machines that have to become nodes, also of those that can't be logged in to.
  returned: success
  type: list
  elements: str
  sample: [demo-web-1]
switched_off:
  description: Names of machines that are not switched on.
  returned: success
  type: list
  elements: str
  sample: []
errors:
  description: A line for each machine that did not answer.
  returned: success
  type: list
  elements: str
  sample: []
steps:
  description: What was done, or in check mode would be done, as sentences.
  returned: success
  type: list
  elements: str
  sample: [Pin the host key of machine demo-web-1 (3164444) at 203.0.113.7]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.hosts_resource import NodePoolHostsResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(NodePoolHostsResource)


if __name__ == "__main__":
    main()
