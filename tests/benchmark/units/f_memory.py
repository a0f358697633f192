# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a control plane takes of a seed's memory, against the same programs as bare processes."""
from __future__ import annotations

import tempfile
import time
from pathlib import Path

import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.members_resource import EtcdMembersResource
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from api.bare_api import BareApi
from api.resources import Caller
from api.test_control_plane_processes import OUTSIDE, Plane
from benchmark import memory
from benchmark.figures import Target
from benchmark.place import Place
from benchmark.unit import Unit, Value
from unit.roles.rendered import TEMPLATES, rendered

IDLE = 30
NAMES = {"etcd": "etcd", "kube-apiserver": "kube-apiserver", "kube-controller-manager": "kube-controller-manager", "kube-scheduler": "kube-scheduler",
         "proxy-server": "konnectivity-server", "pause": "sandboxes", "/pause": "sandboxes"}
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
        return value(memory.of_pods(pod["metadata"]["uid"] for pod in place.seed.list("v1", "Pod", "cluster-bench")))
    finally:
        place.delete("bench")


def bare(place: Place) -> Value:
    """The seed of this one is a bare API: it only keeps the certificates."""
    with tempfile.TemporaryDirectory(dir=place.directory) as directory:
        (keeper_directory := Path(directory, "keeper")).mkdir()
        (plane_directory := Path(directory, "plane")).mkdir()
        keeper, plane = BareApi(keeper_directory), None
        try:
            keeper.start()
            seed = keeper.api("system:setup")
            seed.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cluster-demo"}})
            caller = Caller(keeper.kubeconfig(), "demo")
            caller.call(PkiResource, address=OUTSIDE, service_address="10.96.0.1")
            caller.call(EtcdMembersResource, etcd_replicas=1)
            plane = Plane(plane_directory, seed, "cluster-demo")
            plane.start()
            admin = plane.api("bench", "system:masters")
            for template in TEMPLATES:
                if template.startswith("cluster/"):
                    for item in filter(None, yaml.safe_load_all(rendered(template, plane.values))):
                        admin.apply(item)
            time.sleep(IDLE)
            return value({name: memory.resident(process.pid) for name, process in plane.processes.items()})
        finally:
            if plane:
                plane.stop()
            keeper.stop()


def value(found: dict[str, float]) -> Value:
    named: dict[str, float] = {}
    for program, size in found.items():
        name = NAMES.get(program, program)
        named[name] = named.get(name, 0.0) + size
    return Value(sum(size for name, size in named.items() if name != "konnectivity-server"), named)
