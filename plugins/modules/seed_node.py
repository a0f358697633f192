#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: seed_node
short_description: Make a machine one of a seed, by kubeadm
version_added: 0.1.0
description:
  - Installs containerd, runc, CNI plugins, kubelet, kubeadm and kubectl on the host of the task. The first machine runs C(kubeadm init), and a kubeconfig
    is written for the control host. Further machines run C(kubeadm join). All over Ansible's own connection and become; the host needs a POSIX shell,
    no Python.
  - The facts of the host go through the same table of capabilities as those of a node (kernel, cgroup version, clock, swap, disk, ...). What doesn't fit
    is said in one line before anything is changed. Everything that is downloaded is checked by SHA-256 before the first file is installed.
  - The private key of the kubeconfig is made on the control host and never leaves it; the machine only signs its certificate request.
  - A further machine joins in three steps, which the role C(seed) takes. With RV(request) it hands out a certificate request, a machine of the seed signs
    it (M(kubermatic.caas.seed_admission)), and with O(admission) it joins. No bootstrap token is needed, and none is left in the seed.
  - If a run was cut off within C(kubeadm init) or C(kubeadm join), the next one undoes what is half there and begins again. A complete machine is never
    initialised again.
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.attributes
options:
  seed_kubeconfig:
    description:
      - Path on the control host. The kubeconfig is written there, by atomic replace and with mode C(0600), if there is none that gives access to this seed
        for another 30 days.
      - A file there that belongs to another server is never overwritten.
    type: path
    required: true
  seed:
    description: Name of the seed, as in the group C(seeds) of the inventory.
    type: str
    required: true
  machine:
    description: Name of the machine, which becomes the name of its Node in the seed.
    type: str
    required: true
  state:
    description:
      - V(present) makes the machine one of the seed, or keeps it up.
      - V(fit) only looks whether it could be, and changes nothing.
    type: str
    choices: [present, fit]
    default: present
  seed_role:
    description: What the machine does in the seed. Can't be changed later.
    type: str
    choices: [control_plane, worker]
    default: control_plane
  control_planes:
    description: Names of all control-plane machines of the seed, an odd number. By default O(machine) alone.
    type: list
    elements: str
  workers:
    description: Names of all workers of the seed.
    type: list
    elements: str
    default: []
  machine_address:
    description: IPv4 address at which the other machines reach this one. Counts if the machine has it, otherwise one is measured.
    type: str
    default: ""
  server:
    description: URL of the API server of the seed that the machine joins. Without it the machine is the first one.
    type: str
    default: ""
  admission:
    description: What M(kubermatic.caas.seed_admission) returned for the RV(request) of this machine.
    type: dict
  encryption_goal:
    description:
      - How far the encryption of Secrets in etcd goes, in a seed of several control-plane machines that was made without. With V(write), new Secrets are
        encrypted, which all machines must be able to read by then. With V(rewrite), all that are there are written anew.
      - With V(keep), the machine gets the key and stays at what it does. A seed that is made anew, and one of a single control-plane machine, is encrypted
        at once.
    type: str
    choices: [keep, write, rewrite]
    default: keep
  encryption_config:
    description: What the first machine returned as RV(encryption_config).
    type: str
    default: ""
  seed_address:
    description:
      - IPv4 address at which the control host and the nodes of customers reach the seed. Its certificate is valid for it.
      - With several control-plane machines it can't be the address of one of them. It is that of a load balancer, or a virtual one.
    type: str
    required: true
  seed_kubernetes_version:
    description:
      - Kubernetes version of the seed in quotes, such as V("1.36.3"), or V("1.36") for the newest known patch. Can't be changed later yet.
      - By default the newest version at launch stage C(public). A seed that exists keeps its version, which its minor release means, too, and those of all
        its components, whatever this release offers to new seeds.
    type: raw
  components:
    description: What the first machine of the seed told as RV(components), for a machine that joins it.
    type: dict
    default: {}
  seed_pod_cidr:
    description: IPv4 network of the pods in the seed. Can't be changed later.
    type: str
    default: 10.240.0.0/16
  seed_service_cidr:
    description: IPv4 network of the services in the seed. Can't be changed later.
    type: str
    default: 10.241.0.0/16
  seed_cni:
    description: The network of the seed's pods. What another network left on the machine is refused with V(flannel), and a warning with V(none).
    type: str
    choices: [flannel, none]
    default: flannel
  seed_audit_log:
    description: The API server writes who did what, without contents, to C(/var/log/kubernetes/audit/audit.log). At most 1 GiB of it is kept.
    type: bool
    default: true
  seed_schedulable:
    description:
      - Ordinary pods, such as control planes of customers, may run on the control-plane machines. By default they may if the seed has no workers.
      - Counts when a machine becomes one of the seed, and is not changed on its Node later.
    type: bool
  seed_kubelet_config:
    description: Fields of KubeletConfiguration, laid over those that the collection chooses.
    type: dict
    default: {}
  kube_proxy_config:
    description: Fields of KubeProxyConfiguration, laid over those that the collection chooses.
    type: dict
    default: {}
  kubernetes_registry:
    description: Where the images of Kubernetes, etcd and CoreDNS come from.
    type: str
    default: registry.k8s.io
  flannel_registry:
    description: Where the images of flannel come from. Only handed on in RV(images).
    type: str
    default: ghcr.io/flannel-io
  local_path_registry:
    description: Where the image of local-path-provisioner comes from. Only handed on in RV(images).
    type: str
    default: docker.io/rancher
  busybox_registry:
    description: Where the image of busybox comes from. Only handed on in RV(images).
    type: str
    default: docker.io/library
  registry_mirrors:
    description: Mirrors for containerd, as in M(kubermatic.caas.node).
    type: dict
    default: {}
  kubernetes_mirror:
    description: Server with the layout of C(https://dl.k8s.io).
    type: str
    default: https://dl.k8s.io
  github_mirror:
    description: Server with the layout of the release downloads of C(https://github.com).
    type: str
    default: https://github.com
  http_proxy:
    description:
      - Proxy through which the host fetches programs and containerd fetches images from C(http) URLs, such as C(http://proxy.example:3128). No password.
      - The kubelet and pods get no proxy.
    type: str
    default: ""
  https_proxy:
    description: As O(http_proxy), for C(https) URLs, which most are.
    type: str
    default: ""
  no_proxy:
    description: Names, domains like C(.example.com), addresses and networks that are reached without a proxy, beside those of the cluster itself.
    type: list
    elements: str
    default: []
  artefact_sha256:
    description: Pinned SHA-256 sums, file name or URL to hexadecimal text. Without a pin the sum that lies beside the file counts.
    type: dict
    default: {}
  host_timeout:
    description: Seconds that downloads and what follows them may take on the machine. One that is silent for longer counts as unreachable.
    type: int
    default: 900
"""

EXAMPLES = r"""
- name: Make the machine a seed
  kubermatic.caas.seed_node:
    seed: fra1
    machine: fra1-a
    seed_address: 198.51.100.10
    seed_kubeconfig: ~/.kube/fra1
    seed_kubernetes_version: "1.36.3"
  delegate_to: fra1-a
  become: true
"""

RETURN = r"""
steps:
  description: What was done, or in check mode would be done, in plain words.
  type: list
  elements: str
  returned: always
  sample: ["Install containerd 2.2.0", "Initialise the seed fra1 with kubeadm, Kubernetes 1.36.3"]
machine:
  description: Name of the machine.
  type: str
  returned: success
  sample: fra1-a
seed_role:
  description: What it does in the seed.
  type: str
  returned: success
  sample: control_plane
address:
  description: The machine's own address, which its API server announces.
  type: str
  returned: success
  sample: 198.51.100.10
server:
  description: URL at which the machines of the seed reach its API server.
  type: str
  returned: success
  sample: https://198.51.100.10:6443
request:
  description: What a machine that is ready to join asks M(kubermatic.caas.seed_admission) for. Holds no secret.
  type: dict
  returned: with O(server)
encryption:
  description: How far the encryption of Secrets in etcd is on a control-plane machine, V(read), V(write) or V(done). Empty in check mode and for a worker.
  type: str
  returned: success
  sample: done
encryption_config:
  description: The configuration of it with its key, encrypted for the authority of the seed, if there are several control-plane machines.
  type: str
  returned: success
seed_kubernetes_version:
  description: The exact version.
  type: str
  returned: success
  sample: 1.36.3
components:
  description: Version of each component of the seed.
  type: dict
  returned: success
  sample: {"kubernetes": "1.36.3", "etcd": "3.6.15-0"}
seed_pod_cidr:
  description: IPv4 network of the pods.
  type: str
  returned: success
  sample: 10.240.0.0/16
images:
  description: Images of what belongs to a seed beside Kubernetes itself, at the versions that fit.
  type: dict
  returned: success
  sample: {"flannel": "ghcr.io/flannel-io/flannel:v0.26.7"}
complete:
  description: The machine is one of the seed, and for the first one the kubeconfig gives access.
  type: bool
  returned: success
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.node_options import ARGUMENT_SPEC


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="seed_node only works as the action plugin of the same name, on the control host.")


if __name__ == "__main__":
    main()
