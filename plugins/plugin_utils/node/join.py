# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A host becomes a node. SSH attests it: it makes its keys, the run reads the requests, signs what the inventory says, and writes the certificates back."""
from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.cluster_client import open_cluster
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_rules import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.url import mirror_url
from ansible_collections.kubermatic.caas.plugins.module_utils._host import capabilities as hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._host import http_proxy, kubelet, registry_mirrors
from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact, Mirrors, host_artefacts
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Capability, Host
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import FIRST_LINE, HostFile, runtime_config, runtime_files
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._node import identity as node_identity
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import CertificateFacts
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import CLUSTER_CA
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import renewal_days
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import must_agree
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.cluster_access import Authority, ClusterAccess, read_cluster
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import Script, assemble

INSTALL, ENROL = ("artefacts", "runtime", "kubelet"), ("kubelet", "enrol")
# how often certificates are asked for: what a run that was killed had begun on the host may use up keys meanwhile
REQUESTS = 3


def rendered(config: dict[str, Any]) -> str:
    return FIRST_LINE + yaml.safe_dump(config, sort_keys=False, default_flow_style=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The node as it is to be. certificates: those to be made anew, of "client" and "serving"."""

    version: str
    address: str
    files: tuple[HostFile, ...]
    artefacts: tuple[Artefact, ...]
    certificates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """cluster is None where check mode runs before there is a control plane."""

    host: Host
    cluster: ClusterAccess | None
    node: dict[str, Any] | None
    wanted: Wanted | None


class Join(NodeResource):
    """state: present."""

    # parts of the script that come before certificates are there
    install: ClassVar[tuple[str, ...]] = INSTALL

    # whether there must be a control plane that the host can join now
    needs_cluster: ClassVar[bool] = True
    # end of the serving certificate that the host has, or gets in this run; None if it has none that is good
    serving_ends: datetime | None = None

    @cached_property
    def api(self) -> KubeApi:
        return open_cluster(self.seed, self.namespace)

    @cached_property
    def registries(self) -> tuple[HostFile, ...]:
        return tuple(registry_mirrors.files(registry_mirrors.read(self.params["registry_mirrors"])))

    @cached_property
    def proxy(self) -> http_proxy.HttpProxy:
        return http_proxy.read(self.params)

    @property
    def provider_id(self) -> str:
        """What its cloud calls the machine, "" if that isn't known here."""
        return self.params["node_provider_id"] or ""

    def observe(self) -> Observed:
        nodes.check_namesakes(self.remote.host, self.params["namesakes"], self.name, self.cluster)
        cluster = read_cluster(self.seed, self.namespace, registry(self.params, "kubernetes_registry"))
        if cluster is None and self.needs_cluster and not self.check_mode:
            raise CaasError(f"Cluster {self.cluster} has no control plane that a node could join", where=f"namespace {self.namespace}",
                            fix="run create_cluster for it first")
        kubelet.check_user_config(self.params["kubelet_config"])
        for name in ("kubernetes_mirror", "github_mirror"):
            mirror_url(self.params[name], name)
        registry_mirrors.read(self.params["registry_mirrors"])
        http_proxy.read(self.params)
        # before the host's own clock is blamed
        must_agree(self.seed)
        host = self.measure(cluster.address if cluster else "")
        node = self.node_so_far() if cluster else None
        networks = cluster.networks if cluster else self.networks()
        self.refuse(nodes.objections(host, cluster=self.cluster, bundle=cluster.ca_bundle if cluster else "", node=node,
                                     kubelet_config=self.params["kubelet_config"],
                                     kube_proxy_mode=cluster.kube_proxy_mode if cluster else self.params["cluster_kube_proxy_mode"],
                                     networks=networks, mirrors=self.mirrors(), flannel=self.flannel(cluster)))
        if self.provider_id:
            nodes.check_provider_id(self.provider_id, cloud_provider=cluster.cloud_provider if cluster else "", node=node)
        warnings = nodes.warnings(host, kubelet_config=self.params["kubelet_config"], flannel=self.flannel(cluster), pod_cidr=networks["pod_cidr"])
        for text in (*warnings, *node_identity.overlapping(host, networks)):
            self.warn(text)
        wanted = self.wanted(host, cluster) if cluster else None
        if cluster and wanted:
            self.refuse(self.claims(cluster, wanted, node))
        return Observed(host, cluster, node, wanted)

    def claims(self, cluster: ClusterAccess, wanted: Wanted, node: dict[str, Any] | None) -> list[str]:
        """The other Nodes are asked for only when the host is about to be certified, or to be registered."""
        certified = "serving" in wanted.certificates or node is None
        return node_identity.claims(wanted.address, node_name=self.name, ssh_address=self.params["ssh_address"], endpoint=cluster.address,
                                    others=self.other_nodes() if certified else ())

    def other_nodes(self) -> Iterator[tuple[str, list[str]]]:
        """Asked for only where it matters: in a cluster of a thousand nodes the list is long."""
        try:
            found = self.api.list("v1", "Node")
        except CaasError:
            if self.needs_cluster and not self.check_mode:
                raise
            return
        yield from ((str(one["metadata"]["name"]), node_object.addresses(one)) for one in found)

    def mirrors(self) -> dict[str, str]:
        """Where an address is given in place of a name."""
        return {name: urlsplit(self.params[name]).hostname or "" for name in ("kubernetes_mirror", "github_mirror")}

    def flannel(self, cluster: ClusterAccess | None) -> bool:
        """Whether the pods' network is flannel, and not one that somebody brings."""
        return cluster.flannel if cluster else self.params["cluster_flannel"]

    def networks(self) -> dict[str, str]:
        """Those of a cluster that is to be made."""
        given, options = self.params["cluster_networks"], ClusterSpecResource.ARGUMENT_SPEC
        return {name: str(given.get(name) or options[name]["default"]) for name in ("pod_cidr", "service_cidr")}

    def node_so_far(self) -> dict[str, Any] | None:
        """None also where only a look is taken and the control plane doesn't answer: an earlier run may have ended before it was up."""
        try:
            return self.node(self.api)
        except CaasError:
            if self.needs_cluster and not self.check_mode:
                raise
            return None

    def wanted(self, host: Host, cluster: ClusterAccess) -> Wanted:
        able = hosts.capability(host)
        version = self.version(host, able, cluster.kubernetes_version, runs=nodes.running_kubelet(host, self.cluster, cluster.ca_bundle))
        address = nodes.node_address(host, self.params["node_address"])
        return Wanted(
            version=version, address=address, files=self.files(host, able, cluster, version, address),
            artefacts=self.artefacts(host, version, cluster.components), certificates=self.certificates_due(host, cluster, address))

    def version(self, host: Host, able: Capability, cluster_version: str, *, runs: str = "") -> str:
        """Of the kubelet. runs: that of a host that is a node already."""
        version, warnings = nodes.kubelet_version(
            cluster=cluster_version, wanted=self.params["kubernetes_version"], capability=able, known=[*map(str, catalogue.on_offer())],
            installed=host.installed.get("kubelet", ""), runs=runs)
        for text in warnings:
            self.warn(text)
        return version

    def artefacts(self, host: Host, version: str, row: Components) -> tuple[Artefact, ...]:
        """What the host needs for a kubelet of this version. row: of the cluster."""
        mirrors = Mirrors(self.params["kubernetes_mirror"], self.params["github_mirror"], self.params["artefact_sha256"])
        return host_artefacts(kubernetes=version, containerd_version=row.containerd, runc_version=row.runc,
                              cni_plugins_version=row.cni_plugins, architecture=host.architecture, mirrors=mirrors)

    def files(self, host: Host, able: Capability, cluster: ClusterAccess, version: str, address: str) -> tuple[HostFile, ...]:
        raise_limits = not able.has("keep_limits")
        config = kubelet.kubelet_config(version=version, capability=able, dns_address=cluster.dns_address, dns_domain=cluster.dns_domain,
                                        user=self.params["kubelet_config"], provider_id=self.provider_id)
        kubeconfig = kubelet.kubelet_kubeconfig(cluster=self.cluster, node_name=self.name, server=cluster.server)
        unit = kubelet.kubelet_unit(node_name=self.name, node_address=address, raise_limits=raise_limits, cloud=cluster.of_cloud)
        return (
            HostFile(nodes.MARK, nodes.kept_mark(host, self.cluster, cluster.ca_bundle), part="artefacts"),
            *runtime_files(sandbox_image=cluster.pause_image, systemd_cgroup=not able.has("cgroupfs"), raise_limits=raise_limits,
                           restrict_oom_score_adj=able.has("restrict_oom_score_adj"), registries=self.registries,
                           module_directory=host.module_directory, environment=self.proxy.environment(http_proxy.own_places(
                               domain=cluster.dns_domain, addresses=(cluster.address, address), networks=cluster.networks.values()))),
            HostFile(kubelet.CA, cluster.ca_bundle, part="kubelet", restarts="kubelet"),
            HostFile(kubelet.CONFIG, rendered(config), part="kubelet", restarts="kubelet"),
            HostFile(kubelet.KUBECONFIG, rendered(kubeconfig), mode="0600", part="kubelet", restarts="kubelet"),
            HostFile("/etc/systemd/system/kubelet.service", unit, part="kubelet", restarts="kubelet"))

    def certificates_due(self, host: Host, cluster: ClusterAccess, address: str) -> tuple[str, ...]:
        def facts(pem: str, signers: str) -> CertificateFacts | None:
            try:
                return x509.describe(pem, authorities=[signers]) if pem.strip() else None
            except InvalidInput:
                return None

        common_name = f"system:node:{self.name}"
        client = nodes.certificate_due(facts(host.client_certificate, cluster.ca_bundle), pair=host.client_pair, common_name=common_name, names=(),
                                       usage="client")
        present = facts(host.serving_certificate, cluster.kubelet_signers)
        serving = nodes.certificate_due(present, pair=host.serving_pair, common_name=common_name,
                                        names=[self.name, *self.addresses(host, cluster, address)], usage="server",
                                        renewed_before=timedelta(days=renewal_days(self.params["renew_within_days"])))
        self.serving_ends = present.not_after if present and not serving else None
        return tuple(name for name, due in (("client", client), ("serving", serving)) if due)

    def addresses(self, host: Host, cluster: ClusterAccess, address: str) -> list[str]:
        return node_identity.serving_addresses(host, address, cloud=cluster.of_cloud, endpoint=cluster.address, networks=cluster.networks.values())

    def script(self, parts: tuple[str, ...], mode: str, wanted: Wanted, **config: str) -> Script:
        values = {**runtime_config(self.registries), **self.proxy.words(), "node_name": self.name, "wants": list(wanted.certificates), **config}
        return assemble(parts, mode=mode, config=values, files=[item for item in wanted.files if item.part in parts], artefacts=wanted.artefacts)

    def plan(self, observed: Observed) -> Plan:
        if observed.wanted is None:
            return Plan((Step(f"Join node {self.name} to cluster {self.cluster} (as soon as its control plane exists)"),))
        answer = self.remote.run(self.script((*self.install, "enrol"), "plan", observed.wanted, **self.registers(observed)))
        for text in answer.warnings:
            self.warn(text)
        return Plan((*answer.steps, *self.object_steps(observed.node)))

    def object_steps(self, node: dict[str, Any] | None) -> list[Step]:
        labels, taints = self.labels, self.taints
        steps = []
        if node is None:
            steps.append(Step(f"Register node {self.name} in cluster {self.cluster}"))
        elif node_object.is_being_removed(node):
            steps.append(Step(f"Uncordon node {self.name}, whose removal was broken off"))
        if node and node_object.provider_id_patch(node, self.provider_id):
            steps.append(Step(f"Tell node {self.name} that it is machine {self.provider_id}"))
        if node and self.serving_ends and node_object.ends_patch(node, self.serving_ends):
            steps.append(self.ends_step())
        if node_object.labels_differ(node, labels) if node else labels:
            steps.append(Step(f"Label node {self.name}: {', '.join(f'{key}={value}' for key, value in labels.items()) or 'none of ours'}"))
        if node_object.taints_patch(node, taints) if node else taints:
            steps.append(Step(f"Taint node {self.name}: {', '.join(map(node_object.taint_name, taints)) or 'none of ours'}"))
        return steps

    def ends_step(self) -> Step:
        return Step(f"Note on node {self.name} that its serving certificate ends on {self.serving_ends:%Y-%m-%d}")

    def carry_out(self, observed: Observed, plan: Plan) -> None:
        wanted = observed.wanted
        if wanted is None:
            return
        api_titles = {step.title for step in self.object_steps(observed.node)}
        if any(step.title not in api_titles for step in plan):
            self.change_host(observed, wanted, plan)
        self.change_object(self.registered())

    def change_host(self, observed: Observed, wanted: Wanted, plan: Plan) -> None:
        downloads = [step.title for step in plan if step.title.startswith(("Install ", "Replace "))]
        if downloads:
            self.progress(self.fetching_from(title.partition(" ")[2] for title in downloads))
        if not wanted.certificates:
            self.host_did(self.remote.run(self.script((*self.install, "enrol"), "apply", wanted, **self.registers(observed))))
            return
        for dummy in range(REQUESTS):
            installed = self.remote.run(self.script(self.install, "apply", wanted))
            self.host_did(installed)
            signed = self.sign(observed, wanted, installed.facts)
            enrolled = self.remote.run(self.script(ENROL, "apply", wanted, **signed, **self.registers(observed)))
            self.host_did(enrolled)
            if "other_keys" not in enrolled.facts:
                return
        raise CaasError("The host has other keys each time its certificates come", where=f"host {self.remote.host}",
                        fix="look what else works on this host, then repeat")

    @staticmethod
    def registers(observed: Observed) -> dict[str, str]:
        """A kubelet registers itself when it starts, and never again: one that runs while its Node is gone has to start anew."""
        return {"registers": "yes" if observed.node is None else ""}

    def fetching_from(self, names: Iterable[str]) -> str:
        mirrors = dict.fromkeys((self.params["github_mirror"], self.params["kubernetes_mirror"]))
        return f"Fetching from {' and '.join(mirrors)}: {', '.join(names)}"

    def sign(self, observed: Observed, wanted: Wanted, facts: dict[str, str]) -> dict[str, str]:
        cluster = observed.cluster
        common = {"cn": f"system:node:{self.name}", "organization": nodes.GROUP, "days": nodes.LIFETIME_DAYS}
        signed = {}
        for name in wanted.certificates:
            if name == "client":
                authority = Authority.of(self.seed, self.namespace, CLUSTER_CA)
                signed["client_certificate"] = authority.sign(facts.get("client_request", ""), usage="client", dns=[], ips=[], **common)
            else:
                # kube-apiserver asks by address, or by the name that the kubelet was given; what the host calls itself is of no use
                authority = Authority.of(self.seed, self.namespace, cluster.kubelet_authority)
                signed["serving_certificate"] = authority.sign(facts.get("serving_request", ""), usage="server", dns=[self.name],
                                                               ips=self.addresses(observed.host, cluster, wanted.address), **common)
                self.serving_ends = x509.describe(signed["serving_certificate"]).not_after
        return signed

    def registered(self) -> dict[str, Any]:
        """The Node object, as soon as the kubelet has made it."""
        began = time.monotonic()
        while time.monotonic() - began < self.params["ready_timeout"]:
            node = self.node(self.api)
            if node:
                return node
            self.pause()
        raise NotReady(f"Node {self.name} didn't register within {self.params['ready_timeout']} s",
                       where=f"host {self.remote.host}", why=self.complaint("stopped", "complaint"))

    def change_object(self, node: dict[str, Any]) -> None:
        """Repeated if somebody else wrote the Node meanwhile: a young Node is written often."""
        for dummy in range(20):
            try:
                self.change_object_once(node)
            except ApiError as error:
                if error.status != 409:
                    raise
                node = self.node(self.api) or node
            else:
                return

    def change_object_once(self, node: dict[str, Any]) -> None:
        if node_object.is_being_removed(node):
            node = self.patch(self.api, node_object.uncordon_patch())
            self.progress(f"Node {self.name} uncordoned")
        machine = node_object.provider_id_patch(node, self.provider_id)
        if machine:
            node = self.patch(self.api, machine)
            self.progress(f"Node {self.name} is machine {self.provider_id}")
        ends = self.serving_ends and node_object.ends_patch(node, self.serving_ends)
        if ends:
            node = self.patch(self.api, ends)
        labels = self.labels
        if node_object.labels_differ(node, labels):
            node = self.api.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": self.name, "labels": labels}})
            self.progress(f"Node {self.name} labelled")
        patch = node_object.taints_patch(node, self.taints)
        if patch:
            self.patch(self.api, patch)
            self.progress(f"Node {self.name} tainted")

    def settle(self, plan: Plan) -> None:
        """Waits until the node is ready; a node that was ready before needs one look."""
        began, told = time.monotonic(), False
        while True:
            node = self.node(self.api)
            done, message = node_object.ready(node) if node else (False, "the Node object is gone")
            if done:
                break
            if time.monotonic() - began > self.params["ready_timeout"]:
                raise NotReady(f"Node {self.name} isn't ready after {self.params['ready_timeout']} s", where=f"host {self.remote.host}",
                               why=message, fix=self.complaint("stopped"))
            if not told:
                self.progress(f"Waiting until node {self.name} is ready (up to {self.params['ready_timeout']} s)")
                told = True
            self.pause()
        if told:
            self.progress(f"Node {self.name} ready ({time.monotonic() - began:.1f} s)")

    def complaint(self, *kinds: str) -> str:
        """What the host itself says. Diagnosis must not hide the error that asks for it."""
        try:
            facts = self.remote.run(assemble(["diagnosis"])).facts
        except CaasError as error:
            return error.line()
        return next((facts[kind] for kind in kinds if kind in facts), "")

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        if observed.wanted is None or observed.cluster is None:
            return {"node": {"name": self.name, "address": "", "kubernetes_version": ""}}
        return {"node": {"name": self.name, "address": observed.wanted.address, "kubernetes_version": observed.wanted.version}}
