# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the modules for certificates and keys."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, from_variables
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import pki
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import KEY_TYPES

RENEW_WITHIN_DAYS = Option("renew_within_days", "Days. Certificates that end within this time are renewed. A new certificate is valid for a year.", type="int",
                           default=pki.RENEW_WITHIN_DAYS, least=1, most=pki.LEAF_DAYS // 2)
PKI: Options = (
    *CLUSTER,
    Option("address", (
        "IP address or DNS name at which nodes and users reach the cluster, as M(kubermatic.caas.endpoint) returns it."), required=True),
    Option("service_address", "IP address of the Service C(kubernetes) inside the cluster: the first address of the cluster's service network.", required=True),
    Option("dns_domain", "DNS domain of the cluster's services.", default="cluster.local"),
    Option("etcd_size_max", (
        "Number of members for which the certificates of etcd are valid.",
        "Up to this number, etcd can grow without new certificates."), type="int", default=5),
    Option("key_type", (
        "Type of new keys. When it changes, the module renews all certificates with keys of this type. CAs and the key that signs service account tokens "
        "keep theirs.",
        "V(ecdsa-p256) is a key on the curve P-256, which takes about 5 ms to make. V(rsa-2048) is an RSA key of 2048 bits, which takes about 200 ms."),
        choices=KEY_TYPES, default=KEY_TYPES[0]),
    *from_variables(RENEW_WITHIN_DAYS),
)
CLUSTER_CERTIFICATES: Options = (
    *CLUSTER,
    *from_variables(RENEW_WITHIN_DAYS),
    Option("wait_timeout", (
        "Seconds to wait until the new pods of a Deployment or StatefulSet are ready. They count for each one anew."), type="int", default=300),
)
