#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: node
short_description: Makes a host a node of a customer cluster, or takes it out
description:
  - Measures the host, installs containerd, runc, the CNI plugins and kubelet, joins it to the cluster, and waits until the node is ready.
  - The host needs SSH, a POSIX shell, systemd, openssl, curl or wget, and root by C(become). It needs no Python.
  - The join is attested by SSH. The host makes its keys, which never leave it. The requests are read over SSH, and are signed for the name
    of the inventory, and for addresses that nobody else has. No bootstrap token exists.
  - Everything that is downloaded is checked by SHA-256 before anything on the host is changed.
  - With O(state=absent) the node is drained by eviction, the host is reset so that it can join another cluster, and the Node is deleted.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.seed
  - kubermatic.caas.cluster
  - kubermatic.caas.attributes
options:
  node_name:
    description:
      - Name of the Node in the cluster. At most 52 lower-case letters, digits, C(-) and C(.).
      - The host's own name doesn't matter, so two hosts of one name can be nodes of the same cluster.
    type: str
    required: true
  namesakes:
    description: Other hosts of the inventory that are to have the same O(node_name) in this cluster. If there is one, no host is made a node.
    type: list
    elements: str
    default: []
  state:
    description:
      - Whether the host is a node of the cluster.
      - V(fit) only looks whether it could be, and fails if not. The cluster need not exist for that.
      - V(fetched) downloads and checks what a join would install, and installs nothing. The cluster need not exist for that.
      - V(unfetched) drops such downloads.
      - V(cordoned) keeps new pods off a node that is about to go, and doesn't ask the host. A later O(state=present) takes that back.
      - V(renewed) renews certificates of a node that end within O(renew_within_days) days, and changes nothing else on the host. A host that is no node of
        the cluster yet is left alone.
    type: str
    choices: [present, absent, fit, fetched, unfetched, cordoned, renewed]
    default: present
  kubernetes_version:
    description:
      - Version of the kubelet, such as V(1.36.3). At most that of the control plane, and at most three minor versions older.
      - The kubelet of a host that is a node already is not changed; to ask for another version than it runs is an error.
      - Without it the kubelet of a new node has the version of the control plane that runs, or the newest older one that is known to run on the host.
    type: str
  cluster_version:
    description: Version of the control plane as long as there is none, with O(state=fit) and O(state=fetched). V(1.36) means its newest patch.
    type: str
    default: ""
  cluster_networks:
    description: C(pod_cidr) and C(service_cidr) of the cluster as long as there is none. What is missing or empty has the default of a cluster.
    type: dict
    default: {}
  cluster_kube_proxy_mode:
    description: C(mode) of kube-proxy in the cluster as long as there is none. Empty if it has no kube-proxy of this collection.
    type: str
    default: ""
  cluster_flannel:
    description:
      - Whether pods of the cluster get their network from flannel, as long as there is no cluster. What another network left on the host is then refused,
        otherwise it is a warning.
    type: bool
    default: true
  node_address:
    description: Which of the host's own addresses the cluster uses for it. Without it, the one from which the host reaches the control plane.
    type: str
  ssh_address:
    description:
      - Where the inventory reaches the host, its C(ansible_host). An address at which SSH found it, and checked its host key, is the host's own, whatever
        other nodes say of themselves.
    type: str
    default: ""
  node_provider_id:
    description:
      - What its cloud calls the machine, such as V(digitalocean://3164444) or V(aws:///eu-central-1a/i-0123456789abcdef0). The Node has it as
        C(spec.providerID) from its beginning on, so that its name may be another one than that of the machine.
      - Without it, the cloud controller manager of a cluster with a cloud provider looks for a machine of the node's name. It can't change later.
    type: str
  node_labels:
    description:
      - Labels of the Node. Values are texts, so V(true) and numbers stand in quotes.
      - Labels set by an earlier run and missing here are removed. Labels of others stay.
    type: dict
    default: {}
  node_taints:
    description:
      - Taints of the Node, each with C(key), C(effect) and perhaps C(value). Values are texts, so V(true) and numbers stand in quotes.
      - Taints set by an earlier run and missing here are removed. Taints of others stay.
    type: list
    elements: dict
    default: []
  kubelet_config:
    description: Fields of the KubeletConfiguration, merged over those of the role. Fields by which a node proves itself can't be set.
    type: dict
    default: {}
  kubernetes_registry:
    description: Registry of the image that holds the network of each pod (C(pause)), as for the cluster. The record of the cluster does not count for it.
    type: str
    default: registry.k8s.io
  kubernetes_mirror:
    description: Where kubelet is fetched, in the layout of the default.
    type: str
    default: https://dl.k8s.io
  github_mirror:
    description: Where containerd, runc and the CNI plugins are fetched, in the layout of the default.
    type: str
    default: https://github.com
  registry_mirrors:
    description:
      - Registry as named by images, such as C(registry.k8s.io) or C(registry.example:5000), to what is asked first. C(_default) stands for all others.
      - The URL of a mirror, a mapping with C(url), C(ca) (PEM text of who signed its certificate) and C(override_path), or a list of these in the order in
        which they are asked.
      - A path of the URL that holds C(/v2/), as at Harbor, is taken as it is. To any other one containerd adds C(/v2). C(override_path) decides otherwise.
    type: dict
    default: {}
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
    description:
      - Pinned SHA-256 sums, by URL or by name, such as C(kubelet-1.36.3-amd64), C(runc-1.3.3-amd64) or C(containerd-2.2.0-linux-amd64.tar.gz).
      - What isn't pinned is checked against the sum that the mirror publishes.
    type: dict
    default: {}
  renew_within_days:
    description:
      - The kubelet's serving certificate is renewed if it ends within so many days, 1 to 182. The kubelet renews its client certificate itself; one that has
        ended, as the host was off for long, is renewed here.
    type: int
    default: 30
  ready_timeout:
    description: Seconds to wait until the node is ready.
    type: int
    default: 300
  others_wait:
    description:
      - Whether other clusters wait for what this host says. A look at it, from the login to the last fact, may take 5 seconds then.
      - Without it a look may take 12 seconds, or 2 more than C(ansible_timeout) if that is longer. A comparison of its files has two minutes, a change
        without downloads ten minutes. A host that is silent for longer counts as unreachable.
    type: bool
    default: false
  host_timeout:
    description: Seconds that downloads and what follows them may take on the host. A host that is silent for longer counts as unreachable.
    type: int
    default: 900
  login_timeout:
    description: Seconds in which the first login is tried again, for a machine that was just made and still boots.
    type: int
    default: 0
  drain_timeout:
    description: Seconds to wait until pods have left the node. The error names those that are still there.
    type: int
    default: 300
  node_drain:
    description: With O(state=absent), whether pods leave by eviction first. V(false) when the cluster itself goes.
    type: bool
    default: true
  node_reset:
    description: With O(state=absent), whether the host is reset. V(false) doesn't ask the host, as for a machine that is deleted right after.
    type: bool
    default: true
  node_forget:
    description: With O(state=absent), deletes only the Node and doesn't ask the host, for a host that is gone for good.
    type: bool
    default: false
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
"""

RETURN = r"""
steps:
  description: What was done, in check mode what would be done, each as a sentence.
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
lacking:
  description: What would have to be downloaded for a join.
  returned: O(state=fit) and O(state=fetched)
  type: list
  elements: str
  sample: [containerd 2.2.0, kubelet 1.36.3]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubermatic.caas.plugins.module_utils._node.options import ARGUMENT_SPEC


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="kubermatic.caas.node works from the control host: it can't be shipped to the host, which may have no Python.")


if __name__ == "__main__":
    main()
