# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a control plane takes of a seed's memory, against the same programs as bare processes."""
from __future__ import annotations

import time

from benchmark import bare_plane, processes
from benchmark.figures import Target
from benchmark.place import Place
from benchmark.unit import Unit, Value

IDLE = 30
ABOUT = f"""\
Resident memory of a cluster without nodes, {IDLE} s after its add-ons were applied. *control plane*: all processes in the pods of the cluster's
namespace, including sandboxes. *bare processes*: the same four programs with the command lines of the same manifests, and the same objects in them.
The figure does not include konnectivity-server, which only a control plane away from its nodes needs; the last column shows it.
"""


def unit(place: Place) -> Unit:
    return Unit("f", "Memory of a control plane", ABOUT, "MiB", {"control plane": lambda: in_seed(place), "bare processes": lambda: bare(place)},
                (Target("control plane", "bare processes", at_most=1.1),), samples=3)


def in_seed(place: Place) -> Value:
    place.clusters(bench=[])
    place.start("create_cluster", "-e", "cluster=bench").seconds()
    try:
        time.sleep(IDLE)
        return value(processes.of_pods(place.pods("bench")))
    finally:
        place.delete("bench")


def bare(place: Place) -> Value:
    with bare_plane.running(place.directory) as pids:
        time.sleep(IDLE)
        return value({name: processes.resident(pid) for name, pid in pids.items()})


def value(found: dict[str, float]) -> Value:
    named = bare_plane.by_component(found)
    return Value(sum(size for name, size in named.items() if name != "konnectivity-server"), named)
