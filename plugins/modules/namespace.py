#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: namespace
short_description: Create the namespace of a cluster in its seed, or delete it with proof
description:
  - The namespace C(cluster-<name>) of the seed holds all that a cluster is.
  - A namespace of that name that was not made for this cluster is never touched.
  - A kubeconfig with rights in an existing namespace only uses that namespace as it is.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.namespace
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: Create the namespace of cluster demo
  kubermatic.caas.namespace:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo

- name: Delete cluster demo with its data
  kubermatic.caas.namespace:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    state: absent
    confirm: demo
"""

RETURN = r"""
namespace:
  description: Name of the namespace.
  returned: success
  type: str
  sample: cluster-demo
residual:
  description: What is left of the cluster in the seed. Always empty, as the module fails and names each thing that is left.
  returned: O(state=absent)
  type: list
  elements: str
  sample: []
unchecked:
  description: What could not be proved, as the kubeconfig may not look there.
  returned: O(state=absent)
  type: list
  elements: str
  sample: ["that its PersistentVolumes are gone"]
steps:
  description: What was done, or in check mode would be done, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["Create Namespace cluster-demo"]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(NamespaceResource)


if __name__ == "__main__":
    main()
