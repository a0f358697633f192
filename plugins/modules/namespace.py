#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: namespace
short_description: Create the namespace of a cluster in its seed, or delete it
description:
  - The namespace C(cluster-<name>) of the seed contains everything of a cluster.
  - The module never touches a namespace of that name that was not created for this cluster.
  - With a kubeconfig that has rights only in an existing namespace, it uses that namespace as it is.
  - With O(state=absent) it checks that nothing of the cluster is left in the seed.
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
  description: What is left of the cluster in the seed. Always empty, because the module fails if anything is left, and names it.
  returned: O(state=absent)
  type: list
  elements: str
  sample: []
unchecked:
  description: What the module could not check, because the kubeconfig does not have the right.
  returned: O(state=absent)
  type: list
  elements: str
  sample: ["that its PersistentVolumes are gone"]
steps:
  description: What the module did, or would do in check mode, as sentences.
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
