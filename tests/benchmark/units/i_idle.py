# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a control plane computes while nobody asks it anything, against the same programs as bare processes."""
from __future__ import annotations

import time
from collections.abc import Callable

from benchmark import bare_plane, processes
from benchmark.figures import Target
from benchmark.place import Place
from benchmark.unit import Unit, Value

SETTLES, MEASURED = 60, 120
ABOUT = f"""\
CPU seconds in a minute of a cluster without nodes: from {SETTLES} s after its add-ons were applied, for {MEASURED} s. *control plane*: all processes in the
pods of the cluster's namespace, konnectivity-server and sandboxes included. *bare processes*: the same four programs with the command lines of the same
manifests, and the same objects in them, but without the kubelet's probes.
"""
WHY = """\
the kubelet's probes: each opens a connection, with a TLS handshake for three of the four programs, and `/readyz` of kube-apiserver asks etcd. Nobody asks the
bare processes.
"""


def unit(place: Place) -> Unit:
    return Unit("i", "CPU of an idle control plane", ABOUT, "CPU s/min", {"control plane": lambda: in_seed(place), "bare processes": lambda: bare(place)},
                (Target("control plane", "bare processes", at_most=1.2),), samples=3, why=WHY)


def in_seed(place: Place) -> Value:
    place.clusters(bench=[])
    place.start("create_cluster", "-e", "cluster=bench").seconds()
    try:
        return a_minute(lambda: processes.of_pods(place.pods("bench"), processes.computed))
    finally:
        place.delete("bench")


def bare(place: Place) -> Value:
    with bare_plane.running(place.directory) as pids:
        return a_minute(lambda: {name: processes.computed(pid) for name, pid in pids.items()})


def a_minute(computed: Callable[[], dict[str, float]]) -> Value:
    time.sleep(SETTLES)
    begin, before = time.monotonic(), bare_plane.by_component(computed())
    time.sleep(MEASURED)
    after, minutes = bare_plane.by_component(computed()), (time.monotonic() - begin) / 60
    used = {name: (amount - before.get(name, 0.0)) / minutes for name, amount in after.items()}
    return Value(sum(used.values()), used)
