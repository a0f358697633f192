# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The host gets what a node has: downloads, files, services, and certificates for keys that it makes itself.

SSH attests it: the run reads the host's requests, signs what the inventory says, and writes the certificates back.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import runtime_config
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import CLUSTER_CA
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.cluster_access import Authority
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.look import Observed
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.wanted_node import NodeWish, WantedNode
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import Script, assemble

# parts of the script: all that a node has but certificates, the same with a way back, those of a node that only renews them, and what writes certificates
EVERYTHING, KUBELET, ENROL = ("artefacts", "runtime", "kubelet"), ("kubelet",), "enrol"
UPGRADE = ("keep", "artefacts", "runtime", "kubelet_follows", "kubelet")
# how often certificates are asked for: what a run that was killed had begun on the host may use up keys meanwhile
REQUESTS = 3


@dataclass(frozen=True, slots=True)
class Installation:
    """of: whose host it is. parts: EVERYTHING, UPGRADE or KUBELET. fetched: downloads are there already."""

    of: NodeResource
    parts: tuple[str, ...] = EVERYTHING
    fetched: bool = False

    def steps(self, wanted: WantedNode, node: dict[str, Any] | None) -> tuple[Step, ...]:
        """What would change on the host, as the host itself says. node: the Node object, None if there is none."""
        answer = self.of.remote.run(self.script((*self.parts, ENROL), "plan", wanted, **registers(node)))
        for text in answer.warnings:
            self.of.warn(text)
        # nothing is kept where nothing changes
        kept = "keeps" in answer.facts
        return tuple(answer.steps) if len(answer.steps) > kept else ()

    def apply(self, observed: Observed) -> datetime | None:
        """Returns when the serving certificate ends that the host has then, None if that is not known."""
        wanted = observed.wanted
        if wanted.downloads and not self.fetched:
            self.of.progress(fetching_from(self.of.wish, [f"{item.name} {item.version}" for item in wanted.downloads]))
        if not wanted.certificates:
            self.of.host_did(self.of.remote.run(self.script((*self.parts, ENROL), "apply", wanted, **registers(observed.node))))
            return wanted.serving_ends
        for dummy in range(REQUESTS):
            installed = self.of.remote.run(self.script(self.parts, "apply", wanted))
            self.of.host_did(installed)
            signed = self.sign(observed, installed.facts)
            enrolled = self.of.remote.run(self.script(("kubelet", ENROL), "apply", wanted, **signed, **registers(observed.node)))
            self.of.host_did(enrolled)
            if "other_keys" not in enrolled.facts:
                serving = signed.get("serving_certificate")
                return x509.describe(serving).not_after if serving else wanted.serving_ends
        raise CaasError("The keys of the host changed each time while its certificates were signed", where=f"host {self.of.remote.host}",
                        fix="look which other process changes this host, stop it, then run this again")

    def sign(self, observed: Observed, facts: dict[str, str]) -> dict[str, str]:
        """facts: the host's requests. kube-apiserver asks a kubelet by address, or by the name that it was given; what the host calls itself is of no use."""
        common = {"cn": f"system:node:{self.of.name}", "organization": nodes.GROUP, "days": nodes.LIFETIME_DAYS}
        signed = {}
        if "client" in observed.wanted.certificates:
            authority = Authority.of(self.of.seed, self.of.namespace, CLUSTER_CA)
            signed["client_certificate"] = authority.sign(facts.get("client_request", ""), usage="client", dns=[], ips=[], **common)
        if "serving" in observed.wanted.certificates:
            authority = Authority.of(self.of.seed, self.of.namespace, observed.cluster.kubelet_authority)
            signed["serving_certificate"] = authority.sign(facts.get("serving_request", ""), usage="server", dns=[self.of.name],
                                                           ips=list(observed.wanted.serving_addresses), **common)
        return signed

    def script(self, parts: tuple[str, ...], mode: str, wanted: WantedNode, **config: str) -> Script:
        wish = self.of.wish
        values = {**runtime_config(wish.registries), **wish.proxy.words(), "node_name": self.of.name, "wants": list(wanted.certificates), **config}
        if "keep" in parts:
            values |= {"keep_programs": [item.name for item in wanted.downloads],
                       "keep_files": [item.path for item in wanted.files if item.path != nodes.MARK]}
        return assemble(parts, mode=mode, config=values, files=[item for item in wanted.files if item.part in parts], artefacts=wanted.artefacts)


def registers(node: dict[str, Any] | None) -> dict[str, str]:
    """A kubelet registers itself when it starts, and never again: one that runs while its Node is gone has to start anew."""
    return {"registers": "yes" if node is None else ""}


def fetch_script(wish: NodeWish, artefacts: tuple[Artefact, ...], mode: str = "apply") -> Script:
    """Downloads alone; an installation finds them on the host."""
    return assemble(["artefacts"], mode=mode, config={"fetch_only": True, **wish.proxy.words()}, artefacts=artefacts)


def fetching_from(wish: NodeWish, names: list[str]) -> str:
    return f"Fetching from {' and '.join(wish.mirror_urls())}: {', '.join(names)}"
