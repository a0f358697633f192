# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the clusters of a seed are doing."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import cluster_client as customer
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import rollout, status
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.health import FAIL_IF
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import CLUSTER_INFO
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace import is_foreign
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.unlisted_nodes import unlisted
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import LABEL_CLUSTER, namespace_of
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import ReadingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.etcdctl_client import Etcdctl
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import MemberStatus, Pods
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods import pods_of
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods_client import EtcdReader
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.status import etcd_status, quota_of
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.limits import CUSTOMER
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.server_certificate_client import server_certificate
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import certificate_ends, x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import CertificateFacts
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_ends import End, Ends
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import AUTHORITIES, ClusterNames, wanted_certificates
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_store import PkiStore
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import condition as seed_condition
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import kubeconfig_store as seed_kubeconfig
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machines_client as seed_machines
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.room_client import free_space
from ansible_collections.kubermatic.caas.plugins.module_utils._system.parallel import side_by_side

AT_A_TIME = 8
# for etcd's own answer, and as much again for the way there
ETCD_SECONDS = 5.0
# one look at a cluster, which is none of the others' business: neither its pace nor its size
LIMITS = replace(CUSTOMER, silence=4.0, read=4.0, patience=6.0)


class ClusterInfoResource(ReadingResource, ClusterResource):
    """Reads only."""

    OPTIONS = CLUSTER_INFO

    def observe(self) -> list[dict[str, Any]]:
        names = self.names()
        # once, before many threads ask for it
        dummy = self.seed_ends
        return side_by_side(self.status, names, at_once=AT_A_TIME)

    def report(self, observed: list[dict[str, Any]], plan: Plan) -> dict[str, Any]:
        problems = [*self.seed_problems(), *certificate_ends.about_seed(self.seed_ends, datetime.now(UTC))]
        return {"clusters": observed, "table": seed_condition.below(status.table(observed, self.params["cluster"]), problems), "seed_problems": problems,
                "bad": [one["name"] for one in observed if one["health"] in FAIL_IF.get(self.params["fail_if"], ())]}

    def seed_problems(self) -> list[str]:
        """Of its machines, as far as this kubeconfig may look."""
        machines = seed_machines.nodes(self.seed) or []
        return seed_condition.problems(machines, free_space(self.seed, machines))

    @cached_property
    def seed_ends(self) -> tuple[End, ...]:
        """What can be seen from here of a seed that create_seed built; its machines have more. One of another origin is its owner's business."""
        own = certificate_facts(self.seed.access.client_cert_pem)
        if own is None or own.common_name != seed_kubeconfig.USER:
            return ()
        shown = certificate_facts(server_certificate(self.seed.access))
        return (*([End("of its API", shown.not_after)] if shown else []), End("in its kubeconfig", own.not_after))

    def names(self) -> list[str]:
        if self.params["cluster"] is not None:
            return [self.cluster] if self.is_there() else []
        try:
            namespaces = self.seed.list("v1", "Namespace", label_selector=LABEL_CLUSTER)
        except Refused as error:
            raise Refused("This kubeconfig may not list the clusters of the seed", where=self.seed.server, why=error.why,
                          fix="name one with the option cluster") from error
        return status.clusters_of(namespaces)

    def is_there(self) -> bool:
        """A namespace that only has the name, and not the label of a cluster, is no cluster."""
        namespace = self.seed_namespace()
        if not namespace:
            return namespace is not None
        return not is_foreign(namespace, self.cluster) or record.read(self.seed, self.namespace) is not None

    def status(self, name: str) -> dict[str, Any]:
        """One cluster; what can't be read becomes a line in its problems."""
        namespace, problems = namespace_of(name), []

        def read(what: Any, otherwise: Any) -> Any:
            try:
                return what()
            except CaasError as error:
                found = error.line()
            except Exception as error:
                # an unexpected error becomes the error of this cluster; the others are shown
                found = CaasError("Its status can't be read", why=f"{type(error).__name__}: {error}"[:300]).line()
            if found not in problems:
                problems.append(found)
            return otherwise

        known = read(lambda: record.read(self.seed, namespace), None)
        workloads = read(lambda: [*self.seed.list("apps/v1", "StatefulSet", namespace), *self.seed.list("apps/v1", "Deployment", namespace)], None)
        rollouts = read(lambda: self.rollouts(namespace, workloads or ()), {})
        nodes = read(lambda: self.nodes(namespace), None)
        etcd = read(lambda: self.etcd(name, namespace), None)
        ends = replace(read(lambda: ends_of(self.seed, namespace), Ends()), seed=self.seed_ends)

        def seen(record: Record | None) -> dict[str, Any]:
            told = status.status(name, namespace, record, workloads, nodes, problems, datetime.now(UTC), etcd, ends, rollouts)
            return {**told, "unlisted_nodes": self.unlisted(name, nodes, record)}

        # a record that nothing can be made of is as good as none
        return read(lambda: seen(known), None) or seen(None)

    def rollouts(self, namespace: str, workloads: Iterable[dict[str, Any]]) -> dict[str, str]:
        """Component that does not run as it was changed last -> a line about it. Pods are asked for only then."""
        waiting = {name: why for name, why in rollout.waiting(workloads).items() if name in status.CONTROL_PLANE}
        return {name: rollout.note(name, why, self.seed.list("v1", "Pod", namespace, f"app.kubernetes.io/name={name}")) for name, why in waiting.items()}

    def unlisted(self, name: str, nodes: list[dict[str, Any]] | None, known: Record | None) -> list[str]:
        listed = self.params["inventory_nodes"]
        return [] if listed is None or nodes is None else unlisted(name, nodes, listed, known)

    def etcd(self, name: str, namespace: str) -> dict[str, Any] | None:
        """None if there is none, or if this kubeconfig may not look at its pods."""
        reader = EtcdReader(self.seed, namespace)
        try:
            seen = reader.seen()
            if seen is None:
                return None
            pods = pods_of(seen)
            pods = pods if pods.all_ready else reader.explained(reader.machines())
            members = self.asked(namespace, pods)
        except Refused:
            return None
        return etcd_status(name, pods, seen.pods, quota_of(seen.stateful_set), members)

    def asked(self, namespace: str, pods: Pods) -> tuple[MemberStatus, ...] | None:
        """What members say of themselves. None if none of them serves, or if this kubeconfig may not ask."""
        if not pods.ready:
            return None
        try:
            return Etcdctl(self.seed, namespace, min(pods.ready)).status(pods.ready, timeout=ETCD_SECONDS)
        except Refused:
            return None

    def nodes(self, namespace: str) -> list[dict[str, Any]]:
        api = customer.open_cluster(self.seed, namespace, limits=LIMITS)
        try:
            return api.list("v1", "Node")
        finally:
            api.close()


def certificate_facts(pem: str) -> CertificateFacts | None:
    try:
        return x509.describe(pem) if pem else None
    except InvalidInput:
        return None


def ends_of(seed: KubeApi, namespace: str) -> Ends:
    """Of the certificates that the namespace holds."""
    store = PkiStore(seed, namespace, {})
    store.load_secrets()
    leaves = [certificate.name for certificate in wanted_certificates(ClusterNames("", "", "", "", ""))]

    def ends(names: Iterable[str]) -> tuple[End, ...]:
        found = {name: certificate_facts(store.secret(name).get("tls.crt", "")) for name in names}
        return tuple(End(name, facts.not_after) for name, facts in found.items() if facts)

    return Ends(leaves=ends(leaves), authorities=ends(AUTHORITIES))
