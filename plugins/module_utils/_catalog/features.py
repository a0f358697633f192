# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Everything that a user can choose, or bring along, and how far it is trusted. This is the list; what it is used for is in _cluster/launch_stages.py."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue, distributions
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry

ALPHA, BETA = LaunchStage.ALPHA, LaunchStage.BETA
# distributions that the tests have
TRIED = ("Debian 12",)


@dataclass(frozen=True, slots=True)
class Feature:
    """One line of the list.

    option: the variable, with a dot for a field of it; value: what is written there. stage: a LaunchStage, or UNKNOWN for what is not in the list.
    what: a sentence for users. end_of_life: of a deprecated one, the date after which a release no longer has it, else "".
    """

    option: str
    value: Any
    stage: str
    what: str
    end_of_life: str = ""

    @property
    def name(self) -> str:
        """As a user writes it: "expose: node_port", "add_ons: {flannel: false}"."""
        option, dummy, field = self.option.partition(".")
        value = str(self.value).lower() if isinstance(self.value, bool) else str(self.value)
        if isinstance(self.value, range):
            value = f"{self.value.start} to {self.value.stop - 1}"
        return f"{option}: {{{field}: {value}}}" if field else f"{option}: {value}"

    def covers(self, option: str, value: Any) -> bool:
        if option != self.option:
            return False
        return value in self.value if isinstance(self.value, range) else value == self.value


VERSIONS = tuple(
    Feature("kubernetes_version", row.kubernetes, row.stage, f"Kubernetes {row.kubernetes}, with etcd {row.etcd} and containerd {row.containerd}",
            row.end_of_life)
    for row in catalogue.ROWS)

# of one cluster: the options of cluster_spec
CHOICES = (
    Feature("expose", "node_port", BETA, "The cluster is reached by a port of the seed's machines"),
    Feature("expose", "load_balancer", ALPHA, "The cluster is reached by a load balancer that the seed's cloud gives"),
    Feature("control_plane_replicas", 1, BETA, "One replica of kube-apiserver, kube-controller-manager and kube-scheduler"),
    Feature("control_plane_replicas", range(2, 8), BETA, "Several replicas, on different machines of the seed if it has some"),
    Feature("etcd_replicas", 1, BETA, "One member of etcd"),
    Feature("etcd_replicas", 3, BETA, "Three members of etcd: one may fail"),
    Feature("etcd_replicas", 5, ALPHA, "Five members of etcd: two may fail"),
    Feature("key_type", "ecdsa-p256", BETA, "Keys on the curve P-256"),
    Feature("key_type", "rsa-2048", BETA, "RSA keys of 2048 bits, for clients that do not support ECDSA"),
    Feature("add_ons.kube_proxy", True, BETA, "kube-proxy serves Services on the nodes"),
    Feature("add_ons.kube_proxy", False, ALPHA, "Something of your own serves Services on the nodes"),
    Feature("add_ons.coredns", True, BETA, "CoreDNS is the cluster's DNS"),
    Feature("add_ons.coredns", False, ALPHA, "A DNS of your own, or none"),
    Feature("add_ons.flannel", True, BETA, "flannel is the network of the pods"),
    Feature("add_ons.flannel", False, ALPHA, "A network of your own for the pods"),
    Feature("add_ons.konnectivity", True, BETA, "kube-apiserver reaches nodes and pods through konnectivity"),
    Feature("add_ons.konnectivity", False, ALPHA, "kube-apiserver reaches nodes and pods directly, out of the seed's network"),
    Feature("add_ons.metrics_server", True, BETA, "metrics-server reports how much CPU and memory pods and nodes use"),
    Feature("add_ons.metrics_server", False, BETA, "No metrics-server, or one of your own"),
    Feature("cloud_provider", "none", BETA, "No cloud provider: the cluster gets neither load balancers nor volumes of a cloud"),
    *(Feature("cloud_provider", name, one.stage, one.what) for name, one in registry.INTEGRATIONS.items()),
    Feature("cloud_credentials", "secret", BETA, "The add-ons of the cloud_provider authenticate with a Secret"),
    Feature("cloud_credentials", "machines", ALPHA, "The add-ons of the cloud_provider authenticate with the role of the machines; no key is stored"),
    Feature("add_ons.cloud_controller_manager", True, BETA,
            "The cloud controller manager of the cloud_provider, if there is one. The provider's stage counts"),
    Feature("add_ons.cloud_controller_manager", False, ALPHA, "A cloud controller manager of your own, which initializes the nodes"),
    Feature("add_ons.csi", True, BETA, "Volumes of the cloud_provider, if there is one. The provider's stage counts"),
    Feature("add_ons.csi", False, BETA, "No volumes of the cloud_provider, or a driver of your own"),
    Feature("kube_proxy_config.mode", "nftables", BETA, "Services by nftables, on nodes with kernel 5.13 or newer"),
    Feature("kube_proxy_config.mode", "iptables", BETA, "Services by iptables, also for older kernels"),
    Feature("kube_proxy_config.mode", "ipvs", ALPHA, "Services by ipvs, which upstream plans to remove"),
    Feature("cluster_audit_log", False, BETA, "No audit log"),
    Feature("cluster_audit_log", True, BETA, "kube-apiserver writes who did what to its standard output"),
)

# of machines: told by status. Only providers that make machines can be refused; a host's own abilities are looked at before anything moves
MACHINES = (
    Feature("provider", "hosts", BETA, "Machines of your own, over SSH"),
    *(Feature("provider", name, one.stage, f"Machines that the collection creates and deletes at {one.title}") for name, one in registry.DESCRIPTIONS.items()),
    *(Feature("node_distribution", row.name, BETA if row.name in TRIED else ALPHA, f"Nodes with {row.name}") for row in distributions.ROWS),
    Feature("node_architecture", "amd64", BETA, "Nodes with an x86-64 processor"),
    Feature("node_architecture", "arm64", ALPHA, "Nodes with a 64 bit ARM processor"),
)

# of a seed: they concern its operator; customers' clusters don't know them
SEEDS = (
    Feature("seed_from", "existing cluster", BETA, "A Kubernetes that exists already becomes a seed, after it was checked"),
    Feature("seed_from", "machine", BETA, "A machine of your own becomes a seed, by kubeadm"),
    Feature("seed_from", "machines", BETA, "Several machines, three or five of them control planes: a cluster with several members and replicas "
                                           "survives the loss of one"),
    Feature("seed_cni", "flannel", BETA, "flannel is the network of a seed that is built"),
    Feature("seed_cni", "none", ALPHA, "A network of your own for a seed that is built"),
    Feature("seed_storage", "local-path", BETA, "Volumes in directories of the seed's machines"),
    Feature("seed_storage", "none", ALPHA, "Storage of your own for a seed that is built"),
)


def every() -> tuple[Feature, ...]:
    """The whole list, for documentation."""
    return (*VERSIONS, *CHOICES, *MACHINES, *SEEDS)


def find(option: str, value: Any) -> Feature | None:
    """The line that a value belongs to, None if there is none. A version that runs needs no line: it may not be on offer any more."""
    return next((feature for feature in every() if feature.covers(option, value)), None) or (former(value) if option == "kubernetes_version" else None)


def former(value: Any) -> Feature | None:
    """A version that no new cluster gets (any more), None if it is none."""
    version = KubernetesVersion.of(value) if isinstance(value, str) else None
    if version is None:
        return None
    stage, end_of_life = catalogue.trust(version)
    return Feature("kubernetes_version", str(version), stage, f"Kubernetes {version}, which this release does not offer to new clusters", end_of_life)
