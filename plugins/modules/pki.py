#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pki
short_description: Make and renew the CAs, certificates and keys of a control plane
description:
  - Keeps four CAs (cluster, front proxy, etcd, kubelets' serving certificates), the key pair of service account tokens, the key that encrypts Secrets in etcd,
    and all certificates of a control plane as Secrets in the namespace of the cluster.
  - The module makes CAs, the key of service account tokens and the encryption key once, and never replaces them. If one of them is lost after the first
    certificate was made, the module fails and says which.
  - Certificates are valid for one year. The module renews them if less than O(renew_within_days) days are left, if a name, address, subject or key type
    differs, if their key does not match, or if another CA signed them.
  - Keys are made in the process of Ansible, and the module sends them to the seed only.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.pki
  - kubermatic.caas.attributes
seealso:
  - module: kubermatic.caas.endpoint
  - module: kubermatic.caas.kubeconfig
"""

EXAMPLES = r"""
- name: Make authorities, certificates and keys
  kubermatic.caas.pki:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    address: 198.51.100.10
    service_address: 10.96.0.1
  register: pki
"""

RETURN = r"""
hashes:
  description:
    - For each Secret, and for ConfigMaps C(ca-bundle) and C(kubelet-ca-bundle), 16 hex digits that change with its content. As an
      annotation of a pod template they restart the pods that use it.
    - Empty in check mode for what the module would make or renew.
  returned: success
  type: dict
  sample: {cluster-ca: 0a1b2c3d4e5f6071, ca-bundle: 71605f4e3d2c1b0a}
ca_bundle:
  description: CA certificates that nodes and clients of the cluster trust, as PEM. Empty in check mode before they exist.
  returned: success
  type: str
  sample: "-----BEGIN CERTIFICATE-----..."
kubelet_ca_bundle:
  description: CA certificates that may have signed the serving certificate of a kubelet, as PEM. Trust nothing else by them.
  returned: success
  type: str
  sample: "-----BEGIN CERTIFICATE-----..."
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample:
    - Create Secret cluster-demo/cluster-ca
    - "Renew Secret cluster-demo/kube-apiserver: a name was added (203.0.113.7)"
    - "Renew Secret cluster-demo/etcd-peer: 20 days left"
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(PkiResource)


if __name__ == "__main__":
    main()
