# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be said of certificates and keys."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, from_variables
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import pki
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import KEY_TYPES

RENEW_WITHIN_DAYS = Option("renew_within_days", "Certificates that end within so many days are renewed. They live a year.", type="int",
                           default=pki.RENEW_WITHIN_DAYS, least=1, most=pki.LEAF_DAYS // 2)
PKI: Options = (
    *CLUSTER,
    Option("address", (
        "IP address or DNS name at which the cluster is reached from outside of the seed, as M(kubermatic.caas.endpoint) returns it."), required=True),
    Option("service_address", "IP address of the Service C(kubernetes) inside the cluster, the first one of its service network.", required=True),
    Option("dns_domain", "DNS domain inside the cluster.", default="cluster.local"),
    Option("etcd_size_max", (
        "Largest number of etcd members that the certificates of etcd name.",
        "Growing etcd up to that number needs no new certificates."), type="int", default=5),
    Option("key_type", (
        "Type of the keys that are made. When it changes, certificates are renewed with such keys; authorities and the key of service account tokens "
        "keep theirs.",
        "V(ecdsa-p256) is a P-256 key (about 5 ms each), V(rsa-2048) an RSA key (about 200 ms each)."),
        choices=KEY_TYPES, default=KEY_TYPES[0]),
    *from_variables(RENEW_WITHIN_DAYS),
)
CLUSTER_CERTIFICATES: Options = (
    *CLUSTER,
    *from_variables(RENEW_WITHIN_DAYS),
    Option("wait_timeout", "Seconds until the new pods of a workload must be ready.", type="int", default=300),
)
