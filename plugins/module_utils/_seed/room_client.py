# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a seed can take a control plane now: found out before anything is made, as far as a kubeconfig may look."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import container_resources as control_plane_size
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import ClusterSpec
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import condition as seed_condition
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import fitness as seed_fitness
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machines_client as seed_machines
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import room as seed_room

MAKE_ROOM = "add a machine to the seed, or choose a smaller control_plane_size or control_plane_resources"
FIX = "make room, or bring a machine back, then run this again; what the machines say: {} describe nodes"
MOST_ASKED = 5


def free_space(api: KubeApi, machines: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Machine under pressure -> pressure -> what is left there."""
    pressed = [node["metadata"]["name"] for node in machines if seed_condition.pressures(node)][:MOST_ASKED]
    return {name: seed_condition.free_space(summary) for name, summary in seed_machines.summaries(api, pressed).items()}


def check_machines(api: KubeApi, what: str) -> None:
    """Raises NotReady if no machine takes pods. what: the beginning of the line."""
    machines = seed_machines.nodes(api) or []
    if seed_condition.takes_nothing(machines):
        why = seed_condition.takes_nothing(machines, free_space(api, machines))
        # the first letter of a reason becomes a capital, which is no machine's name
        raise NotReady(f"{what}: no machine of the seed takes pods", where=api.server, why=f"its machines: {why}", fix=FIX.format(api.kubectl))


def check_room(api: KubeApi, spec: ClusterSpec) -> None:
    """Raises NotReady if the pods of the cluster, none of which is there yet, would find no place."""
    machines, pods = seed_machines.nodes(api), _pods(api)
    if not machines or pods is None:
        return
    lacking = seed_room.lacking_for_new(machines, pods, _wanted(spec))
    if lacking:
        raise NotReady(f"The seed has no room for cluster {spec.name}", where=api.server, why=lacking, fix=MAKE_ROOM)


def check_growth(api: KubeApi, spec: ClusterSpec, recorded: Mapping[str, Any]) -> None:
    """Raises NotReady if pods of the running cluster are to ask for more than the seed has left: half of them would be replaced, and the rest wait.

    recorded: what the record says of the cluster as it is.
    """
    wanted = _wanted(spec)
    replicas = {one.name: recorded.get(one.option, one.replicas) for one in wanted}
    of_cluster = _pods(api, spec.namespace)
    if of_cluster is None or not seed_room.grows(of_cluster, wanted, replicas):
        return
    machines, pods = seed_machines.nodes(api), _pods(api)
    if not machines or pods is None:
        return
    lacking = seed_room.lacking_for_growth(machines, pods, wanted, replicas, namespace=spec.namespace, volumes_move=spec.etcd_storage_moves)
    if lacking:
        raise NotReady(f"The control plane of cluster {spec.name} can't grow", where=api.server, why=f"{lacking}; it runs on as it is", fix=MAKE_ROOM)


def _pods(api: KubeApi, namespace: str | None = None) -> list[dict[str, Any]] | None:
    """Of one namespace or the whole seed, None if we may not look."""
    try:
        return api.list("v1", "Pod", namespace)
    except Refused:
        return None


def _wanted(spec: ClusterSpec) -> list[control_plane_size.PodRequests]:
    return control_plane_size.pods(spec.resources, etcd_replicas=spec.etcd_replicas, control_plane_replicas=spec.control_plane_replicas)


def check_storage(api: KubeApi, spec: ClusterSpec) -> None:
    """Raises NotReady if etcd would wait for a volume for ever."""
    try:
        classes = api.list("storage.k8s.io/v1", "StorageClass")
    except Refused:
        return
    names = sorted(found["metadata"]["name"] for found in classes)
    if not spec.etcd_storage_class and not seed_fitness.default_storage_class(classes):
        raise NotReady(f"The seed has no default storage class for the etcd of cluster {spec.name}", where=api.server,
                       fix=f"set etcd_storage_class ({', '.join(names) or 'it has none yet'}), or mark one of the seed as default")
    if spec.etcd_storage_class and spec.etcd_storage_class not in names:
        raise NotReady(f"The seed has no storage class {spec.etcd_storage_class}", where="etcd_storage_class",
                       why=f"it has {', '.join(names) or 'none'}", fix="write one of them, or leave it out for the default one")
