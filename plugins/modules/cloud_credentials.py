#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cloud_credentials
short_description: Gives a customer cluster what its add-ons prove themselves by to its cloud
description:
  - Keeps a Secret in namespace C(kube-system) of the customer's cluster for its cloud controller manager and the driver for its volumes, under the name that
    these look for.
  - Whoever may read Secrets there can read it. So it must be of an account that belongs to this customer alone.
  - What is given is written nowhere else, and never shown; a diff tells only whether it changes.
  - If nothing is given, what the cluster has stays. The environment of the control host counts for nothing here.
  - A credential by which the run itself acts at the cloud is refused, as it would become the customer's.
  - Notes the UID of the cluster in its record, by which its things at the cloud are found until the end.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cloud_credentials
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: The token of DigitalOcean for the add-ons of cluster demo
  kubermatic.caas.cloud_credentials:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    cloud_provider: digitalocean
    cluster_digitalocean_token: "{{ vault_token_of_demo }}"
  register: cloud
"""

RETURN = r"""
uid:
  description: UID of the cluster, by which its things at the cloud are found.
  returned: O(state=present)
  type: str
  sample: 0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11
tag:
  description: The tag that its things at the cloud carry.
  returned: O(state=present)
  type: str
  sample: kubermatic-caas:0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11
hash:
  description: Changes with the credentials and tells nothing of them. Empty if none are stored.
  returned: O(state=present)
  type: str
  sample: 3f786850e387550f
steps:
  description: What was done, or in check mode would be done, as sentences.
  returned: success
  type: list
  elements: str
  sample: [Create Secret kube-system/digitalocean of cluster demo]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.credentials_resource import CloudCredentialsResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(CloudCredentialsResource)


if __name__ == "__main__":
    main()
