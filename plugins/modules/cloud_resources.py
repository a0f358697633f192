#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cloud_resources
short_description: What a cluster made at its providers, and its end with proof
description:
  - Finds machines, volumes, snapshots, load balancers, firewalls, keys and what else belongs to a customer cluster, at every provider that it has, or had,
    to do with.
  - Its own is what carries the UID of the cluster, as a tag or a label. Nothing else is ever touched, whatever it is called, and whatever objects of the
    cluster name it.
  - What is near to it but perhaps somebody else's is told as RV(kept) and stays. So does what is to outlive the cluster (reclaim policy Retain), what was
    lent to it, what another cluster marked, too, and what is attached to a machine without the cluster's mark.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cloud_resources
  - kubermatic.caas.attributes
requirements:
  - The Python library of the provider, such as boto3 for O(provider=aws).
notes:
  - A cluster that never had to do with a provider, or is not there any more, has nothing there. Then no credentials for it are needed.
  - What the credentials must allow at each provider is in docs/node_pools.md and docs/cloud_provider.md.
"""

EXAMPLES = r"""
- name: What does cluster demo have at its providers
  kubermatic.caas.cloud_resources:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
  register: resources

- name: None of it any more
  kubermatic.caas.cloud_resources:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    state: absent
"""

RETURN = r"""
found:
  description: What was the cluster's when the module began.
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
      description: How it is known to be the cluster's.
      type: str
      returned: success
      sample: which carries the cluster's tag
kept:
  description: What is near to the cluster but not certainly its own, in the same form. It stays.
  returned: success
  type: list
  elements: dict
  sample: []
unchecked:
  description: What could not be looked at, as sentences.
  returned: success
  type: list
  elements: str
  sample: []
residual:
  description: What is left. Always empty, as the module fails and names what is left, and why.
  returned: O(state=absent)
  type: list
  elements: str
  sample: []
steps:
  description: What was done, or in check mode would be done, as sentences.
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
