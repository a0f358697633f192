#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cloud_resources
short_description: Find what a cluster has at its providers, or delete it
description:
  - Finds machines, volumes, snapshots, load balancers, firewalls, keys and everything else that belongs to a customer's cluster, at every provider that the
    cluster uses or used.
  - A resource belongs to the cluster only if it carries the UID of the cluster as a tag or a label. The module never touches anything else, whatever its name
    is, and whatever objects of the cluster refer to it.
  - Resources that may belong to somebody else stay, and the module returns them as RV(kept). So do those that shall outlive the cluster (reclaim policy
    Retain), those that its driver did not create, those that also carry another cluster's tag, and those attached to a machine without the cluster's tag.
  - With O(state=absent) the module asks the provider again until nothing is left.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cloud_resources
  - kubermatic.caas.attributes
requirements:
  - The Python library of the provider, such as boto3 for O(provider=aws).
notes:
  - A cluster that never used a provider, or that no longer exists, has nothing there. Then the module needs no credentials for it.
  - What the credentials must allow at each provider is in docs/node_pools.md and docs/cloud_provider.md.
"""

EXAMPLES = r"""
- name: List what cluster demo has at its providers
  kubermatic.caas.cloud_resources:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
  register: resources

- name: Delete all of it
  kubermatic.caas.cloud_resources:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    state: absent
"""

RETURN = r"""
found:
  description: What the cluster had when the module began.
  returned: success
  type: list
  elements: dict
  contains:
    provider:
      description: Where it is.
      type: str
      returned: success
      sample: digitalocean
    kind:
      description: What the provider calls it, such as V(volume) or V(security group).
      type: str
      returned: success
      sample: volume
    id:
      description: Its id there.
      type: str
      returned: success
      sample: 506f78a4-e098-11e5-ad9f-000f53306ae1
    name:
      description: Its name there.
      type: str
      returned: success
      sample: pvc-0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11
    why:
      description: Why it belongs to the cluster.
      type: str
      returned: success
      sample: which carries the cluster's tag
kept:
  description: What may belong to the cluster or to somebody else, in the same form. It stays.
  returned: success
  type: list
  elements: dict
  sample: []
unchecked:
  description: What the module could not check, as sentences.
  returned: success
  type: list
  elements: str
  sample: []
residual:
  description: What is left. Always empty, because the module fails if anything is left, and names it with the reason.
  returned: O(state=absent)
  type: list
  elements: str
  sample: []
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["Delete volume pvc-1 (506f78a4-e098-11e5-ad9f-000f53306ae1) at DigitalOcean, which carries the cluster's tag"]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.cloud_resources_resource import CloudResourcesResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(CloudResourcesResource)


if __name__ == "__main__":
    main()
