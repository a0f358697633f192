# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From nothing to a control plane that answers."""
from __future__ import annotations

import tempfile
import time
from pathlib import Path

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from api.bare_api import BareApi
from benchmark import way
from benchmark.figures import Target
from benchmark.kubeadm import Kubeadm
from benchmark.place import Place, Playbook
from benchmark.readyz import until, wait_for_readyz
from benchmark.unit import Unit, Value

ABOUT = """\
The time until `GET /readyz` succeeds at the address that users get. *create_cluster*: from the start of ansible-playbook, with all its checks, certificates,
and four components as pods of a seed that has their images. *bare processes*: only etcd and kube-apiserver, with certificates made before. *kubeadm
init*: on a machine where everything is installed and all images are present. *until its end*: the time until the command has ended, for create_cluster
including the add-ons.
"""
WHY = """\
the steps in the table follow each other, and the other two variants lack most of them. ansible-playbook starts and checks before it creates anything.
etcd's pod waits for its volume: the seed's provisioner starts a pod that makes a directory, and checks once a second whether it has; then the scheduler
checks once a second whether the volume exists. Then two pods start, and kube-apiserver itself, which takes as long as the bare processes. It counts
only when the seed has seen that it is ready, because the address leads nowhere before. kubeadm has no volume, and asks kube-apiserver directly.
"""


def unit(place: Place) -> Unit:
    kubeadm = Kubeadm(place)
    return Unit(
        "a", "Create a control plane", ABOUT, "s",
        {"create_cluster": lambda: create_cluster(place), "bare processes": bare_processes, "kubeadm init": kubeadm.init},
        (Target("create_cluster", "bare processes", at_most=2.2), Target("create_cluster", "kubeadm init", at_most=1.15)),
        warm=("create_cluster", "kubeadm init"), why=WHY)


def create_cluster(place: Place) -> Value:
    place.clusters(bench=[])
    times, api = place.directory / "times.json", KubeApi.from_kubeconfig(str(place.world.seed_kubeconfig))
    run = place.start("create_cluster", "-e", "cluster=bench", **way.environment(times))
    try:
        with way.watched(api, "cluster-bench", run.begin) as marks:
            wait_for_api(place, "bench", run)
        ready = time.monotonic() - run.begin
        ended = run.seconds()
        plays = {name: seconds for name, seconds in way.plays(times, run.begin).items() if seconds < ready}
        return Value(ready, {"until its end": ended}, {**plays, **marks, "/readyz says yes at its address": ready})
    finally:
        run.process.wait()
        place.delete("bench")


def wait_for_api(place: Place, cluster: str, run: Playbook) -> None:
    """Until the cluster's API answers at the address that the run noted in the seed."""
    noted: dict[str, str] = {}

    def has_address() -> bool:
        noted.update((place.seed.get("v1", "ConfigMap", "endpoint", f"cluster-{cluster}") or {}).get("data") or {})
        return bool(noted)

    until(has_address, run.must_run)
    wait_for_readyz(noted["address"], int(noted["port"]), run.must_run)


def bare_processes() -> Value:
    with tempfile.TemporaryDirectory() as directory:
        bare = BareApi(Path(directory), fsync=True)
        try:
            begin = time.monotonic()
            bare.launch()
            wait_for_readyz("127.0.0.1", bare.port, bare.must_run)
            return Value(time.monotonic() - begin)
        finally:
            bare.stop()
