# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a seed can take a control plane now: found out before anything is made, as far as a kubeconfig may look."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import container_resources as control_plane_size
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import ClusterSpec
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import condition as seed_condition
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import fitness as seed_fitness
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machines_client as seed_machines

FIX = "make room, or bring a machine back, then run this again; what the machines say: kubectl describe nodes"


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
        raise NotReady(f"{what}: no machine of the seed takes pods", where=api.server, why=f"its machines: {why}", fix=FIX)


def check_room(api: KubeApi, spec: ClusterSpec) -> None:
    """Raises NotReady if the pods of the cluster, none of which is there yet, would find no place."""
    machines = seed_machines.nodes(api)
    if not machines:
        return
    try:
        pods = api.list("v1", "Pod")
    except Refused:
        return
    wanted = control_plane_size.pods(spec.resources, etcd_replicas=spec.etcd_replicas, control_plane_replicas=spec.control_plane_replicas)
    lacking = seed_condition.no_room(machines, pods, wanted)
    if lacking:
        raise NotReady(f"The seed has no room for cluster {spec.name}", where=api.server, why=lacking,
                       fix="add a machine to the seed, or choose a smaller control_plane_size or control_plane_resources")


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
