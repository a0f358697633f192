#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: node_pool_hosts
short_description: Store the host keys of machines of node pools, and find those that must join
description:
  - Compares the machines of node pools with the nodes of the cluster. Returns which machines have to join, and how to log in to them.
  - Stores the host key of a machine in the record of the cluster at the first connection, or earlier if its provider reports the key. From then on it accepts
    no other key. The key belongs to the id of the machine, because another machine may get its address later.
  - Deletes Nodes and keys of machines that no longer exist.
  - Runs on the control host, where the SSH connections start.
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
  description: Machines to log in to.
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
      description: The user who logs in.
      type: str
      returned: success
      sample: root
    join:
      description: Why it has to join, empty if it is a node already.
      type: str
      returned: success
      sample: it is not a node yet
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
      description: Name under which ssh looks for its host key.
      type: str
      returned: success
      sample: digitalocean-3164444
    ssh_arguments:
      description: Arguments for ssh, so that it accepts only the stored key.
      type: str
      returned: success
      sample: -o HostKeyAlias=digitalocean-3164444
waiting:
  description: Names of all machines that have to join, including those that did not answer.
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
  description: What the module did, or would do in check mode, as sentences.
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
