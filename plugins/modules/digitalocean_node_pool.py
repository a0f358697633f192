#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: digitalocean_node_pool
short_description: Bring the machines of a node pool at DigitalOcean to the wanted number
description:
  - Creates droplets by as few requests as possible and waits until they run; removes those that are too many, first those whose node is
    not ready, then the youngest; replaces those whose creation failed.
  - Every droplet carries the tag C(kubermatic-caas:<uid>) with the UID of the cluster from its first moment on, and is found by it.
    Droplets without that tag are never touched, whatever they are called.
  - A droplet with that tag and a name like C(<cluster>-<pool>-<number>), but without the tag of a pool, is adopted.
  - What is asked for is noted in the record of the cluster before. If a reply is lost or a run ends in the middle, the next look waits up to a
    minute for what was asked for, so that no machine is made twice and none is forgotten.
  - Machines only. They become nodes by M(kubermatic.caas.node); drain a node before its machine is removed, see O(surplus). The playbook
    C(kubermatic.caas.scale) does all of it.
  - The launch stage of the provider C(digitalocean) is alpha, which O(allowed_stages) must allow.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.seed
  - kubermatic.caas.cluster
  - kubermatic.caas.node_pool
  - kubermatic.caas.digitalocean
  - kubermatic.caas.attributes
options:
  state:
    description:
      - V(present) brings the pool to O(node_count) machines.
      - V(absent) removes all its machines and looks whether any is left.
      - V(fit) only asks the provider whether such machines can be had, with what is given here. The cluster need not exist for that.
    type: str
    choices: [present, absent, fit]
    default: present
  region:
    description: Slug of the region, such as V(fra1). Needed for O(state=present).
    type: str
  size:
    description: Slug of the size, such as V(s-2vcpu-4gb). Needed for O(state=present). Machines that are there keep theirs.
    type: str
  image:
    description: Slug or id of the image, such as V(ubuntu-24-04-x64). Needed for O(state=present). Machines that are there keep theirs.
    type: str
  disk:
    description: How many GiB the disk must have at least. It comes with the size; a size with less is refused.
    type: int
  network:
    description: Id of the VPC for the machines. The default one of the region if not given.
    type: str
  ssh_keys:
    description: Ids or fingerprints of keys of the account that may log in as root.
    type: list
    elements: str
  ssh_public_key:
    description:
      - One line of a public key, such as C(~/.ssh/id_ed25519.pub) has, that may log in as root beside O(ssh_keys).
      - The account gets it when a machine is made, unless it has the key already, and loses it with the pool. Machines that are there keep theirs.
    type: str
  ssh_cidrs:
    description:
      - IPv4 networks that may reach the machines by SSH, such as V(203.0.113.7/32) for the control host.
      - With it the pool has a firewall, which stands before all machines of the cluster. It lets in SSH from there, what nodes need of each other, by UDP 8472
        (flannel) and TCP 10250 (kubelet), and from the VPC what goes to the usual node ports, 30000 to 32767. Everything may go out. The firewalls of
        several pools of a cluster add up.
      - Without it no firewall is made, and machines are as open as the account leaves them. A firewall that was made stays as it is until the pool ends.
    type: list
    elements: str
  tags:
    description: Further tags for new machines. They can't begin with C(kubermatic-caas).
    type: list
    elements: str
notes:
  - The token needs the scopes C(droplet), C(tag), C(firewall) and C(ssh_key), and C(regions), C(sizes), C(image) and C(vpc) with read.
"""

EXAMPLES = r"""
- name: Three machines
  kubermatic.caas.digitalocean_node_pool:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    pool: web
    node_count: 3
    region: fra1
    size: s-2vcpu-4gb
    image: ubuntu-24-04-x64
    ssh_keys: ["3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45"]
    allowed_stages: [alpha, beta, public]

- name: None any more
  kubermatic.caas.digitalocean_node_pool:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
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
      description: Id of the droplet.
      type: str
      returned: success
      sample: "3164444"
    name:
      description: Its name, also the name for its node.
      type: str
      returned: success
      sample: demo-web-1
    pool:
      description: The pool that its tag names.
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
      description: Its public IPv4 address, empty if it has none yet.
      type: str
      returned: success
      sample: 203.0.113.7
    private_address:
      description: Its address in the VPC.
      type: str
      returned: success
      sample: 10.114.0.2
    region:
      description: Slug of its region.
      type: str
      returned: success
      sample: fra1
    size:
      description: Slug of its size.
      type: str
      returned: success
      sample: s-2vcpu-4gb
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
  description: What one new machine costs, empty if none is missing.
  returned: success
  type: str
  sample: 0.03571 USD an hour, 24 a month
uid:
  description: UID of the cluster, as in the tag of its machines.
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

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.pool_resource import DigitalOceanNodePoolResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(DigitalOceanNodePoolResource)


if __name__ == "__main__":
    main()
