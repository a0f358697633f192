#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: aws_node_pool
short_description: Bring the machines of a node pool at AWS to the wanted number
description:
  - Creates EC2 instances by as few requests as possible and waits until they run; removes those that are too many, first those whose node is
    not ready, then the youngest; replaces those that AWS ended right after their start.
  - Every instance carries the tag C(kubermatic-caas=<uid>) with the UID of the cluster from its first moment on, and is found by it.
    Instances without that tag are never touched, whatever they are called.
  - They also carry C(kubernetes.io/cluster/<uid>=owned), by which load balancers of the cluster find them.
  - All instances of one request carry the same tags. C(kubermatic-caas-names) holds the names of all of them, as in C(demo-web 1-3 7); which one is
    whose says the launch index that EC2 gives each of them. C(Name) is C(<cluster>-<pool>), and of a machine that was made alone its whole name.
  - An instance with the tag of the cluster and a C(Name) like C(<cluster>-<pool>-<number>), but without the tag of a pool, is adopted.
  - What is asked for is noted in the record of the cluster before, and each request has a client token that is made of that note. If a reply is lost or a
    run ends in the middle, no machine is made twice and none is forgotten.
  - Unless O(security_groups) are given, machines get a security group of the cluster, which lets nodes reach each other by UDP 8472 (flannel) and
    TCP 10250 (kubelet), and one of the pool, which lets O(ssh_cidrs) in by SSH. Everything may go out. The groups, and the key pair that is made of
    O(ssh_public_key), carry the tag of the cluster, and go with the pool or with the last pool.
  - Instances answer their metadata only to IMDSv2 with a hop limit of 1, so pods don't reach it. Their root disk goes with them.
  - Machines only. They become nodes by M(kubermatic.caas.node); drain a node before its machine is removed, see O(surplus).
  - The launch stage of the provider C(aws) is alpha, which O(allowed_stages) must allow.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.seed
  - kubermatic.caas.cluster
  - kubermatic.caas.node_pool
  - kubermatic.caas.aws
  - kubermatic.caas.attributes
options:
  state:
    description:
      - V(present) brings the pool to O(node_count) machines.
      - V(absent) removes all its machines, its security groups and its key pair, and looks whether any of them or of their disks is left.
      - V(fit) only asks the provider whether such machines can be had, with what is given here. The cluster need not exist for that.
    type: str
    choices: [present, absent, fit]
    default: present
  region:
    description:
      - Name of the region, such as V(eu-central-1). If not given, the environment variable E(AWS_REGION) or E(AWS_DEFAULT_REGION) where the module runs;
        for O(state=absent) also the one that is noted in the record.
      - A pool stays in its region.
    type: str
  zones:
    description: Availability zones over which machines are spread, such as V(eu-central-1a). One that AWS chooses if not given.
    type: list
    elements: str
  size:
    description: Instance type, such as V(t3.medium). Needed for O(state=present). Machines that are there keep theirs.
    type: str
  image:
    description: Id of an AMI of the region, whose root disk is an EBS volume. Needed for O(state=present). Machines that are there keep theirs.
    type: str
  disk:
    description: GiB of the root disk of new machines. What the image says if not given.
    type: int
  network:
    description: Id of the VPC for the machines. The default one of the region if not given.
    type: str
  subnets:
    description: Ids of subnets of one VPC over which machines are spread. Excludes O(zones) and O(network).
    type: list
    elements: str
  public_address:
    description: Whether new machines get a public IPv4 address. What their subnet says if not given.
    type: bool
  ssh_keys:
    description: Name of a key pair of the account, one at most. Whoever has its private key may log in as the user of the image.
    type: list
    elements: str
    aliases: [key_name]
  ssh_public_key:
    description: A public key that begins with C(ssh-ed25519) or C(ssh-rsa). A key pair is made of it, and removed with the pool. Excludes O(ssh_keys).
    type: str
  ssh_cidrs:
    description: From where the machines may be reached by SSH, such as V(203.0.113.7/32). Needed for new machines unless O(security_groups) are given.
    type: list
    elements: str
  security_groups:
    description: Ids of security groups that new machines get in place of those of their own. They have to let in SSH, and nodes to each other.
    type: list
    elements: str
  tags:
    description:
      - Further tags for new machines and their disks, as V(key:value). They can't begin with C(kubermatic-caas) or C(aws), and not be C(Name).
    type: list
    elements: str
  host_keys:
    description:
      - Whether the console of machines that are not in O(ready_nodes) is read for the SSH host keys that cloud-init printed there, one request each.
      - AWS shows a console some minutes after the start; it is not waited for.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Three machines
  kubermatic.caas.aws_node_pool:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    pool: web
    node_count: 3
    region: eu-central-1
    zones: [eu-central-1a, eu-central-1b]
    size: t3.medium
    image: ami-0123456789abcdef0
    ssh_public_key: "{{ lookup('ansible.builtin.file', '~/.ssh/id_ed25519.pub') }}"
    ssh_cidrs: [203.0.113.7/32]
    allowed_stages: [alpha, beta, public]

- name: None any more
  kubermatic.caas.aws_node_pool:
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
      description: Id of the instance.
      type: str
      returned: success
      sample: i-0123456789abcdef0
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
      description: V(creating), V(running) or V(off).
      type: str
      returned: success
      sample: running
    created:
      description: When it was asked for, RFC 3339 in UTC.
      type: str
      returned: success
      sample: "2026-03-01T14:03:10Z"
    address:
      description: Its public IPv4 address, or its private one if it runs and has no other. Empty if it has none yet.
      type: str
      returned: success
      sample: 203.0.113.7
    private_address:
      description: Its IPv4 address in the VPC.
      type: str
      returned: success
      sample: 10.114.0.2
    region:
      description: Its availability zone.
      type: str
      returned: success
      sample: eu-central-1a
    size:
      description: Its instance type.
      type: str
      returned: success
      sample: t3.medium
    host_keys:
      description: Its public SSH host keys, empty if O(host_keys=false) or its console doesn't show them (yet).
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
  description: Always empty, as EC2's API tells no prices.
  returned: success
  type: str
  sample: ""
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
  sample: ["Create machine demo-web-3 at aws: t3.medium in eu-central-1 with ami-0123456789abcdef0"]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.pool_resource import AwsNodePoolResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(AwsNodePoolResource)


if __name__ == "__main__":
    main()
