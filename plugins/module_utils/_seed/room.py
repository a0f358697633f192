# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the machines of a seed have room for the pods of a control plane: for all of a new one, or for larger ones of one that runs.

Counted is what pods ask for, as Kubernetes' scheduler does, not what they use. Affinities, taints that pods tolerate and volumes that move are left out:
an answer "no room" is certain, "room" is not.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.container_resources import NAME_LABEL, PodRequests
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.quantity import amount
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.condition import gib, troubles

Manifest = Mapping[str, Any]
# In this order, that of the waves in their templates, a change replaces them, and waits between the steps. A member of etcd ends before its successor
# begins, as they share a volume; of all others one more pod runs beside the old ones.
ETCD = "etcd"
STEPS = ((ETCD,), ("kube-apiserver",), ("kube-controller-manager", "kube-scheduler"))


@dataclass(frozen=True, slots=True)
class Amount:
    """CPUs and bytes of memory."""

    cpu: Decimal
    memory: Decimal

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.cpu + other.cpu, self.memory + other.memory)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.cpu - other.cpu, self.memory - other.memory)

    def covers(self, other: Amount) -> bool:
        return self.cpu >= other.cpu and self.memory >= other.memory

    def __str__(self) -> str:
        return f"{_cpus(self.cpu)} CPUs and {gib(max(0.0, float(self.memory)))} GiB of memory"


def _cpus(cpu: Decimal) -> str:
    """To the thousandth, as pods ask for it: "0.025", "0.11"."""
    text = f"{max(cpu, Decimal(0)):.3f}"
    return text.removesuffix("0")


NOTHING = Amount(Decimal(0), Decimal(0))


class Machines:
    """What is left on each machine that takes pods."""

    def __init__(self, nodes: Iterable[Manifest], pods: Iterable[Manifest]) -> None:
        self.left: dict[str, Amount] = {}
        for node in nodes:
            allocatable = (node.get("status") or {}).get("allocatable") or {}
            cpu, memory = amount(allocatable.get("cpu")), amount(allocatable.get("memory"))
            if not troubles(node) and cpu is not None and memory is not None:
                self.left[node["metadata"]["name"]] = Amount(cpu, memory)
        for pod in pods:
            if _runs(pod) and _place(pod) in self.left:
                self.left[_place(pod)] -= asked(pod["spec"])

    def free(self, pod: Manifest) -> None:
        """What a pod has asked for that ends."""
        if _place(pod) in self.left:
            self.left[_place(pod)] += asked(pod["spec"])

    def put(self, wanted: Amount, place: str = "") -> bool:
        """On the machine of that name, or on the one with the most memory left among those that have enough. Whether there is one."""
        fitting = [name for name, left in self.left.items() if left.covers(wanted) and place in ("", name)]
        if not fitting:
            return False
        chosen = max(fitting, key=lambda name: self.left[name].memory)
        self.left[chosen] -= wanted
        return True

    def most(self) -> str:
        """The most CPUs and the most memory that any machine has left."""
        cpu = max(left.cpu for left in self.left.values())
        memory = max(left.memory for left in self.left.values())
        return f"no machine has more than {_cpus(cpu)} CPUs or {gib(max(0.0, float(memory)))} GiB left"


def lacking_for_new(nodes: Iterable[Manifest], pods: Iterable[Manifest], wanted: Sequence[PodRequests]) -> str:
    """What the machines lack for all of the wanted pods, "" if nothing."""
    machines = Machines(nodes, pods)
    if not machines.left:
        return ""
    each = [_amount(one) for one in wanted for dummy in range(one.replicas)]
    for one in sorted(each, reverse=True, key=lambda asks: (asks.memory, asks.cpu)):
        if not machines.put(one):
            return f"its pods ask for {sum(each, NOTHING)}, and {machines.most()}"
    return ""


def grows(pods: Iterable[Manifest], wanted: Sequence[PodRequests], replicas: Mapping[str, int]) -> bool:
    """Whether any pod of the cluster is to ask for more than it does, or there are to be more of them.

    pods: those of its namespace. replicas: name of a pod -> how many the cluster had until now. A pod that is missing for another reason is no growth.
    """
    running = _by_name(pods)
    return any(_larger(running.get(one.name, []), one, replicas) for one in wanted)


def _larger(running: list[Manifest], wanted: PodRequests, replicas: Mapping[str, int]) -> bool:
    return wanted.replicas > replicas.get(wanted.name, wanted.replicas) or any(not asked(pod["spec"]).covers(_amount(wanted)) for pod in running)


def lacking_for_growth(nodes: Iterable[Manifest], pods: Iterable[Manifest], wanted: Sequence[PodRequests], replicas: Mapping[str, int], *,
                       namespace: str, volumes_move: bool) -> str:
    """What the machines lack to replace the running pods of the cluster by the wanted ones, "" if nothing.

    pods: of the whole seed. replicas: as of grows(). volumes_move: a member of etcd may begin on another machine than the one that it had.
    """
    pods = list(pods)
    machines = Machines(nodes, pods)
    if not machines.left:
        return ""
    running = _by_name(pod for pod in pods if pod["metadata"].get("namespace") == namespace)
    by_name = {one.name: one for one in wanted}
    for step in STEPS:
        replaced = [(by_name[name], running.get(name, [])) for name in step if _larger(running.get(name, []), by_name[name], replicas)]
        problem = _etcd(machines, *replaced[0], volumes_move=volumes_move) if replaced and step == (ETCD,) else _rolled(machines, replaced)
        if problem:
            return problem
    return ""


def _etcd(machines: Machines, wanted: PodRequests, old: list[Manifest], *, volumes_move: bool) -> str:
    for pod in old:
        machines.free(pod)
    places = ["" if volumes_move or _place(pod) not in machines.left else _place(pod) for pod in old]
    for place in (places + [""] * wanted.replicas)[:wanted.replicas]:
        if not machines.put(_amount(wanted), place):
            left = f"machine {place}, where its volume is, has {machines.left[place]} left" if place else machines.most()
            return f"a pod of etcd is to ask for {_amount(wanted)}, and {left}"
    return ""


def _rolled(machines: Machines, replaced: Sequence[tuple[PodRequests, list[Manifest]]]) -> str:
    """One more of each comes first, side by side; then each that ends makes room for the next."""
    beside = [(wanted, None) for wanted, dummy in replaced]
    after = [(wanted, pod) for wanted, old in replaced for pod in old]
    new = {wanted.name: 0 for wanted, dummy in replaced}
    for wanted, ended in (*beside, *after):
        if ended is not None:
            machines.free(ended)
        if new[wanted.name] >= wanted.replicas:
            continue
        if not machines.put(_amount(wanted)):
            return f"a pod of {wanted.name} is to ask for {_amount(wanted)} beside the one that runs until it is ready, and {machines.most()}"
        new[wanted.name] += 1
    return ""


def asked(spec: Manifest) -> Amount:
    """What a pod asks for. Sidecars count like containers, as they run beside them."""
    containers = [*(spec.get("containers") or ()), *(one for one in spec.get("initContainers") or () if one.get("restartPolicy") == "Always")]
    requests = [(container.get("resources") or {}).get("requests") or {} for container in containers]
    return sum((Amount(amount(one.get("cpu")) or Decimal(0), amount(one.get("memory")) or Decimal(0)) for one in requests), NOTHING)


def _by_name(pods: Iterable[Manifest]) -> dict[str, list[Manifest]]:
    """Pods that have a machine, by their component. One that waits for a machine takes nothing yet."""
    found: dict[str, list[Manifest]] = {}
    for pod in pods:
        name = (pod["metadata"].get("labels") or {}).get(NAME_LABEL)
        if name and _runs(pod) and _place(pod):
            found.setdefault(name, []).append(pod)
    return found


def _runs(pod: Manifest) -> bool:
    return (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")


def _place(pod: Manifest) -> str:
    return str((pod.get("spec") or {}).get("nodeName") or "")


def _amount(wanted: PodRequests) -> Amount:
    return Amount(wanted.cpu, wanted.memory)
