#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: node
short_description: Make a host a node of a customer's cluster, or remove it
description:
  - Measures the host, installs containerd, runc, the CNI plugins and kubelet, joins it to the cluster, and waits until the node is ready.
  - The host needs SSH, a POSIX shell, systemd, openssl, curl or wget, and root by C(become). It needs no Python.
  - SSH proves which host joins. The host makes its keys, which never leave it. The module reads the certificate requests over SSH, and signs them for the name
    in the inventory, and for addresses that nothing else has. There is no bootstrap token.
  - The host checks all downloads by SHA-256 before the module changes anything on it.
  - With O(state=upgraded) it replaces these programs on a node that runs, after a drain where one is needed. A node that isn't ready with them gets back what
    it had.
  - With O(state=absent) the module drains the node by eviction, resets the host so that it can join another cluster, and deletes the Node.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.node
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: Make the host a node of its cluster
  become: true
  kubermatic.caas.node:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    node_name: "{{ inventory_hostname }}"
    node_labels:
      disk: ssd

- name: Take it out, so that it can join another cluster
  become: true
  kubermatic.caas.node:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    node_name: "{{ inventory_hostname }}"
    state: absent

- name: Bring it to the versions that its cluster has by now
  become: true
  kubermatic.caas.node:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    node_name: "{{ inventory_hostname }}"
    state: upgraded
"""

RETURN = r"""
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample: [Write /etc/kubernetes/cluster, Install kubelet 1.36.3, Start kubelet]
node:
  description: The node. C(address) and C(kubernetes_version) are empty after a removal.
  returned: success
  type: dict
  sample:
    name: web-1
    address: 203.0.113.21
    kubernetes_version: 1.36.3
upgrade:
  description:
    - Versions of C(kubelet), C(containerd), C(runc) and C(cni_plugins) before and after.
    - C(drained) tells whether pods had to leave, in check mode whether they would have to. C(cordoned_seconds) tells how long this run kept new ones away.
  returned: O(state=upgraded), for a host that is a node
  type: dict
  sample:
    from: {kubelet: 1.36.3, containerd: 2.2.0, runc: 1.3.3, cni_plugins: 1.9.1}
    to: {kubelet: 1.37.2, containerd: 2.2.0, runc: 1.3.3, cni_plugins: 1.9.1}
    drained: true
    cordoned_seconds: 14.2
lacking:
  description: What a join would have to download.
  returned: O(state=fit) and O(state=fetched)
  type: list
  elements: str
  sample: [containerd 2.2.0, kubelet 1.36.3]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._node.options import NODE
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.only_as_action(NODE, "kubermatic.caas.node works from the control host: it can't be shipped to the host, which may have no Python.")


if __name__ == "__main__":
    main()
