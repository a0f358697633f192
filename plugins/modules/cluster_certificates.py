#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_certificates
short_description: Renew the certificates of a control plane that runs
description:
  - Renews certificates that expire within O(renew_within_days) days, or have expired, with the same subject, names, usages and type of key. Then it replaces
    the pods that read them, one workload after the other. Members of etcd stay, because they read their certificates for every connection.
  - Nothing else of the cluster changes, even if the inventory or the release of the collection would change it.
  - CAs are valid for ten years, and the module does not renew them. RV(warnings) names those that expire soon.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cluster_certificates
  - kubermatic.caas.attributes
seealso:
  - module: kubermatic.caas.pki
  - module: kubermatic.caas.cluster_info
"""

EXAMPLES = r"""
- name: Renew certificates that expire within two months
  kubermatic.caas.cluster_certificates:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    renew_within_days: 60
"""

RETURN = r"""
renewed:
  description: Names of the Secrets whose certificates the module renewed, or would renew in check mode.
  returned: success
  type: list
  elements: str
  sample: [etcd-server, kube-apiserver]
warnings:
  description: A sentence for each CA that expires within 180 days.
  returned: success
  type: list
  elements: str
  sample: []
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample:
    - "Renew Secret cluster-demo/kube-apiserver: 20 days left"
    - Replace the pods of kube-apiserver, one after the other
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._pki.renewal_resource import ClusterCertificatesResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(ClusterCertificatesResource)


if __name__ == "__main__":
    main()
