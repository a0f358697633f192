# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decides how a cluster's API is reached: the Services in the seed, and the ConfigMap that notes their address and ports.

Node ports have two Services, as only one of them may prefer a pod on the same machine: an agent of konnectivity has to reach each konnectivity server, at
whichever machine of the seed its connection arrives. A load balancer has one Service, as two would be two addresses.
"""
from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step

SERVICE, KONNECTIVITY, CONFIG_MAP = "kube-apiserver", "konnectivity-server", "endpoint"
SELECTOR = {"app.kubernetes.io/name": "kube-apiserver"}
TYPES = {"node_port": "NodePort", "load_balancer": "LoadBalancer"}
# A machine of the seed passes a connection on to its own kube-apiserver if it has one. When another machine dies, the seed sends connections there until
# it notices, which takes most of a minute; those that come to a machine with a kube-apiserver of its own never go there.
SAME_NODE = {"trafficDistribution": "PreferSameNode"}
SAME_NODE_SINCE = KubernetesVersion(1, 34, 0)
# by what a Service can choose among its pods, and what it says if it chooses by chance
_BY_CHANCE = {"trafficDistribution": None, "sessionAffinity": "None", "externalTrafficPolicy": "Cluster"}


@dataclass(frozen=True, slots=True)
class Ports:
    """0: not known yet, the seed will choose."""

    https: int = 0
    konnectivity: int = 0

    def __bool__(self) -> bool:
        return bool(self.https and self.konnectivity)

    def __str__(self) -> str:
        return f"{self.https} and {self.konnectivity}" if self else "chosen by the seed"

    def of(self, name: str) -> int:
        """name: of a Service with one of them."""
        return self.konnectivity if name == KONNECTIVITY else self.https


# where a load balancer listens; and what a Service of type NodePort has until the seed has chosen
FIXED = Ports(6443, 8132)


@dataclass(frozen=True, slots=True)
class CreateService:
    """ports: those that this cluster had before, so that nodes and kubeconfigs still find it; of a load balancer FIXED."""

    name: str
    ports: Ports


@dataclass(frozen=True, slots=True)
class UpdateService:
    """Ports and selector are brought to what they should be. ports: those that it had before, if it lost them."""

    name: str
    ports: Ports


@dataclass(frozen=True, slots=True)
class MoveKonnectivity:
    """The Service of the API gives the port of konnectivity to a Service of its own. Agents that are connected stay so, as a connection keeps its way."""

    port: int


@dataclass(frozen=True, slots=True)
class WriteConfigMap:
    """Notes the address and ports that the Services then have."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the namespace has, None for a Service that it doesn't have."""

    api: Mapping[str, Any] | None = None
    konnectivity: Mapping[str, Any] | None = None

    def ports(self, expose: str, noted: Mapping[str, str]) -> Ports:
        """The ports at which the cluster is reached, 0 for one that is not known yet. noted: for a Service that is gone."""
        if expose == "load_balancer":
            return FIXED
        before, together, alone = ports_of(noted), _node_ports(self.api), _node_ports(self.konnectivity)
        return Ports(together.https or before.https, alone.konnectivity or together.konnectivity or before.konnectivity)


def can_prefer_same_node(seed_version: str) -> bool:
    """Whether the Services of a seed of this version can have SAME_NODE."""
    version = KubernetesVersion.of(seed_version)
    return version is not None and version >= SAME_NODE_SINCE


def plan_endpoint(namespace: str, expose: str, address: str, services: Services, noted: Mapping[str, str], *, same_node: bool = False) -> Plan:
    """expose: key of TYPES; address: the wanted one, "" if a load balancer will tell; noted: data of the ConfigMap, empty without one;
    same_node: the seed can prefer the same node."""
    ports = services.ports(expose, noted)
    noting = _noting(namespace, address or ingress_address(services.api, namespace) or noted.get("address", ""), ports, noted)
    moving = expose == "node_port" and services.konnectivity is None and _node_ports(services.api).konnectivity
    if moving and services.api is not None:
        _same_type(namespace, SERVICE, expose, services.api)
        # the port is noted before it is given up, so that a run that is killed in between knows it
        return Plan((*noting, _moving(namespace, ports)))
    return Plan((*_service(namespace, SERVICE, expose, services.api, ports, same_node=same_node),
                 *(_service(namespace, KONNECTIVITY, expose, services.konnectivity, ports) if expose == "node_port" else ()), *noting))


def _service(namespace: str, name: str, expose: str, service: Mapping[str, Any] | None, ports: Ports, *, same_node: bool = False) -> Iterator[Step]:
    header = f"Service {namespace}/{name}"
    told = _told(name, expose, ports)
    if service is None:
        yield Step(f"Create {header} ({told})", CreateService(name, ports), after=_service_text(TYPES[expose], told), header=header)
        return
    _same_type(namespace, name, expose, service)
    if not is_correct(service, expose, same_node=same_node):
        yield Step(f"Update {header} ({told})", UpdateService(name, ports), header=header, before=_service_text(TYPES[expose], _told_of(service)),
                   after=_service_text(TYPES[expose], told))


def _moving(namespace: str, ports: Ports) -> Step:
    return Step(f"Move port {ports.konnectivity} from Service {namespace}/{SERVICE} to Service {namespace}/{KONNECTIVITY}",
                MoveKonnectivity(ports.konnectivity), header=f"Services of {namespace}",
                before=f"{SERVICE}: {ports}\n", after=f"{SERVICE}: {ports.https}\n{KONNECTIVITY}: {ports.konnectivity}\n")


def _noting(namespace: str, address: str, ports: Ports, noted: Mapping[str, str]) -> Iterator[Step]:
    wanted = note(address, ports)
    if dict(noted) == wanted and address:
        return
    verb, header = "Update" if noted else "Create", f"ConfigMap {namespace}/{CONFIG_MAP}"
    told = {**wanted, "address": address or "of the load balancer"}
    told.update({key: "chosen by the seed" for key in ("port", "konnectivity_port") if told[key] == "0"})
    yield Step(f"{verb} {header} (address {told['address']})", WriteConfigMap(), header=header,
               before=_lines(noted) if noted else None, after=_lines(told))


def new_service(namespace: str, name: str, labels: Mapping[str, str], expose: str, ports: Ports, *, same_node: bool = False) -> dict[str, Any]:
    """ports: wanted ones; those that aren't known the seed chooses, and what it chose has to be taken over by corrected()."""
    given = ports if expose == "node_port" else Ports()
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
            "spec": {"type": TYPES[expose], "selector": SELECTOR, **_given(_choice(name, expose, same_node)), "ports": _entries(name, expose, given)}}


def corrected(service: Mapping[str, Any], expose: str, *, same_node: bool = False, before: Ports | None = None) -> dict[str, Any]:
    """The Service as it should be: each port has one number at the node, at the Service and at the pod. before: ports for a Service that lost its own."""
    name = service["metadata"]["name"]
    ports = _node_ports(service) if _node_ports(service).of(name) else before or Ports()
    choice = _choice(name, expose, same_node)
    spec = {key: value for key, value in service["spec"].items() if key not in choice}
    return {**service, "spec": {**spec, "selector": SELECTOR, **_given(choice), "ports": _entries(name, expose, ports)}}


def is_correct(service: Mapping[str, Any], expose: str, *, same_node: bool = False) -> bool:
    spec, name = service["spec"], service["metadata"]["name"]
    numbers = _node_ports(service)
    wanted = _entries(name, expose, numbers)
    has = [{key: port.get(key, 0 if key == "nodePort" else None) for key in wanted[0]} for port in spec.get("ports") or []]
    if expose == "load_balancer":
        # its node ports are the cloud's affair
        has, wanted = [[{**entry, "nodePort": 0} for entry in entries] for entries in (has, wanted)]
    elif not numbers.of(name):
        return False
    if any(spec.get(key, _BY_CHANCE[key]) != value for key, value in _choice(name, expose, same_node).items()):
        return False
    return spec.get("selector") == SELECTOR and sorted(map(_by_name, has)) == sorted(map(_by_name, wanted))


def needed_port(service: Mapping[str, Any], expose: str, *, where: str) -> int:
    """The port of a Service, of a load balancer that of the API; a line for the user if the seed gave none."""
    name = service["metadata"]["name"]
    port = (FIXED if expose == "load_balancer" else _node_ports(service)).of(name)
    if not port:
        raise CaasError(f"The seed gave Service {service['metadata']['namespace']}/{name} no node port", where=where,
                        why="its Services of type NodePort don't work, or all ports are taken",
                        fix="free ports or widen --service-node-port-range of the seed, or use expose: load_balancer")
    return port


def ingress_address(service: Mapping[str, Any] | None, namespace: str) -> str:
    """IPv4 address that a load balancer got, "" if it has none (yet). Raises InvalidInput if it has only something else, such as a name."""
    entries = ((service or {}).get("status") or {}).get("loadBalancer", {}).get("ingress") or []
    places = [entry.get("ip") or entry.get("hostname") or "" for entry in entries]
    address = next(filter(_is_ipv4, places), "")
    if not address and any(places):
        raise InvalidInput(f"The load balancer of Service {namespace}/{SERVICE} is reached at {next(filter(None, places))[:253]}, which is not an IPv4 address",
                           where="expose",
                           why="kube-apiserver and the Service kubernetes of the cluster need an IP address, and the addresses of a name may change",
                           fix="give the balancer a fixed address (by annotations of your cloud) and write it as seed_address, or use expose: node_port")
    return address


def taken(namespace: str, port: int, *, where: str) -> CaasError:
    return CaasError(f"Node port {port}, at which the nodes of {namespace} reach konnectivity, belongs to another Service", where=where,
                     why="an earlier run ended while it moved the port from one Service to another, and the seed gave the port to a third one",
                     fix=f"free it, or take konnectivity_port out of ConfigMap {namespace}/{CONFIG_MAP}: the seed then chooses another one, and nodes get it")


def is_taken(reason: str) -> bool:
    return "already allocated" in reason


def note(address: str, ports: Ports) -> dict[str, str]:
    """Data of the ConfigMap."""
    return {"address": address, "port": str(ports.https), "konnectivity_port": str(ports.konnectivity)}


def ports_of(noted: Mapping[str, str]) -> Ports:
    """0 for one that is not noted."""
    return Ports(_number(noted.get("port")), _number(noted.get("konnectivity_port")))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else 0


def _is_ipv4(text: str) -> bool:
    try:
        return isinstance(ipaddress.ip_address(text), ipaddress.IPv4Address)
    except ValueError:
        return False


def _choice(name: str, expose: str, same_node: bool) -> dict[str, str | None]:
    """How the Service chooses among its pods, as far as it matters: where agents come to, each server has to be reached."""
    if name == KONNECTIVITY:
        return dict(_BY_CHANCE)
    if expose == "load_balancer":
        # a balancer may well look only for machines that have a pod
        return {key: value for key, value in _BY_CHANCE.items() if key != "externalTrafficPolicy"}
    return dict(SAME_NODE) if same_node else {}


def _given(choice: Mapping[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in choice.items() if value is not None}


def _same_type(namespace: str, name: str, expose: str, service: Mapping[str, Any]) -> None:
    has = service["spec"].get("type", "ClusterIP")
    if has != TYPES[expose]:
        raise InvalidInput(f"expose {expose} doesn't fit Service {namespace}/{name}, which is of type {has}", where="expose",
                           why="the cluster's nodes and kubeconfigs hold its address, so this can't change later",
                           fix=next((f"set expose: {key}" for key, kind in TYPES.items() if kind == has),
                                    "remove that Service if it is not yours"))


def _node_ports(service: Mapping[str, Any] | None) -> Ports:
    numbers = {port.get("name"): port.get("nodePort") or 0 for port in (service or {"spec": {}})["spec"].get("ports") or []}
    return Ports(numbers.get("https", 0), numbers.get("konnectivity", 0))


def _entries(name: str, expose: str, node_ports: Ports) -> list[dict[str, Any]]:
    entries = {"https": (node_ports.https, FIXED.https), "konnectivity": (node_ports.konnectivity, FIXED.konnectivity)}
    if expose == "node_port":
        del entries["https" if name == KONNECTIVITY else "konnectivity"]
    return [_entry(port, (given if expose == "node_port" else 0) or fixed, given) for port, (given, fixed) in entries.items()]


def _entry(name: str, port: int, node_port: int) -> dict[str, Any]:
    return {"name": name, "protocol": "TCP", "port": port, "targetPort": port, "nodePort": node_port}


def _by_name(port: Mapping[str, Any]) -> list[str]:
    return [str(port[key]) for key in sorted(port)]


def _told(name: str, expose: str, ports: Ports) -> str:
    if expose == "load_balancer":
        return f"ports {ports}"
    return f"port {ports.of(name) or 'chosen by the seed'}"


def _told_of(service: Mapping[str, Any]) -> str:
    return f"ports {', '.join(str(port.get('port')) for port in service['spec'].get('ports') or []) or 'none'}"


def _service_text(kind: str, told: str) -> str:
    return f"type: {kind}\n{told.replace(' ', ': ', 1)}\n"


def _lines(data: Mapping[str, str]) -> str:
    return "".join(f"{key}: {data[key]}\n" for key in sorted(data))
