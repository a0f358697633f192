#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_members
short_description: Bring the etcd of a cluster to its number of members
description:
  - Stores in the ConfigMap C(etcd-members) who the members are, before the first of them starts.
  - Adds and removes members of a running etcd one by one, only while all others are ready. A new member gets all data before it counts for the majority. The
    module deletes the volume of a removed member.
  - With three or more members, it replaces a member whose data is certainly lost, while all others are ready. That is so if its volume or claim is gone, if its
    volume is on a machine whose Node has been missing in the seed for ten minutes, or if etcd itself reports that its disk lacks data.
  - A member that waits for a machine which is cordoned, full or not ready keeps its volume. The module names the machine, and the others keep serving.
  - If a member is just starting, the module waits up to 90 seconds to see whether it serves.
  - If the seed has enough machines, each new member gets one of its own. If one of these machines can't take a pod now, the module does nothing and fails.
  - The module looks at Nodes, PersistentVolumes and logs only if the kubeconfig may do that. Without these rights it can prove less, and replaces less.
  - It talks to members through the program C(etcdctl) in a pod of etcd, so no port of etcd needs to be open.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.etcd_members
  - kubermatic.caas.attributes
seealso:
  - module: kubermatic.caas.manifests
"""

EXAMPLES = r"""
- name: Bring etcd to three members
  kubermatic.caas.etcd_members:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    etcd_replicas: 3
"""

RETURN = r"""
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample: [Add member etcd-1 to etcd, Add member etcd-2 to etcd]
formed:
  description: Whether the first members have formed a cluster before. If not, use the module again when they are ready.
  returned: success
  type: bool
  sample: true
spread:
  description: Whether no two members may share a machine.
  returned: success
  type: bool
  sample: true
away:
  description: A line about each member that waits for a machine, while the others serve. Empty if all run, or if too few run for etcd to serve.
  returned: success
  type: list
  elements: str
  sample: ["etcd-2 waits for machine fra1-3 of the seed, which is cordoned"]
leave:
  description: Objects that the manifests of the control plane must not touch now, for the option O(kubermatic.caas.manifests#module:leave).
  returned: success
  type: list
  elements: str
  sample: [StatefulSet/etcd]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.members_resource import EtcdMembersResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(EtcdMembersResource)


if __name__ == "__main__":
    main()
