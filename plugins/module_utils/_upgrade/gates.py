# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must be well before an upgrade moves anything. Each gate has a name, by which a user can pass it, and says what is wrong and how to mend it."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Phase
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import LABEL_MANAGED_BY, MANAGED_BY
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object

Object = Mapping[str, Any]
# days that the first certificate must still be valid
VALID_DAYS = 7
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Webhook:
    """One that fails closed: the API refuses what it can't ask about. configuration: as people find it, service: "namespace/name"."""

    configuration: str
    service: str
    has_endpoints: bool


@dataclass(frozen=True, slots=True)
class Deprecated:
    """An API that somebody asked for since kube-apiserver started. removed: the minor release that no longer serves it, such as "1.38"."""

    name: str
    removed: str


@dataclass(frozen=True, slots=True)
class World:
    """status: of the cluster, as cluster_info returns it. to: the version that is wanted. pods: on nodes that are to be drained. budgets: none if no node is.

    deprecated: APIs that were asked for and that some release removes.
    """

    status: Mapping[str, Any]
    to: KubernetesVersion
    nodes: tuple[Object, ...] = ()
    pods: tuple[Object, ...] = ()
    budgets: tuple[Object, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    deprecated: tuple[Deprecated, ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """A gate that is closed. wrong: what is, a sentence. fix: what a user can do."""

    name: str
    wrong: str
    fix: str

    def line(self) -> str:
        return f"{self.name}: {self.wrong}. {self.fix[0].upper()}{self.fix[1:]}"


def named(names: Iterable[str]) -> str:
    found = sorted(names)
    return ", ".join(found[:MOST_NAMED]) + (f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else "")


def control_plane(world: World) -> Iterator[tuple[str, str]]:
    """Not of an upgrade that has begun: what a run left unfinished there, such as a pod whose image can't be pulled, this one brings to its end."""
    if world.status["phase"] == Phase.UPDATING:
        return
    parts = world.status["control_plane"]
    lacking = [f"{name} {one['ready']}/{one['wanted']} ready" for name, one in parts.items() if not 0 < one["wanted"] <= one["ready"]]
    rollouts = list(world.status["rollouts"].values())
    if lacking or rollouts:
        yield "; ".join([*lacking, *rollouts]), f"look at the pods in namespace {world.status['namespace']} of the seed"


def etcd(world: World) -> Iterator[tuple[str, str]]:
    found = world.status["etcd"] or {}
    if found.get("alarms"):
        yield (f"etcd has the alarm {', '.join(found['alarms'])}",
               f"make room: ansible-playbook kubermatic.caas.maintain_etcd -e cluster={world.status['name']}")


def certificates(world: World) -> Iterator[tuple[str, str]]:
    first = world.status["certificates"]["first"]
    if first and first["days_left"] < VALID_DAYS:
        yield (f"the certificate {first['name']} ends on {first['ends'][:10]}",
               f"renew it: ansible-playbook kubermatic.caas.renew -e cluster={world.status['name']}")


def nodes_ready(world: World) -> Iterator[tuple[str, str]]:
    found = node_object.names(world.nodes, lambda node: not node_object.ready(node)[0])
    if found:
        yield f"not Ready: {named(found)}", "look at their kubelets, or remove those that are gone for good (remove_node)"


def kubelet_versions(world: World) -> Iterator[tuple[str, str]]:
    """Nothing can be said of how far these may be from their control plane, and nothing upgrades them."""
    found = node_object.names(world.nodes, lambda node: KubernetesVersion.of(node_object.kubelet_version(node)) is None)
    if found:
        yield f"their kubelets tell no version of Kubernetes: {named(found)}", "look at these nodes, or remove them (remove_node)"


def nodes_cordoned(world: World) -> Iterator[tuple[str, str]]:
    found = node_object.names(world.nodes, lambda node: node_object.is_cordoned(node) and not node_object.is_ours_to_uncordon(node))
    if found:
        yield f"cordoned by somebody else: {named(found)}", "kubectl uncordon them; if you pass this gate, they are upgraded and stay cordoned"


def disruption_budgets(world: World) -> Iterator[tuple[str, str]]:
    """Ours are left out: an upgrade takes care of what they count."""
    found = [node_object.pod_name(budget) for budget in world.budgets
             if (status := budget.get("status") or {}).get("disruptionsAllowed") == 0 and status.get("expectedPods")
             and node_object.labels_of(budget).get(LABEL_MANAGED_BY) != MANAGED_BY]
    if found:
        yield (f"PodDisruptionBudgets allow no pod to be evicted: {named(found)}",
               "see that more of their pods are ready, or let the budgets allow one; evictions would wait until drain_timeout")


def bare_pods(world: World) -> Iterator[tuple[str, str]]:
    found = [node_object.pod_name(pod) for pod in world.pods if node_object.is_bare(pod)]
    if found:
        yield f"pods that no controller would make anew: {named(found)}", "delete them, or let a Deployment or a Job own them; draining their node ends them"


def webhooks(world: World) -> Iterator[tuple[str, str]]:
    found = [f"{one.configuration} (Service {one.service})" for one in world.webhooks if not one.has_endpoints]
    if found:
        yield (f"webhooks that fail closed have no endpoints: {named(found)}",
               "bring their pods back, or delete the configurations; the API refuses everything that they are asked about")


def deprecated_apis(world: World) -> Iterator[tuple[str, str]]:
    found = [f"{one.name} (gone with {one.removed})" for one in world.deprecated
             if (removed := KubernetesVersion.of(f"{one.removed}.0")) and removed <= world.to]
    if found:
        yield (f"somebody asks for APIs that {world.to} does not serve: {named(found)}",
               "change those who do to a newer version of the API; a replica of kube-apiserver forgets them when it restarts")


# in the order in which people mend them; what needs the customer's API comes after what keeps it from answering
GATES: dict[str, Callable[[World], Iterator[tuple[str, str]]]] = {
    one.__name__: one for one in (control_plane, etcd, certificates, nodes_ready, kubelet_versions, webhooks, deprecated_apis, nodes_cordoned,
                                  disruption_budgets, bare_pods)}


def closed(world: World) -> tuple[Closed, ...]:
    """All gates that are closed."""
    return tuple(Closed(name, wrong, fix) for name, gate in GATES.items() for wrong, fix in gate(world))


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of closed gates: those that the user accepts, and those that stop the upgrade."""

    accepted: tuple[Closed, ...] = ()
    stops: tuple[Closed, ...] = ()

    @classmethod
    def of(cls, gates: Iterable[Closed], accepted: Iterable[str]) -> Passed:
        names, found = set(accepted), tuple(gates)
        return cls(tuple(one for one in found if one.name in names), tuple(one for one in found if one.name not in names))

    def check(self, cluster: str) -> None:
        """Raises InvalidInput with every gate that stops the upgrade."""
        if self.stops:
            accepted = json.dumps({"accept_gates": [one.name for one in self.stops]})
            raise InvalidInput(f"Cluster {cluster} is not ready for an upgrade", why=". ".join(one.line() for one in self.stops),
                               fix=f"to go on regardless: -e '{accepted}'. Nothing was changed")
