# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a user's variables to a complete cluster; from a record to what contradicts it."""
from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Choice, Components, choose, is_meant, running
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import networks
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.container_resources import resources
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Phase, Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import CLOUD_ADD_ONS, FIXED, ClusterSpec
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import cluster_name, namespace_of
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._core.url import registry_place
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry as providers
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import CREDENTIALS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.credentials import check_way
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import NO_PROVIDER, cloud_images

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.ASCII)
_QUANTITY = re.compile(r"[1-9][0-9]{0,5}(Mi|Gi|Ti)", re.ASCII)
_REGISTRY = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+([._-][a-z0-9]+)*)*", re.ASCII)
# half of it is upstream's own default for the database
ETCD_STORAGE = "4Gi"
_UNITS = {"Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
# upstream's advice
_LARGEST_DATABASE = 8 * 2**30
# what clusters were made with before there was a choice
_BEFORE = {"cloud_provider": NO_PROVIDER}


def matching(value: Any, pattern: re.Pattern[str], *, what: str, where: str, fix: str, longest: int = 253) -> str:
    """The value, if it is a text that the pattern matches. Raises InvalidInput."""
    if not isinstance(value, str) or len(value) > longest or not pattern.fullmatch(value):
        raise InvalidInput(f"{what} {shown(value)} is not valid", where=where, fix=fix)
    return value


def images(components: Components, kubernetes_registry: str, flannel_registry: str) -> dict[str, str]:
    """Component -> image, in the layout of the upstream registries."""
    version = f"v{components.kubernetes}"
    kubernetes = {
        **{name.replace("-", "_"): f"{name}:{version}"
           for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")},
        "etcd": f"etcd:{components.etcd}",
        "coredns": f"coredns/coredns:{components.coredns}",
        "konnectivity_server": f"kas-network-proxy/proxy-server:{components.konnectivity}",
        "konnectivity_agent": f"kas-network-proxy/proxy-agent:{components.konnectivity}",
        "metrics_server": f"metrics-server/metrics-server:{components.metrics_server}",
        "pause": f"pause:{components.pause}",
    }
    flannel = {"flannel": f"flannel:{components.flannel}", "flannel_cni_plugin": f"flannel-cni-plugin:{components.flannel_cni_plugin}"}
    return {**{name: f"{kubernetes_registry}/{image}" for name, image in kubernetes.items()},
            **{name: f"{flannel_registry}/{image}" for name, image in flannel.items()}}


def etcd_quota_bytes(storage: str) -> int:
    """Half of the volume: the rest is for the write-ahead log, snapshots and a defragmentation. A full database says so, a full volume ends etcd."""
    return min(_bytes(storage) // 2, _LARGEST_DATABASE)


def _bytes(storage: str) -> int:
    return int(storage[:-2]) * _UNITS[storage[-2:]]


def etcd_storage(text: Any) -> str:
    """A size, if it is one. Raises InvalidInput."""
    return matching(text, _QUANTITY, what="Storage size", where="etcd_storage", fix=f"write a whole number and Mi, Gi or Ti, such as {ETCD_STORAGE}")


def registry(params: dict[str, Any], name: str) -> str:
    registry_place(params[name], name)
    return matching(params[name], _REGISTRY, what="Registry", where=name, fix="write a host name and perhaps a path, without https://")


def add_ons(params: dict[str, Any]) -> dict[str, bool]:
    """Those of a cloud provider only where there is one."""
    cloudless = params["cloud_provider"] == NO_PROVIDER
    return {name: on for name, on in params["add_ons"].items() if not (cloudless and name in CLOUD_ADD_ONS)}


def node_networks(params: dict[str, Any], seed_address: str) -> list[str]:
    """Where kube-apiserver may connect to without konnectivity. Raises InvalidInput."""
    named = params["node_networks"]
    if params["add_ons"]["konnectivity"]:
        if named:
            raise InvalidInput("node_networks is only for a cluster without konnectivity", where="node_networks",
                               why="with it kube-apiserver opens no connection to a node", fix="leave them out, or set add_ons: {konnectivity: false}")
        return []
    if not named:
        raise InvalidInput("Without konnectivity kube-apiserver connects directly to nodes, and to any other address that the customer chooses",
                           where="node_networks",
                           why="it must not reach the seed's network", fix="name the networks of the nodes, such as node_networks: [192.0.2.0/24]")
    found = [networks.network(value, networks.NODES_SIZE, where="node_networks") for value in named]
    for network in found:
        if seed_address and IPv4Address(seed_address) in network:
            raise InvalidInput(f"The network {network} has the seed's own address {seed_address} in it", where="node_networks",
                               why="the customer could have kube-apiserver connect to machines of the seed",
                               fix="name smaller networks, down to single addresses of nodes with /32")
    return [str(network) for network in found]


def cloud_credentials(params: dict[str, Any]) -> str:
    """The way to prove oneself at the cloud. Raises InvalidInput if the provider has no such way."""
    if params["cloud_provider"] == NO_PROVIDER:
        return CREDENTIALS[0]
    check_way(params["cloud_provider"], params["cloud_credentials"])
    return params["cloud_credentials"]


def priority_class(params: dict[str, Any]) -> str:
    """"" if none is given."""
    given = params["control_plane_priority_class"]
    return given and matching(given, _DOMAIN, what="PriorityClass", where="control_plane_priority_class",
                              fix="write the name of a PriorityClass of the seed, or leave it out")


def wanted(params: dict[str, Any], runs: Components | None = None) -> tuple[ClusterSpec, Choice]:
    """The complete cluster that the options of cluster_spec ask for. runs: the row of what runs already. Raises InvalidInput for the first mistake."""
    name = cluster_name(params["cluster"])
    choice = choose(params["kubernetes_version"], runs=runs)
    seed_address = params["seed_address"]
    if seed_address not in ("", None) or params["expose"] == "node_port":
        seed_address = networks.address(seed_address, where="seed_address")
    nets = networks.networks(params["pod_cidr"], params["service_cidr"], seed_address or None)
    dns_domain = matching(params["cluster_dns_domain"], _DOMAIN, what="DNS domain", where="cluster_dns_domain", longest=63,
                          fix="write lower-case labels with dots between them, such as cluster.local")
    storage = etcd_storage(params["etcd_storage"] or ETCD_STORAGE)
    storage_class = params["etcd_storage_class"] and matching(
        params["etcd_storage_class"], _DOMAIN, what="Storage class", where="etcd_storage_class",
        fix="write the name of a StorageClass of the seed, or leave it out for the default one")
    kubernetes_registry, flannel_registry = registry(params, "kubernetes_registry"), registry(params, "flannel_registry")
    cloud_registries = {name: registry(params, f"{name}_registry") for name in providers.INTEGRATIONS}
    row = choice.components
    return ClusterSpec(
        name=name, namespace=namespace_of(name), seed_kubeconfig=params["seed_kubeconfig"],
        kubernetes_version=str(choice.version), kubernetes_minor=choice.version.minor_release,
        images={**images(row, kubernetes_registry, flannel_registry),
                **cloud_images(row.as_dict(), kubernetes_registry, cloud_registries)},
        pod_cidr=str(nets.pods), service_cidr=str(nets.services), service_address=nets.service_address, dns_address=nets.dns_address,
        dns_domain=dns_domain, address=str(seed_address or ""), expose=params["expose"], key_type=params["key_type"],
        control_plane_replicas=params["control_plane_replicas"], size=params["control_plane_size"],
        resources_over=dict(params["control_plane_resources"]), resources=resources(params["control_plane_size"], params["control_plane_resources"]),
        priority_class=priority_class(params), etcd_replicas=params["etcd_replicas"],
        etcd_storage=storage, etcd_storage_class=storage_class or "", etcd_storage_moves=params["etcd_storage_moves"],
        etcd_quota_bytes=etcd_quota_bytes(storage), add_ons=add_ons(params),
        node_networks=node_networks(params, str(seed_address or "")),
        audit_log=params["cluster_audit_log"], kube_proxy_config=dict(params["kube_proxy_config"]),
        kubernetes_registry=kubernetes_registry, flannel_registry=flannel_registry,
        cloud_provider=params["cloud_provider"], cloud_credentials=cloud_credentials(params),
        of_providers={**{f"{name}_registry": place for name, place in cloud_registries.items()},
                      **{f"{name}_url": providers.DESCRIPTIONS[name].check_url(params[f"{name}_url"]) for name in providers.INTEGRATIONS}},
        components=row.as_dict()), choice


def with_kept_storage(spec: ClusterSpec, record: Record | None, given: str | None) -> ClusterSpec:
    """A cluster keeps the volumes that it has, unless another size is given: the default may have been another one when it was made."""
    kept = record.spec.get("etcd_storage") if record and not given else None
    if kept is None:
        return spec
    return replace(spec, etcd_storage=etcd_storage(kept), etcd_quota_bytes=etcd_quota_bytes(kept))


def storage_before(spec: ClusterSpec, record: Record | None) -> str:
    """The size that the volumes of etcd grow from, "" if they don't. Raises InvalidInput if they would have to shrink."""
    was = record.spec.get("etcd_storage") if record else None
    if was is None or _bytes(etcd_storage(was)) == _bytes(spec.etcd_storage):
        return ""
    if _bytes(was) > _bytes(spec.etcd_storage):
        raise InvalidInput(f"etcd_storage can't shrink from {was} to {spec.etcd_storage}", where=f"cluster {spec.name}", why="volumes only grow",
                           fix=f"write etcd_storage: {was}, or more")
    return str(was)


def check_against_record(spec: ClusterSpec, record: Record | None, *, upgrade: bool = False) -> None:
    """Raises InvalidInput if the record says something that can't become what is wanted now. upgrade: another version may be wanted."""
    if record is None:
        return
    where = f"cluster {spec.name}"
    for variable, name in FIXED.items():
        was, now = record.spec.get(name, _BEFORE.get(name) if record.spec else None), getattr(spec, name)
        if was is not None and was != now:
            raise InvalidInput(f"{variable} can't change from {shown(was)} to {shown(now)}", where=where,
                               why="the cluster was created with it", fix=f"write {variable}: {was}, or create another cluster")
    if upgrade:
        check_hop(spec.name, spec.kubernetes_version, running(record.versions))
    else:
        check_version(spec.name, spec.kubernetes_version, running(record.versions))
    begun = KubernetesVersion.of(record.spec.get("kubernetes_version") or "")
    wanted_version = KubernetesVersion.of(spec.kubernetes_version)
    if not record.versions.get("kubernetes") and begun and wanted_version and wanted_version < begun:
        raise InvalidInput(f"The creation of cluster {spec.name} began with Kubernetes {begun}, and {wanted_version} is older",
                           where="kubernetes_version", why="an older version may not be able to read the stored data",
                           fix=f"write kubernetes_version: '{begun}', or delete the cluster first")


def check_version(cluster: str, value: Any, runs: Components | None) -> None:
    """Raises InvalidInput if the cluster runs another version than the one that is asked for."""
    if runs is None or is_meant(value, runs.kubernetes):
        return
    raise InvalidInput(f"Cluster {cluster} runs Kubernetes {runs.kubernetes}, and {value} is wanted", where="kubernetes_version",
                       why="this playbook does not change the version of a cluster that runs",
                       fix=f"write kubernetes_version: '{runs.kubernetes}', or upgrade the cluster: "
                           f"ansible-playbook kubermatic.caas.upgrade -e cluster={cluster}")


def check_hop(cluster: str, value: str, runs: Components | None) -> None:
    """Raises InvalidInput for a version that is older than what runs, or that leaves out a minor release."""
    was, hop = KubernetesVersion.of(runs.kubernetes) if runs else None, KubernetesVersion.of(value)
    if was and hop and not (was <= hop and hop.major == was.major and hop.minor <= was.minor + 1):
        raise InvalidInput(f"Cluster {cluster} runs Kubernetes {was}, and {hop} is no next version of it", where="kubernetes_version",
                           why="a control plane goes from one minor release to the next, and never back",
                           fix=f"upgrade it by the playbook, which knows the way: ansible-playbook kubermatic.caas.upgrade -e cluster={cluster}")


def check_no_upgrade(record: Record | None) -> None:
    """Raises InvalidInput for a cluster whose upgrade has begun and not ended: parts of it run the newer version already."""
    if record is None or record.phase != Phase.UPDATING:
        return
    raise InvalidInput(f"The upgrade of cluster {record.cluster} from Kubernetes {record.versions.get('kubernetes')} to "
                       f"{record.spec.get('kubernetes_version')} has begun and has not ended", where=f"phase {record.phase} since {record.since}",
                       fix=f"finish it: ansible-playbook kubermatic.caas.upgrade -e cluster={record.cluster}")


def what_runs(record: Record | None, image: str = "") -> Components | None:
    """The row of the control plane that runs, None if none is known to. image: of a kube-apiserver that is ready, "" if there is none.

    A run that was killed, and every run of an earlier release in which a node failed, left it running without a word in the record.
    """
    if record is None:
        return None
    return running(record.versions) or (running({"kubernetes": image.rpartition(":")[2]}) if image else None)
