# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a user wants of a cluster, checked and complete."""
from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import options
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry

ADD_ONS = tuple(one.name for one in options.ADD_ON_OPTIONS)
# of clusters with a cloud provider alone
CLOUD_ADD_ONS = tuple(one.name for one in options.CLOUD_ADD_ON_OPTIONS)
# names of the variables whose value is called differently once it is a property of the cluster
_VARIABLES = {"dns_domain": "cluster_dns_domain", "audit_log": "cluster_audit_log", "address": "seed_address", "size": "control_plane_size",
              "resources_over": "control_plane_resources", "priority_class": "control_plane_priority_class"}
_PROPERTIES = {variable: name for name, variable in _VARIABLES.items()}
# variable that can't change while the cluster lives -> the property that it sets
FIXED = {one.name: _PROPERTIES.get(one.name, one.name) for one in options.OF_CLUSTER if one.fixed}
# known from the others or from the seed, or different for every operator
_DERIVED = ("name", "namespace", "seed_kubeconfig", "kubernetes_minor", "etcd_quota_bytes", "images", "service_address", "dns_address", "components",
            "resources")
# options that providers bring along: where their images are, and their API
OF_PROVIDERS = tuple(one.name for one in registry.options(registry.SPEC))
# where something is fetched from or asked for: said by the inventory alone, never by a record, which others may write
_PLACES = ("kubernetes_registry", "flannel_registry", *OF_PROVIDERS)


@dataclass(frozen=True, slots=True)
class ClusterSpec:
    """kubernetes_version: exact, such as "1.36.3". address: where nodes reach the seed, "" if a load balancer will tell.

    images: component -> image reference. etcd_storage: size of each replica's volume, such as "4Gi". etcd_storage_class:
    "" for the seed's default. etcd_storage_moves: other machines can reach these volumes, too.
    etcd_quota_bytes: what etcd's database may take of it. components: row of the catalogue.
    cloud_provider: NO_PROVIDER, or the one whose machines all nodes are. cloud_credentials: how the add-ons prove themselves there.
    node_networks: without konnectivity, where kube-apiserver may connect to.
    size: how large the control plane is, resources_over: what differs from that, resources: what it comes to, see _cluster/container_resources.py.
    priority_class: PriorityClass of its pods, "" for none.
    of_providers: OF_PROVIDERS, each with its value; an address is "" for the usual one.
    """

    name: str
    namespace: str
    seed_kubeconfig: str
    kubernetes_version: str
    kubernetes_minor: str
    images: dict[str, str]
    pod_cidr: str
    service_cidr: str
    service_address: str
    dns_address: str
    dns_domain: str
    address: str
    expose: str
    key_type: str
    control_plane_replicas: int
    size: str
    resources_over: dict[str, Any]
    resources: dict[str, Any]
    priority_class: str
    etcd_replicas: int
    etcd_storage: str
    etcd_storage_class: str
    etcd_storage_moves: bool
    etcd_quota_bytes: int
    add_ons: dict[str, bool]
    node_networks: list[str]
    audit_log: bool
    kube_proxy_config: dict[str, Any]
    kubernetes_registry: str
    flannel_registry: str
    cloud_provider: str
    cloud_credentials: str
    of_providers: dict[str, str]
    components: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """What providers bring along has names of its own."""
        found = asdict(self)
        of_providers = found.pop("of_providers")
        return {**found, **of_providers}


RECORDED = (*(one.name for one in fields(ClusterSpec) if one.name not in (*_DERIVED, "of_providers")), *OF_PROVIDERS)


def recorded(cluster: dict[str, Any]) -> dict[str, Any]:
    """The part of a spec that is worth keeping in the cluster's record."""
    return {name: cluster[name] for name in RECORDED if name in cluster}


def variables(spec: dict[str, Any]) -> dict[str, Any]:
    """A recorded spec under the names of the inventory variables that would give it. Nothing else that a record may hold gets through, and no place from
    which something is fetched, or to which a credential would go."""
    return {_VARIABLES.get(name, name): spec[name] for name in RECORDED if name in spec and name not in _PLACES}


def moved(spec: dict[str, Any], recorded: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Name -> where it was as the record says, and where it is now."""
    return {name: (recorded[name], spec[name]) for name in _PLACES if recorded.get(name) not in (None, spec[name])}
