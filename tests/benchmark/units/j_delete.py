# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the command until nothing of a cluster is left in its seed."""
from __future__ import annotations

import time
from collections.abc import Callable

from benchmark.figures import Target
from benchmark.place import Place
from benchmark.readyz import until
from benchmark.unit import Unit, Value

NAMESPACE = "cluster-bench"
ABOUT = """\
The time until the namespace of a cluster without nodes and its volume are gone from the seed. *delete_cluster*: from the start of ansible-playbook, with its
look at nodes and machines. *kubectl delete namespace*: a cluster like it, deleted by Kubernetes alone.
"""


def unit(place: Place) -> Unit:
    return Unit("j", "Delete a cluster", ABOUT, "s", {
        "delete_cluster": lambda: deleted(place, lambda: place.delete("bench")),
        "kubectl delete namespace": lambda: deleted(place, lambda: place.world.kubectl(None, "delete", "namespace", NAMESPACE))},
        (Target("delete_cluster", "kubectl delete namespace", at_most=0.5),), samples=3)


def deleted(place: Place, delete: Callable[[], object]) -> Value:
    place.clusters(bench=[])
    place.start("create_cluster", "-e", "cluster=bench").seconds()
    begin = time.monotonic()
    delete()
    until(lambda: not volumes(place), lambda: None)
    return Value(time.monotonic() - begin)


def volumes(place: Place) -> list[str]:
    """Of the cluster, or of one before it."""
    return [one["metadata"]["name"] for one in place.seed.list("v1", "PersistentVolume") if one["spec"]["claimRef"]["namespace"] == NAMESPACE]
