#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_members
short_description: Brings the etcd of a cluster to its size
description:
  - Notes in the ConfigMap C(etcd-members) who the members are, before the first of them starts.
  - Adds and removes members of a running etcd one by one, only while all others are ready. A new member gets all data before it counts for the
    majority. The volume of a member that left is deleted.
  - Of three or more, a member is replaced if its data is proved to be lost, while all others are ready. The proof is a volume or a claim that is gone, a volume
    of a machine whose Node the seed has not had for ten minutes, or the word of etcd itself that its disk lacks data.
  - A member that waits for a machine which is cordoned, full or not ready keeps its volume. The module names the machine, and the others serve on.
  - Where a member is just starting, up to 90 seconds are waited to see whether it serves.
  - New members on a seed with enough machines each get one of their own. If one of these machines can't take a pod now, nothing is begun.
  - Nodes, PersistentVolumes and logs are looked at only if this kubeconfig may do that. Without these rights there is less proof, and less is replaced.
  - Members are asked by the program C(etcdctl) in a pod of etcd, so that no port of etcd need be open.
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
- name: Three members from now on
  kubermatic.caas.etcd_members:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    etcd_replicas: 3
"""

RETURN = r"""
steps:
  description: What was done, in check mode what would be done, each as a sentence.
  returned: success
  type: list
  elements: str
  sample: [Add member etcd-1 to etcd, Add member etcd-2 to etcd]
formed:
  description: Whether the first members were together before. Until then this is to be called again when they are ready.
  returned: success
  type: bool
  sample: true
spread:
  description: Whether no two members may share a machine.
  returned: success
  type: bool
  sample: true
away:
  description: A line about each member that waits for a machine, if the others serve without it. Empty if all are there, or too few for etcd to serve.
  returned: success
  type: list
  elements: str
  sample: ["etcd-2 waits for machine fra1-3 of the seed, which is cordoned"]
leave:
  description: What the set of manifests of the control plane must not touch now, for the option O(kubermatic.caas.manifests#module:leave).
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
