# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gives a cluster's API an address and ports."""
from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import endpoint
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import ENDPOINT
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.outside_address import outside_address
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import labels
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifest_set import LABEL_SET

ATTEMPTS = 4
POLL_SECONDS = 2.0


class EndpointResource(SteppingResource, ClusterResource):
    OPTIONS = ENDPOINT
    CONSTRAINTS = {"required_if": [("expose", "node_port", ("address",))]}

    services = endpoint.Services()
    same_node = False
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
        self.same_node = endpoint.can_prefer_same_node(self.seed.server_version())
        alone = self.read(endpoint.KONNECTIVITY) if self.expose == "node_port" else None
        self.services = endpoint.Services(self.read(endpoint.SERVICE), alone)
        self.noted = dict((self.seed.get("v1", "ConfigMap", endpoint.CONFIG_MAP, self.namespace) or {}).get("data") or {})

    def plan(self, observed: None) -> Plan:
        return endpoint.plan_endpoint(self.namespace, self.expose, self.address, self.services, self.noted, same_node=self.same_node)

    def apply_step(self, step: Step) -> None:
        match step.target:
            case endpoint.CreateService(name, ports):
                self.keep(self.corrected_service(self.created(name, ports)))
            case endpoint.UpdateService(name, ports):
                self.keep(self.corrected_service(self.read(name) or self.created(name, ports), ports))
            case endpoint.MoveKonnectivity(port):
                self.move_konnectivity(port)
            case endpoint.WriteConfigMap():
                self.write_config_map()

    def report(self, observed: None, plan: Plan) -> dict[str, Any]:
        ports = self.services.ports(self.expose, self.noted)
        address = self.address or endpoint.ingress_address(self.services.api, self.namespace) or self.noted.get("address", "")
        return {"address": address, "port": ports.https, "konnectivity_port": ports.konnectivity}

    def read(self, name: str) -> dict[str, Any] | None:
        return self.seed.get("v1", "Service", name, self.namespace)

    def keep(self, service: dict[str, Any]) -> None:
        """What later steps and the report go by."""
        place = "konnectivity" if service["metadata"]["name"] == endpoint.KONNECTIVITY else "api"
        self.services = replace(self.services, **{place: service})
        port = endpoint.needed_port(service, self.expose, where=self.seed.server)
        self.progress(f"Service {self.namespace}/{service['metadata']['name']} has the port {port}")

    def prefers_same_node(self, name: str) -> bool:
        return self.same_node and name == endpoint.SERVICE

    def created(self, name: str, ports: endpoint.Ports) -> dict[str, Any]:
        try:
            return self.seed.create(endpoint.new_service(self.namespace, name, self.labels, self.expose, ports, same_node=self.prefers_same_node(name)))
        except ApiError as error:
            present = self.read(name) if error.reason == "AlreadyExists" else None
            if present is not None:
                return present
            if name == endpoint.KONNECTIVITY and endpoint.is_taken(str(error)):
                raise endpoint.taken(self.namespace, ports.konnectivity, where=self.seed.server) from None
            raise

    def corrected_service(self, service: dict[str, Any], before: endpoint.Ports | None = None) -> dict[str, Any]:
        """Takes over the ports that the seed chose; a controller of the seed may write the Service at the same time. before: if it lost its ports."""
        name = service["metadata"]["name"]
        for dummy in range(ATTEMPTS):
            if endpoint.is_correct(service, self.expose, same_node=self.prefers_same_node(name)):
                break
            try:
                service = self.seed.replace(endpoint.corrected(service, self.expose, same_node=self.prefers_same_node(name), before=before))
            except ApiError as error:
                if error.reason != "Conflict":
                    raise
                service = self.read(name) or service
        return service

    def move_konnectivity(self, port: int) -> None:
        """A node port belongs to one Service at a time: for the moment between two requests agents can't connect anew."""
        before = self.read(endpoint.SERVICE) or {}
        self.keep(self.corrected_service(before))
        try:
            self.keep(self.corrected_service(self.created(endpoint.KONNECTIVITY, endpoint.Ports(konnectivity=port))))
        except CaasError:
            self.put_back(before)
            raise

    def put_back(self, before: dict[str, Any]) -> None:
        """The ports of the API's Service as they were. What keeps it from that is less telling than what came before."""
        now = self.read(endpoint.SERVICE) or {}
        with contextlib.suppress(CaasError):
            self.seed.replace({**now, "spec": {**now["spec"], "ports": before["spec"]["ports"]}})

    def write_config_map(self) -> None:
        address = self.address or self.load_balancer_address()
        written = self.seed.apply({
            "apiVersion": "v1", "kind": "ConfigMap", "data": endpoint.note(address, self.services.ports(self.expose, self.noted)),
            "metadata": {"name": endpoint.CONFIG_MAP, "namespace": self.namespace, "labels": self.labels}})
        self.noted = written["data"]

    def load_balancer_address(self) -> str:
        begin = time.monotonic()
        while not (address := endpoint.ingress_address(self.services.api, self.namespace)):
            waited = time.monotonic() - begin
            if waited > self.params["wait_timeout"]:
                raise NotReady(f"Service {self.namespace}/{endpoint.SERVICE} got no load balancer in {waited:.0f} s",
                               where=self.seed.server, why="the seed's cloud gave it no address",
                               fix=f"look at its events: {self.seed.kubectl} describe service -n {self.namespace} {endpoint.SERVICE}")
            time.sleep(POLL_SECONDS)
            self.services = replace(self.services, api=self.read(endpoint.SERVICE))
        self.progress(f"the load balancer has the address {address} after {time.monotonic() - begin:.1f} s")
        return address
