#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: digitalocean_leftovers
short_description: What a cluster made at DigitalOcean, and its end with proof
description:
  - Finds droplets, volumes, snapshots of volumes, load balancers, firewalls, SSH keys and tags of a customer cluster.
  - Its own is what carries the tag C(kubermatic-caas:<uid>) or C(k8s:<uid>), and a firewall that protects nothing but its machines. Nothing else is ever
    touched, whatever it is called, and whatever objects of the cluster name it.
  - What is near to it but perhaps somebody else's is told as RV(kept) and stays. So does what is to outlive the cluster (reclaim policy Retain), what was
    lent to it, what another cluster marked, too, and a volume that is attached to a machine without the cluster's tag.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.seed
  - kubermatic.caas.cluster
  - kubermatic.caas.leftovers
  - kubermatic.caas.digitalocean
  - kubermatic.caas.attributes
notes:
  - The token needs the scopes C(droplet), C(block_storage), C(block_storage_snapshot), C(load_balancer), C(firewall), C(ssh_key) and C(tag), and
    C(reserved_ip) with read.
"""

EXAMPLES = r"""
- name: What does cluster demo have at DigitalOcean
  kubermatic.caas.digitalocean_leftovers:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
  register: things

- name: None of it any more
  kubermatic.caas.digitalocean_leftovers:
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
    kind:
      description: V(machine), V(volume), V(snapshot), V(load balancer), V(firewall), V(SSH key) or V(tag).
      type: str
      returned: success
      sample: volume
    id:
      description: Its id at DigitalOcean.
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

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.orphans_resource import DigitalOceanLeftoversResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(DigitalOceanLeftoversResource)


if __name__ == "__main__":
    main()
