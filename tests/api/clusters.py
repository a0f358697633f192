# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clusters that are there for other tests than those of their creation."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from api.bare_api import BareApi, encoded
from api.resources import Caller


def running(bare: BareApi, name: str, *, free: bool = False, **record: Any) -> Caller:
    """Who made a cluster that has a namespace and a record. free: and gave back its lock. record: more of the record."""
    caller = Caller(bare.kubeconfig(), name)
    caller.call(NamespaceResource)
    caller.call(ClusterRecordResource, phase="Running", **record)
    if free:
        caller.call(ClusterLockResource, state="free")
    return caller


def describe_cluster(bare: BareApi, cluster: str, *, port: int | None = None, ca: tuple[str, str] | None = None) -> None:
    """What other modules leave in a cluster's namespace."""
    namespace, api = f"cluster-{cluster}", bare.api("system:test")
    certificate, key = ca or (bare.ca_pem, bare.ca_key_pem)
    for kind, name, data in (("Secret", "cluster-ca", {"tls.crt": encoded(certificate), "tls.key": encoded(key)}),
                             ("ConfigMap", "ca-bundle", {"ca.crt": certificate}),
                             ("ConfigMap", "endpoint", {"address": "127.0.0.1", "port": str(port or bare.port)})):
        api.create({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "data": data})
