#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cloud_credentials
short_description: Store the cloud credentials of a cluster's add-ons in the cluster
description:
  - Keeps a Secret in namespace C(kube-system) of the customer's cluster, under the names that its cloud controller manager and its driver for volumes look for.
  - Everybody with the right to read Secrets there can read it. So the credentials must be those of an account that only this customer uses.
  - The module writes the credentials nowhere else, and never shows them; a diff shows only whether they change.
  - Without credentials the module keeps those in the cluster. It ignores the environment of the control host.
  - It refuses the credentials with which the run itself acts at the cloud, because the customer could read them.
  - It stores the UID of the cluster in its record, by which runs find the cluster's resources at the cloud until they are deleted.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cloud_credentials
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: Store the token of DigitalOcean for the add-ons of cluster demo
  kubermatic.caas.cloud_credentials:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    cloud_provider: digitalocean
    cluster_digitalocean_token: "{{ vault_token_of_demo }}"
  register: cloud
"""

RETURN = r"""
uid:
  description: UID of the cluster, by which runs find its resources at the cloud.
  returned: O(state=present)
  type: str
  sample: 0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11
tag:
  description: The tag that its resources at the cloud carry.
  returned: O(state=present)
  type: str
  sample: kubermatic-caas:0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11
hash:
  description: A value that changes with the credentials and does not reveal them. Empty if the cluster has none.
  returned: O(state=present)
  type: str
  sample: 3f786850e387550f
steps:
  description: What the module did, or would do in check mode, as sentences.
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
