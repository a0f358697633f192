# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decides how a cluster's API is reached: the Service in the seed, and the ConfigMap that notes its address and ports."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._model.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._model.versions import KubernetesVersion

SERVICE, CONFIG_MAP = "kube-apiserver", "endpoint"
SELECTOR = {"app.kubernetes.io/name": "kube-apiserver"}
TYPES = {"node_port": "NodePort", "load_balancer": "LoadBalancer"}
# A machine of the seed passes a connection on to its own kube-apiserver if it has one. When another machine dies, the seed sends connections there until
# it notices, which takes most of a minute; those that come to a machine with a kube-apiserver of its own never go there.
NEAR = {"trafficDistribution": "PreferSameNode"}
NEAR_SINCE = KubernetesVersion(1, 34, 0)


@dataclass(frozen=True, slots=True)
class Ports:
    """0: not known yet, the seed will choose."""

    https: int = 0
    konnectivity: int = 0

    def __bool__(self) -> bool:
        return bool(self.https and self.konnectivity)

    def __str__(self) -> str:
        return f"{self.https} and {self.konnectivity}" if self else "chosen by the seed"


# where a load balancer listens; and what a Service of type NodePort has until the seed has chosen
FIXED = Ports(6443, 8132)


@dataclass(frozen=True, slots=True)
class CreateService:
    """ports: those that this cluster had before, so that nodes and kubeconfigs still find it; of a load balancer FIXED."""

    ports: Ports


@dataclass(frozen=True, slots=True)
class UpdateService:
    """Ports and selector are brought to what they should be."""


@dataclass(frozen=True, slots=True)
class WriteConfigMap:
    """Notes the address and ports that the Service then has."""


def near(seed_version: str) -> bool:
    """Whether a seed of this version knows NEAR."""
    version = KubernetesVersion.of(seed_version)
    return version is not None and version >= NEAR_SINCE


def plan_endpoint(namespace: str, expose: str, address: str, service: Mapping[str, Any] | None,
                  noted: Mapping[str, str], *, near: bool = False) -> Plan:
    """expose: key of TYPES; address: the wanted one, "" if a load balancer will tell; service: the Service, None without one;
    noted: data of the ConfigMap, empty without one; near: the seed knows NEAR."""
    steps = []
    header = f"Service {namespace}/{SERVICE}"
    if service is None:
        ports = FIXED if expose == "load_balancer" else ports_of(noted)
        steps.append(Step(f"Create {header} (ports {ports})", CreateService(ports), after=_service_text(TYPES[expose], ports),
                          header=header))
    else:
        _same_type(namespace, expose, service)
        ports = wanted_ports(service, expose)
        if not is_settled(service, expose, near=near):
            steps.append(Step(f"Update {header} (ports {ports})", UpdateService(), header=header,
                              before=_service_text(TYPES[expose], _ports(service, "port")),
                              after=_service_text(TYPES[expose], ports)))
    wanted = note(address or ingress_address(service) or noted.get("address", ""), ports)
    if dict(noted) != wanted or not wanted["address"]:
        verb, header = "Update" if noted else "Create", f"ConfigMap {namespace}/{CONFIG_MAP}"
        told = {**wanted, "address": wanted["address"] or "of the load balancer"}
        if not ports:
            told.update(dict.fromkeys(("port", "konnectivity_port"), str(ports)))
        steps.append(Step(f"{verb} {header} (address {told['address']})", WriteConfigMap(), header=header,
                          before=_lines(noted) if noted else None, after=_lines(told)))
    return Plan(tuple(steps))


def new_service(namespace: str, labels: Mapping[str, str], expose: str, ports: Ports, *, near: bool = False) -> dict[str, Any]:
    """ports: wanted ones; if they aren't known the seed chooses, and what it chose has to be taken over by settled()."""
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": SERVICE, "namespace": namespace, "labels": dict(labels)},
            "spec": {"type": TYPES[expose], "selector": SELECTOR, **(NEAR if near else {}),
                     "ports": _entries(expose, ports if expose == "node_port" else Ports())}}


def settled(service: Mapping[str, Any], expose: str, *, near: bool = False) -> dict[str, Any]:
    """The Service as it should be: each port has one number at the node, at the Service and at the pod."""
    ports = _ports(service, "nodePort")
    return {**service, "spec": {**service["spec"], "selector": SELECTOR, **(NEAR if near else {}), "ports": _entries(expose, ports)}}


def is_settled(service: Mapping[str, Any], expose: str, *, near: bool = False) -> bool:
    spec, wanted = service["spec"], _entries(expose, _ports(service, "nodePort"))
    has = [{key: port.get(key, 0 if key == "nodePort" else None) for key in wanted[0]} for port in spec.get("ports") or []]
    if expose == "load_balancer":
        # its node ports are the cloud's affair
        has, wanted = [[{**entry, "nodePort": 0} for entry in entries] for entries in (has, wanted)]
    numbers = wanted_ports(service, expose)
    if near and not NEAR.items() <= spec.items():
        return False
    return spec.get("selector") == SELECTOR and bool(numbers) and sorted(map(_by_name, has)) == sorted(map(_by_name, wanted))


def wanted_ports(service: Mapping[str, Any], expose: str) -> Ports:
    """The ports at which the cluster is reached; unknown ones if the seed gave none (yet)."""
    return FIXED if expose == "load_balancer" else _ports(service, "nodePort")


def needed_ports(service: Mapping[str, Any], expose: str, *, where: str) -> Ports:
    """The same, but a line for the user if the seed gave none."""
    ports = wanted_ports(service, expose)
    if not ports:
        raise CaasError(f"The seed gave Service {service['metadata']['namespace']}/{SERVICE} no node port", where=where,
                        why="its Services of type NodePort don't work, or all ports are taken",
                        fix="free ports or widen --service-node-port-range of the seed, or use expose: load_balancer")
    return ports


def ingress_address(service: Mapping[str, Any] | None) -> str:
    """Address that a load balancer got, "" if it has none (yet)."""
    entries = ((service or {}).get("status") or {}).get("loadBalancer", {}).get("ingress") or [{}]
    return entries[0].get("ip") or entries[0].get("hostname") or ""


def note(address: str, ports: Ports) -> dict[str, str]:
    """Data of the ConfigMap."""
    return {"address": address, "port": str(ports.https), "konnectivity_port": str(ports.konnectivity)}


def ports_of(noted: Mapping[str, str]) -> Ports:
    try:
        return Ports(int(noted["port"]), int(noted["konnectivity_port"]))
    except (KeyError, ValueError):
        return Ports()


def _same_type(namespace: str, expose: str, service: Mapping[str, Any]) -> None:
    has = service["spec"].get("type", "ClusterIP")
    if has != TYPES[expose]:
        raise InvalidInput(f"expose {expose} doesn't fit Service {namespace}/{SERVICE}, which is of type {has}", where="expose",
                           why="the cluster's nodes and kubeconfigs hold its address, so this can't change later",
                           fix=next((f"set expose: {key}" for key, kind in TYPES.items() if kind == has),
                                    "remove that Service if it is not yours"))


def _ports(service: Mapping[str, Any], key: str) -> Ports:
    numbers = {port.get("name"): port.get(key) or 0 for port in service["spec"].get("ports") or []}
    return Ports(numbers.get("https", 0), numbers.get("konnectivity", 0))


def _entries(expose: str, node_ports: Ports) -> list[dict[str, Any]]:
    return [_entry(name, (given if expose == "node_port" else 0) or fixed, given) for name, given, fixed in (
        ("https", node_ports.https, FIXED.https), ("konnectivity", node_ports.konnectivity, FIXED.konnectivity))]


def _entry(name: str, port: int, node_port: int) -> dict[str, Any]:
    return {"name": name, "protocol": "TCP", "port": port, "targetPort": port, "nodePort": node_port}


def _by_name(port: Mapping[str, Any]) -> list[str]:
    return [str(port[key]) for key in sorted(port)]


def _service_text(kind: str, ports: Ports) -> str:
    return f"type: {kind}\nports: {ports}\n"


def _lines(data: Mapping[str, str]) -> str:
    return "".join(f"{key}: {data[key]}\n" for key in sorted(data))
