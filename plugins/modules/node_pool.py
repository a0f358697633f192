#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: node_pool
short_description: Bring the machines of a node pool to the wanted number
description:
  - Creates machines at a provider by as few requests as possible and waits until they run; removes those that are too many, first those whose node is
    not ready, then the youngest; replaces those whose creation failed.
  - Every machine carries the UID of the cluster from its first moment on, as a tag or a label, and is found by it. Machines without it are never touched,
    whatever they are called.
  - A machine with it and a name like C(<cluster>-<pool>-<number>), but without a pool, is adopted.
  - What is asked for is noted in the record of the cluster before. If a reply is lost or a run ends in the middle, no machine is made twice and none is
    forgotten; the next look waits up to a minute for what was asked for where the provider can't be asked for the request itself.
  - What machines need beside themselves, such as a firewall and a key, is made before the first of them, carries the UID of the cluster, too, and goes with
    the pool.
  - Machines only. They become nodes by M(kubermatic.caas.node); drain a node before its machine is removed, see O(surplus). The playbook
    C(kubermatic.caas.scale) does all of it.
  - Providers have launch stages, which O(allowed_stages) must allow.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.seed
  - kubermatic.caas.cluster
  - kubermatic.caas.providers.node_pool
  - kubermatic.caas.attributes
requirements:
  - The Python library of the provider, such as boto3 for O(provider=aws).
options:
  pool:
    description:
      - Name of the node pool. At most as long as leaves room for the name of a machine, C(<cluster>-<pool>-<number>), in 52 characters.
      - Lower-case letters, digits and C(-); the first is a letter, the last a letter or a digit.
    type: str
    required: true
  state:
    description:
      - V(present) brings the pool to O(node_count) machines.
      - V(absent) removes all its machines and what it has beside them, and looks whether any of it, or of the machines' disks, is left.
      - V(fit) only asks the provider whether such machines can be had, with what is given here. The cluster need not exist for that.
    type: str
    choices: [present, absent, fit]
    default: present
  node_count:
    description: How many machines there shall be, from 0 to 1000. Needed for O(state=present).
    type: raw
  min_node_count:
    description: The least that O(node_count) may be. 0 if not given.
    type: raw
  max_node_count:
    description: The most that O(node_count) may be. 1000 if not given.
    type: raw
  region:
    description:
      - The provider's name of the region, such as V(fra1) or V(eu-central-1). Needed for O(state=present). A pool stays in its region.
      - If not given, what the provider's own tools take from the environment where the module runs, such as E(AWS_REGION); for O(state=absent) also the one
        that is noted in the record.
    type: str
  zones:
    description: Zones of the region over which machines are spread, at providers that have zones. The provider chooses if not given.
    type: list
    elements: str
  size:
    description: The provider's name of the size of a machine. Needed for O(state=present). Machines that are there keep theirs.
    type: str
  image:
    description: The provider's name or id of the image. Needed for O(state=present). Machines that are there keep theirs.
    type: str
  disk:
    description: GiB of the root disk of new machines. Where it comes with the size, how many it must have at least.
    type: int
  network:
    description: The provider's id of the private network for the machines. The default one if not given.
    type: str
  subnets:
    description: Ids of subnets of one network over which machines are spread, at providers that have them. Excludes O(zones) and O(network).
    type: list
    elements: str
  public_address:
    description: Whether new machines get a public IPv4 address, at providers that leave the choice. What their subnet says if not given.
    type: bool
  ssh_keys:
    description: Keys that the account has, as the provider names them. Whoever has one of the private keys may log in.
    type: list
    elements: str
    aliases: [key_name]
  ssh_public_key:
    description:
      - One line of a public key, such as C(~/.ssh/id_ed25519.pub) has, that may log in.
      - The account gets it when a machine is made, and loses it with the pool. Machines that are there keep theirs.
    type: str
  ssh_cidrs:
    description:
      - IPv4 networks that may reach the machines by SSH, such as V(203.0.113.7/32) for the control host.
      - With it the pool has a firewall. It lets in SSH from there, and what nodes need of each other, by UDP 8472 (flannel) and TCP 10250 (kubelet).
        Everything may go out.
    type: list
    elements: str
  security_groups:
    description:
      - Ids of groups of rules that new machines get in place of those of their own, at providers that have them. They have to let in SSH, and nodes to each
        other.
    type: list
    elements: str
  tags:
    description: Further tags for new machines. They can't begin with C(kubermatic-caas).
    type: list
    elements: str
  host_keys:
    description:
      - Whether the provider is asked for the SSH host keys of machines that are not in O(ready_nodes), if it knows them, one request each.
      - AWS shows what cloud-init printed on the console some minutes after the start; it is not waited for.
    type: bool
    default: false
  ready_nodes:
    description: Names of nodes that are ready. Machines of others are removed first.
    type: list
    elements: str
    default: []
  nodes:
    description:
      - Names of nodes that are there and are to stay. Machines that are none are removed before all others, as a run that was killed may have emptied them.
      - Without it nothing is said about that.
    type: list
    elements: str
  surplus:
    description:
      - V(remove) removes machines that are too many.
      - V(keep) keeps them, and tells them as RV(surplus), so that their nodes can be drained first. With O(state=absent) they go anyway.
    type: str
    choices: [remove, keep]
    default: remove
  remove:
    description:
      - Names of machines to remove, as an earlier task told them as RV(surplus), after their nodes were drained. Only these go, and nothing else is decided or
        done, whatever has changed since. Those that are gone already are left out.
      - Without it the module decides. Not looked at with O(state=absent).
    type: list
    elements: str
  shortage:
    description:
      - V(make) makes machines that are missing.
      - V(refuse) fails before anything is changed if some are missing, V(tell) only says so. In both cases nothing that a pool needs beside its machines is
        made or changed either. Meant for a pool of which only the record of the cluster says what its machines are like.
    type: str
    choices: [make, refuse, tell]
    default: make
  wait_timeout:
    description: How many seconds machines may take to run, or to be gone.
    type: int
    default: 600
  allowed_stages:
    description: Launch stages that the provider may have. A pool that has machines there already is not refused.
    type: list
    elements: str
    choices: [alpha, beta, public, deprecated]
    default: [beta, public]
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
  description: The machines of the pool that stay, from the oldest to the youngest. In check mode those that are there now.
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
      description: The pool that it says it belongs to.
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
      description: Its public SSH host keys, empty if O(host_keys=false) or its provider doesn't tell them (yet).
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
  description: Names of machines that were too many when the module began, from the one that is missed least.
  returned: success
  type: list
  elements: str
  sample: []
price:
  description: What one new machine costs, empty if none is missing, or if the provider tells no prices.
  returned: success
  type: str
  sample: 0.03571 USD an hour, 24 a month
uid:
  description: UID of the cluster, as its machines carry it.
  returned: success
  type: str
  sample: 0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11
residual:
  description: What is left of the pool at the provider. Always empty, as the module fails and names what is left.
  returned: O(state=absent)
  type: list
  elements: str
  sample: []
steps:
  description: What was done, or in check mode would be done, as sentences.
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
