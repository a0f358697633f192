#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: kubeconfig
short_description: Write a kubeconfig of a cluster that expires
description:
  - Writes a kubeconfig for one user of a customer's cluster to a file that only its owner may read. The user authenticates with a certificate that the module
    signs for this file and that expires.
  - The module replaces the file at once or not at all. It follows no symbolic link. It never overwrites a file that is neither empty nor a kubeconfig of this
    cluster.
  - It writes the file again only if less than a quarter of O(lifetime) is left, if the certificate is valid for longer than that, or if address, CAs, user or
    group differ.
  - A certificate can't be revoked before it expires, so prefer short lifetimes.
  - The module changes nothing in the seed or in the cluster, and doesn't take the lock of the cluster.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.kubeconfig
  - kubermatic.caas.attributes
seealso:
  - module: kubermatic.caas.pki
"""

EXAMPLES = r"""
- name: Write a kubeconfig for eight hours
  kubermatic.caas.kubeconfig:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    path: ~/demo.kubeconfig
    lifetime: 8h
"""

RETURN = r"""
path:
  description: Absolute path of the kubeconfig.
  returned: success
  type: str
  sample: /root/demo.kubeconfig
server:
  description: URL of the cluster's API. Empty in check mode before the cluster exists.
  returned: success
  type: str
  sample: https://198.51.100.10:31234
expires:
  description: When the kubeconfig expires, as RFC 3339 in UTC. Empty in check mode if it would be written.
  returned: success
  type: str
  sample: "2026-01-31T12:00:00Z"
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["Write kubeconfig /root/demo.kubeconfig: 1h left"]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.kubeconfig_resource import KubeconfigResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(KubeconfigResource)


if __name__ == "__main__":
    main()
