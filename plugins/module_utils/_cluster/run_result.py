# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a run went for one cluster: what is noted of it, what people read, and whether it failed."""
from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.task_result import CONTROL_PLANE, NODE, failed, first_reason, reason, registered
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import group_of, namespace_of

# what is registered of a block of tasks that failed, where the run goes on
STOPPED = "cluster_stopped"
# the last line of a run with --check
CHECKED = "Nothing was changed, as this run only checked. To do it, run it again without --check"
CHECKED_ALL_WELL = "This run only checked. Without --check it would change nothing"


@dataclass(frozen=True, slots=True)
class Seen:
    """own: variables of the cluster. nodes: host of its group -> the host's variables. limit: of the command line, "" if there is none.

    inventories: as they were given with -i. hosts_reset: a node that leaves is reset, as long as its host is not gone for good.
    """

    cluster: str
    own: Mapping[str, Any]
    nodes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    check_mode: bool = False
    limit: str = ""
    inventories: tuple[str, ...] = ()
    hosts_reset: bool = True

    @property
    def group(self) -> str:
        return group_of(self.cluster)

    def of(self, result: str) -> Mapping[str, Any]:
        """The result of a task of the cluster, or of the look ahead at it. {} if neither came to it."""
        return registered(self.own, result)

    def tried(self) -> dict[str, Mapping[str, Any]]:
        """Host -> what its task said, of those that had one in this run."""
        return {name: found for name, variables in self.nodes.items() if isinstance(found := variables.get(NODE), Mapping) and not found.get("skipped")}

    def done(self) -> list[str]:
        return [name for name, found in self.tried().items() if not failed(found)]

    def unchanged(self) -> list[str]:
        return [name for name in self.done() if not self.tried()[name].get("changed")]

    def changes(self) -> int:
        """How many steps the control plane took, or would have taken."""
        results = [found for name, found in self.own.items() if name.startswith(CONTROL_PLANE) and isinstance(found, Mapping)]
        return sum(len(found.get("steps") or []) for found in results if found.get("changed"))

    def node_errors(self) -> list[str]:
        return [reason(found) for found in self.tried().values() if failed(found)]

    def stopped(self) -> list[str]:
        """Why a block of tasks ended early after which the run went on."""
        return [self.of(STOPPED)["why"]] if self.of(STOPPED) else []

    def machine_errors(self) -> list[str]:
        """Of machines of node pools that can't be asked."""
        return list(self.of("node_pools_hosts").get("errors", []))

    def command(self, playbook: str, *words: str) -> str:
        """How the user calls another playbook."""
        given = [word for path in self.inventories for word in ("-i", shlex.quote(path))]
        return " ".join(["ansible-playbook", *given, f"kubermatic.caas.{playbook}", "-e", f"cluster={self.cluster}", *words])


@dataclass(frozen=True, slots=True)
class Result:
    """lines: for people, the first one says what the cluster is. errors: sentences about why the task fails, none if it does not.

    note: options of the record, None if nothing is noted. free: the lock is given back. why: of a block that ended early, for a later task.
    """

    lines: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    note: Mapping[str, Any] | None = None
    free: bool = False
    why: str = ""

    @property
    def failure(self) -> str:
        return " ".join(self.errors)


def listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


def indented(first: str, *more: str) -> tuple[str, ...]:
    return first, *(f"  {line}" for line in more if line)


def number(amount: int, what: str) -> str:
    return f"{amount} {what}{'' if amount == 1 else 's'}"


def hosts(seen: Seen) -> Result:
    """Before a control plane is made: no host of its cluster may have failed."""
    who = [name for name, found in seen.tried().items() if failed(found)]
    if not who or seen.of("control_plane_spec").get("runs"):
        return Result()
    out = f"leave the {'host' if len(who) == 1 else 'hosts'} out: --limit '{seen.group}:!{':!'.join(who)}'"
    return Result(errors=(*dict.fromkeys(seen.node_errors()), f"Nothing was changed. Fix this, or {out}."))


def control_plane(seen: Seen) -> Result:
    """After a control plane could not be made; its task has told why."""
    return Result(note={"last_error": first_reason(seen.own, CONTROL_PLANE) or "unknown"}, free=True)


def block(seen: Seen) -> Result:
    """In the rescue of a block of tasks, after which the run goes on: its last task tells."""
    return Result(why=reason(seen.of("ansible_failed_result")) or "unknown")


def create(seen: Seen) -> Result:
    errors = (*seen.node_errors(), *seen.stopped(), *seen.machine_errors())
    spec, endpoint = seen.of("control_plane_spec"), seen.of("control_plane_endpoint")
    # a cluster that is not made yet has neither an address nor a record
    exists = bool(spec.get("runs")) or not seen.check_mode
    where = f" at https://{endpoint['address']}:{endpoint['port']}" if exists else ""
    cluster = f"Cluster {seen.cluster} {what_became(seen)}: Kubernetes {spec['cluster']['kubernetes_version']}{where}{in_seed(seen)}"
    note = {"node_error": " ".join(errors)} if exists else None
    return Result(indented(cluster, *nodes_of(seen), *(checked(seen) if seen.check_mode else what_next(seen))), errors, note=note, free=exists)


def what_became(seen: Seen) -> str:
    """Of a cluster by its creation."""
    new, steps = not seen.of("control_plane_spec").get("runs"), number(seen.changes(), "step")
    if not new and not seen.changes():
        return "is up to date"
    if seen.check_mode:
        return f"would be {'created' if new else 'changed'} ({steps})"
    return "is created" if new else f"is changed ({steps})"


def nodes_of(seen: Seen) -> list[str]:
    same, bad = seen.unchanged(), [name for name, found in seen.tried().items() if failed(found)]
    return [f"{'Nodes that would change' if seen.check_mode else 'Nodes of this run'}: " +
            listed([name for name in seen.done() if not seen.check_mode or name not in same]),
            f"Nothing to do on: {listed(same)}" if same else "", f"Failed: {listed(bad)}" if bad else ""]


def what_next(seen: Seen) -> list[str]:
    return [f"A kubeconfig: {seen.command('kubeconfig', '-e', f'path={seen.cluster}.kubeconfig')}", f"Its status: {seen.command('status')}"]


def checked(seen: Seen) -> list[str]:
    return [CHECKED if seen.changes() or len(seen.unchanged()) < len(seen.done()) else CHECKED_ALL_WELL]


def in_seed(seen: Seen) -> str:
    return f", control plane in namespace {namespace_of(seen.cluster)} of seed {seen.own['seed']}" if seen.own.get("seed") else ""


def node(seen: Seen) -> Result:
    """Of one host whose cluster takes no part in the run; seen.nodes is that host alone."""
    name, = seen.nodes
    if not seen.own:
        return Result(errors=(f"{name} is to be a node of cluster {seen.cluster}, which is not in the group clusters of the inventory.",))
    return Result(errors=tuple(seen.node_errors()), free=True)


def scale(seen: Seen) -> Result:
    made, wanted = seen.of("node_pools_hosts"), seen.of("node_pools_checked")
    errors = [*seen.machine_errors(), *seen.node_errors(), *seen.stopped()]
    lines = indented(
        f"Cluster {seen.cluster}: {', '.join(size(seen, pool, not errors) for pool in wanted.get('pools', [])) or 'no node pools'}",
        f"Nodes of this run: {listed(seen.done())}" if seen.done() else "",
        *what_went(seen), *what_stays(seen), *wanted.get("hints", []), CHECKED if seen.check_mode else "")
    return Result(lines, (*errors, *advice(seen)) if errors else (),
                  note={"node_error": " ".join(errors)} if "hosts" in made else None, free="hosts" in made)


def what_went(seen: Seen) -> list[str]:
    gone = [item["node_pools_node"] for item in seen.of("node_pools_left").get("results", [])]
    return [f"{'Would be gone' if seen.check_mode else 'Gone'}: {listed(gone)}"] if gone and not seen.stopped() else []


def what_stays(seen: Seen) -> list[str]:
    made = seen.of("node_pools_hosts")
    waiting = [name for name in made.get("waiting", []) if name not in seen.tried()] if seen.limit and not seen.check_mode else []
    return [*([f"Switched off, so left alone: {listed(made['switched_off'])}"] if made.get("switched_off") else []),
            *([f"No nodes yet, as --limit leaves them out: {listed(waiting)}. Use --limit {seen.group}"] if waiting else [])]


def advice(seen: Seen) -> list[str]:
    if seen.stopped():
        return ["No machine was removed. To uncordon nodes, scale to the number of machines that exist now."] \
            if failed(seen.of("node_pools_left")) else []
    return ["If a machine is lost: scale the pool down by one, which takes it first, and up again."] if seen.tried() else []


def size(seen: Seen, pool: Mapping[str, Any], well: bool) -> str:
    has = "would have" if seen.check_mode else "has" if well else "should have"
    return f"node pool {pool['name']} {has} {pool['node_count']} {'machine' if pool['node_count'] == 1 else 'machines'}"


def look(seen: Seen) -> Result:
    """Before anything of a cluster goes: each of its nodes is a host that this run resets, as its containers would stay there."""
    strangers = [name for cluster in seen.of("cluster_before").get("clusters", []) for name in cluster["unlisted_nodes"]]
    if not strangers or not seen.hosts_reset:
        return Result()
    forget = seen.command("remove_node", "-e", f"node={strangers[0]}", "-e", "node_forget=true")
    return Result(errors=(
        f"Cluster {seen.cluster} has nodes that are not among the hosts that this run resets: {listed(strangers)}. Its containers, with their data, would stay "
        f"there. Put the hosts into the groups nodes and {seen.group} of the inventory, and use no --limit that leaves them out. "
        f"If a host is gone for good: {forget}. Nothing was deleted.",))


def reset(seen: Seen) -> Result:
    """Before the namespace of a cluster goes: none of its nodes may be left behind."""
    errors = seen.node_errors()
    return Result(errors=(f"Cluster {seen.cluster} is kept, as not all of its nodes could be reset: {' '.join(errors)} "
                          "Run this again then, or with -e node_forget=true if they are gone for good.",) if errors else ())


def delete(seen: Seen) -> Result:
    """With the namespace its lock is gone; a cluster that is still there has one to be given back, and its task has told why."""
    gone = seen.of("cluster_gone")
    if "residual" not in gone:
        return Result(free=True)
    was_there = bool(seen.of("cluster_before").get("clusters"))
    what = f"Cluster {seen.cluster} {'would be' if seen.check_mode else 'is'} deleted from seed {seen.own['seed']}" if was_there else \
        f"Seed {seen.own['seed']} had no cluster {seen.cluster}"
    reset_or_not = f"nodes {'that would be ' if seen.check_mode else ''}reset" if seen.hosts_reset else "hosts that were not asked, so not reset"
    return Result(indented(f"{what}, {reset_or_not}: {listed(seen.done())}", *(
        [CHECKED] if seen.check_mode else
        [f"Left in the seed: {', '.join(gone['residual']) or 'nothing'}", f"Take {seen.cluster} and its nodes out of the inventory now."])))


def renew(seen: Seen) -> Result:
    failing = {name: variables for name, variables in seen.nodes.items() if failed(variables.get(NODE))}
    stopped, errors = seen.stopped(), [*seen.stopped(), *seen.node_errors()]
    status = (seen.of("renew_status").get("clusters") or [{}])[0].get("certificates") or {}
    # of unreachable nodes, those whose certificate expires soon or is unknown
    urgent = [name for name, variables in failing.items() if variables.get("node_name", name) in status.get("nodes_ending", [])]
    refused = [name for name, variables in failing.items() if not variables[NODE].get("unreachable")]
    renewed = [name for name, found in seen.tried().items() if found.get("changed")]
    first = status.get("first") or {}
    text = [f"Cluster {seen.cluster}: {'would renew' if seen.check_mode else 'renewed'} {len(seen.of('renew_control_plane').get('renewed', []))} "
            f"certificates of the control plane, nodes: {listed(renewed)}."]
    if first:
        text.append(f"The first one expires on {first['ends'][:10]}, in {first['days_left']} days ({first['name']}).")
    if errors:
        text.append(f"Not done: {' '.join(errors)}")
    lines = indented(" ".join(text), CHECKED if seen.check_mode else "")
    return Result(lines, tuple(errors) if stopped or refused or urgent else (), free=not stopped)


def upgrade(seen: Seen) -> Result:
    """A cluster whose control plane stopped, or one of whose nodes did, ends the run: what comes after it stays as it is."""
    plan, errors, measured = seen.of("upgrade_plan"), (*seen.stopped(), *seen.node_errors()), seen.of("control_plane_applied").get("api")
    left = [] if errors else [name for name in plan.get("nodes", []) if name not in took_part(seen)]
    lines = indented(
        f"Cluster {seen.cluster} {what_upgrade_did(seen, plan)}",
        *(plan.get("lines", []) if seen.check_mode else []), api_meanwhile(measured),
        f"Nodes of this run: {listed(seen.done())}" if seen.done() else "",
        f"Not upgraded, as no host of this run is such a node: {listed(left)}. Machines of node pools get the new version when they are replaced (scale)"
        if left and not seen.check_mode else "",
        f"This was the first of {len(plan['stages'])} stages. Go on: {seen.command('upgrade')}" if len(plan.get("stages", [])) > 1 else "",
        "" if seen.check_mode and errors else CHECKED if seen.check_mode else f"Its status: {seen.command('status')}")
    again = f"Clusters after it in this run were left as they are. Fix this, then go on: {seen.command('upgrade')}"
    # the seed answered, and the cluster is there
    exists = not seen.check_mode and "stages" in plan
    why = {"last_error": " ".join(seen.stopped())} if seen.stopped() else {"node_error": " ".join(seen.node_errors())}
    return Result(lines, (*errors, again) if errors else (), note={**why, **({"api": measured} if measured else {})} if exists else None,
                  free=exists)


def api_meanwhile(measured: Mapping[str, Any] | None) -> str:
    """How the API answered while the control plane was changed, "" if it was not."""
    return f"API meanwhile: {measured['requests']} requests, {measured['failed']} failed, longest gap {measured['longest_gap']:.1f} s" if measured else ""


def what_upgrade_did(seen: Seen, plan: Mapping[str, Any]) -> str:
    stages = plan.get("stages", [])
    if seen.stopped() or "stages" not in plan:
        # a hop that had ended stays, as where only the API was away for too long
        return "is upgraded in part" if seen.of("control_plane_noted").get("phase") and not seen.check_mode else "is not upgraded"
    if not stages and not plan["nodes"]:
        return f"is up to date: Kubernetes {plan['runs']}"
    to = (stages[0]["control_plane"] or [stages[0]["nodes"]])[-1] if stages else plan["runs"]
    failing = [name for name, found in seen.tried().items() if failed(found)]
    way = f"Kubernetes {plan['runs']} -> {to}" if plan["runs"] != to else f"its nodes to Kubernetes {to}"
    return f"{'would be' if seen.check_mode else 'is'} upgraded{' in part' if failing else ''}: {way}" + (
        f", but not its nodes {listed(failing)}" if failing else "")


def took_part(seen: Seen) -> set[str]:
    """Names of nodes."""
    return {str(seen.nodes[name].get("node_name") or name) for name in seen.tried()}


RESULTS: dict[str, Callable[[Seen], Result]] = {
    "hosts": hosts, "control_plane": control_plane, "block": block,
    "create": create, "node": node, "scale": scale, "look": look, "reset": reset, "delete": delete, "renew": renew, "upgrade": upgrade,
}
