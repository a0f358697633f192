# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gives a cluster's API an address and ports."""
from __future__ import annotations

import time
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._model.cluster import labels
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import ApiError, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._model.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._module.argument_specs import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._module.cluster_door import ClusterDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._module.door import SteppingDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import endpoint
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.manifest_set import LABEL_SET
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.outside_address import outside_address

ATTEMPTS = 4
POLL_SECONDS = 2.0


class EndpointDoor(SteppingDoor, ClusterDoor):
    ARGUMENT_SPEC = {
        **CLUSTER,
        "address": {"type": "str"},
        "expose": {"type": "str", "choices": list(endpoint.TYPES), "default": "node_port"},
        "wait_timeout": {"type": "int", "default": 300},
    }
    CONSTRAINTS = {"required_if": [("expose", "node_port", ("address",))]}

    service: dict[str, Any] | None = None
    near = False
    noted: dict[str, str]

    @property
    def expose(self) -> str:
        return self.params["expose"]

    @cached_property
    def address(self) -> str:
        """The wanted one; "" if a load balancer will tell."""
        given = self.params["address"] or ""
        return outside_address(given) if given or self.expose == "node_port" else ""

    @cached_property
    def labels(self) -> dict[str, str]:
        return {**labels(self.cluster), LABEL_SET: "endpoint"}

    def observe(self) -> None:
        dummy = self.address
        self.near = endpoint.near(self.seed.server_version())
        self.service = self.read_service()
        self.noted = dict((self.seed.get("v1", "ConfigMap", endpoint.CONFIG_MAP, self.namespace) or {}).get("data") or {})

    def plan(self, observed: None) -> Plan:
        return endpoint.plan_endpoint(self.namespace, self.expose, self.address, self.service, self.noted, near=self.near)

    def apply(self, step: Step) -> None:
        match step.target:
            case endpoint.CreateService(ports):
                self.service = self.created(ports)
                self.settle_service()
            case endpoint.UpdateService():
                self.settle_service()
            case endpoint.WriteConfigMap():
                self.write_config_map()

    def report(self, observed: None, plan: Plan) -> dict[str, Any]:
        ports = endpoint.wanted_ports(self.service, self.expose) if self.service else endpoint.ports_of(self.noted)
        address = self.address or endpoint.ingress_address(self.service) or self.noted.get("address", "")
        return {"address": address, "port": ports.https, "konnectivity_port": ports.konnectivity}

    def read_service(self) -> dict[str, Any] | None:
        return self.seed.get("v1", "Service", endpoint.SERVICE, self.namespace)

    def created(self, ports: endpoint.Ports) -> dict[str, Any]:
        try:
            return self.seed.create(endpoint.new_service(self.namespace, self.labels, self.expose, ports, near=self.near))
        except ApiError as error:
            present = self.read_service() if error.reason == "AlreadyExists" else None
            if present is None:
                raise
            return present

    def settle_service(self) -> None:
        """Takes over the ports that the seed chose; a controller of the seed may write the Service at the same time."""
        service = self.service or {}
        for dummy in range(ATTEMPTS):
            if endpoint.is_settled(service, self.expose, near=self.near):
                break
            try:
                service = self.seed.replace(endpoint.settled(service, self.expose, near=self.near))
            except ApiError as error:
                if error.reason != "Conflict":
                    raise
                service = self.read_service() or service
        ports = endpoint.needed_ports(service, self.expose, where=self.seed.server)
        self.progress(f"Service {self.namespace}/{endpoint.SERVICE} has the ports {ports}")
        self.service = service

    def write_config_map(self) -> None:
        service = self.service or {}
        ports = endpoint.needed_ports(service, self.expose, where=self.seed.server)
        address = self.address or self.load_balancer_address()
        written = self.seed.apply({
            "apiVersion": "v1", "kind": "ConfigMap", "data": endpoint.note(address, ports),
            "metadata": {"name": endpoint.CONFIG_MAP, "namespace": self.namespace, "labels": self.labels}})
        self.noted = written["data"]

    def load_balancer_address(self) -> str:
        begin = time.monotonic()
        while not (address := endpoint.ingress_address(self.service)):
            waited = time.monotonic() - begin
            if waited > self.params["wait_timeout"]:
                raise NotReady(f"Service {self.namespace}/{endpoint.SERVICE} got no load balancer in {waited:.0f} s",
                               where=self.seed.server, why="the seed's cloud gave it no address",
                               fix=f"look at its events: kubectl describe service -n {self.namespace} {endpoint.SERVICE}")
            time.sleep(POLL_SECONDS)
            self.service = self.read_service()
        self.progress(f"the load balancer has the address {address} after {time.monotonic() - begin:.1f} s")
        return address
