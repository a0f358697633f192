#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: node_pool
short_description: Bring the machines of a node pool to the wanted number
description:
  - Creates machines at a provider with as few requests as possible and waits until they run. Removes those that are too many, first those whose node is not
    ready, then the youngest. Replaces those whose creation failed.
  - Every machine carries the UID of the cluster as a tag or a label, from the request on that creates it. The module never touches machines without it,
    whatever their names are.
  - If a machine has this tag and a name like C(<cluster>-<pool>-<number>), but no pool, the module adds it to the pool.
  - The module notes each request in the record of the cluster before it sends it. So it creates no machine twice and forgets none, even if a reply is lost or a
    run ends in the middle. The next run waits up to a minute for machines of such a request, unless the provider can be asked for the request itself.
  - The module creates what machines need besides, such as a firewall and a key, before the first of them. It carries the UID of the cluster, too, and the
    module removes it with the pool.
  - The module handles machines only. M(kubermatic.caas.node) makes them nodes; drain a node before you remove its machine, see O(surplus). The playbook
    C(kubermatic.caas.scale) does all of that.
  - Providers have launch stages, which O(allowed_stages) must allow.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.node_pool
  - kubermatic.caas.attributes
requirements:
  - The Python library of the provider, such as boto3 for O(provider=aws).
notes:
  - What the credentials must allow at each provider is in docs/node_pools.md.
"""

EXAMPLES = r"""
- name: Three machines at DigitalOcean
  kubermatic.caas.node_pool:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    provider: digitalocean
    pool: web
    node_count: 3
    region: fra1
    size: s-2vcpu-4gb
    image: ubuntu-24-04-x64
    ssh_keys: ["3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45"]
    allowed_stages: [alpha, beta, public]

- name: Three at AWS
  kubermatic.caas.node_pool:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    provider: aws
    pool: api
    node_count: 3
    region: eu-central-1
    zones: [eu-central-1a, eu-central-1b]
    size: t3.medium
    image: ami-0123456789abcdef0
    ssh_public_key: "{{ lookup('ansible.builtin.file', '~/.ssh/id_ed25519.pub') }}"
    ssh_cidrs: [203.0.113.7/32]
    allowed_stages: [alpha, beta, public]

- name: None any more
  kubermatic.caas.node_pool:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    provider: digitalocean
    pool: web
    state: absent
"""

RETURN = r"""
machines:
  description: The machines of the pool that stay, from the oldest to the youngest. In check mode those that exist now.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its id at the provider.
      type: str
      returned: success
      sample: "3164444"
    name:
      description: Its name, also the name for its node.
      type: str
      returned: success
      sample: demo-web-1
    pool:
      description: The pool in its tag or label.
      type: str
      returned: success
      sample: web
    state:
      description: V(creating), V(running), V(off) or V(failed).
      type: str
      returned: success
      sample: running
    created:
      description: When it was created, RFC 3339 in UTC.
      type: str
      returned: success
      sample: "2026-03-01T14:03:10Z"
    address:
      description: Its public IPv4 address, or its private one if it runs and has no other. Empty if it has none yet.
      type: str
      returned: success
      sample: 203.0.113.7
    private_address:
      description: Its address in the private network.
      type: str
      returned: success
      sample: 10.114.0.2
    region:
      description: Its region, or its zone at providers that have zones.
      type: str
      returned: success
      sample: fra1
    size:
      description: Its size.
      type: str
      returned: success
      sample: s-2vcpu-4gb
    host_keys:
      description: Its public SSH host keys, empty if O(host_keys=false) or its provider doesn't report them (yet).
      type: list
      elements: str
      returned: success
      sample: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE]
create:
  description: Names of machines that were missing when the module began.
  returned: success
  type: list
  elements: str
  sample: [demo-web-3]
surplus:
  description: Names of machines that were too many when the module began, in the order in which they should be removed.
  returned: success
  type: list
  elements: str
  sample: []
price:
  description: What one new machine costs, empty if none is missing, or if the provider reports no prices.
  returned: success
  type: str
  sample: 0.03571 USD an hour, 24 a month
uid:
  description: UID of the cluster, as its machines carry it.
  returned: success
  type: str
  sample: 0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11
residual:
  description: What is left of the pool at the provider. Always empty, because the module fails if anything is left, and names it.
  returned: O(state=absent)
  type: list
  elements: str
  sample: []
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["Create machine demo-web-3 at digitalocean: s-2vcpu-4gb in fra1 with ubuntu-24-04-x64, 0.03571 USD an hour, 24 a month"]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool_resource import NodePoolResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(NodePoolResource)


if __name__ == "__main__":
    main()
