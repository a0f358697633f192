#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: seed_node
short_description: Make a machine part of a seed, with kubeadm
version_added: 0.1.0
description:
  - Installs containerd, runc, CNI plugins, kubelet, kubeadm and kubectl on the host of the task. On the first machine it runs C(kubeadm init), and writes a
    kubeconfig for the control host. On further machines it runs C(kubeadm join). It uses Ansible's own connection and become; the host needs a POSIX shell, but
    no Python.
  - It compares the facts of the host with the same table of capabilities as those of a node (kernel, cgroup version, clock, swap, disk, ...). If the host can't
    be used, one line lists all reasons before anything changes. The host checks all downloads by SHA-256 before the first file is installed.
  - The control host makes the private key of the kubeconfig, which never leaves it; the machine only signs its certificate request.
  - A further machine joins in three steps, which the role C(seed) does. The module returns a certificate request (RV(request)), a machine of the seed signs it
    (M(kubermatic.caas.seed_admission)), and with O(admission) the machine joins. No bootstrap token is needed, and none is left in the seed.
  - If a run was interrupted during C(kubeadm init) or C(kubeadm join), the next one undoes the incomplete work and begins again. It never initialises a
    complete machine again.
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.seed_node
  - kubermatic.caas.attributes
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
  description: What the module did, or would do in check mode, as sentences.
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
  description: Its role in the seed.
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
  description: The request of a machine that is ready to join, for M(kubermatic.caas.seed_admission). It contains no secret.
  type: dict
  returned: with O(server)
encryption:
  description: State of the encryption of Secrets in etcd on a control-plane machine, V(read), V(write) or V(done). Empty in check mode and for a worker.
  type: str
  returned: success
  sample: done
encryption_config:
  description: Its configuration with the key, encrypted for the CA of the seed, if there are several control-plane machines.
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
  description: Images of what a seed runs beside Kubernetes itself.
  type: dict
  returned: success
  sample: {"flannel": "ghcr.io/flannel-io/flannel:v0.26.7"}
complete:
  description: Whether the machine is part of the seed and, for the first one, the kubeconfig gives access.
  type: bool
  returned: success
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import SEED_NODE
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.only_as_action(SEED_NODE, "seed_node only works as the action plugin of the same name, on the control host.")


if __name__ == "__main__":
    main()
