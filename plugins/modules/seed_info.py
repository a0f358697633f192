#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: seed_info
short_description: Check whether a cluster can be a seed, and what it lacks
description:
  - >-
    Checks an existing Kubernetes cluster: its version, its default storage class, its nodes, the rights of the kubeconfig, and what protects customers in it.
  - Never writes anything.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.seed_info
  - kubermatic.caas.attributes.reads
"""

EXAMPLES = r"""
- name: Fail unless fra1 can be a seed
  kubermatic.caas.seed_info:
    seed_kubeconfig: ~/.kube/fra1
    require: true
"""

RETURN = r"""
reachable:
  description: Whether the API of the seed answers.
  returned: success
  type: bool
  sample: true
server:
  description: Address of that API.
  returned: success
  type: str
  sample: https://198.51.100.10:6443
version:
  description: Kubernetes version of the seed, empty if it can't be reached.
  returned: success
  type: str
  sample: 1.36.3
default_storage_class:
  description: Name of the default StorageClass, empty if there is none or the kubeconfig may not look.
  returned: success
  type: str
  sample: local-path
nodes:
  description: Number of nodes, ready and in total; null if the kubeconfig may not look.
  returned: success
  type: dict
  sample: {"ready": 1, "total": 1}
missing:
  description: What the seed lacks, each as a line with the thing, the reason and what to do. Empty if nothing.
  returned: success
  type: list
  elements: str
  sample: []
notes:
  description:
    - What would protect its customers and the seed lacks, or doesn't show to this kubeconfig. Machines with problems, encryption of Secrets in its etcd,
      Services with C(externalIPs), a PriorityClass for control planes.
  returned: success
  type: list
  elements: str
  sample: ["fra1-a has disk-pressure: 38 GiB of 252 free"]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.info_resource import SeedInfoResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(SeedInfoResource)


if __name__ == "__main__":
    main()
