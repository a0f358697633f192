# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The programs of a control plane as bare processes, with the command lines of the role's manifests and the objects of its add-ons."""
from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.members_resource import EtcdMembersResource
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from api.bare_api import BareApi
from api.resources import Caller
from api.test_control_plane_processes import OUTSIDE, Plane
from unit.roles.rendered import TEMPLATES, rendered

NAMES = {"etcd": "etcd", "kube-apiserver": "kube-apiserver", "kube-controller-manager": "kube-controller-manager", "kube-scheduler": "kube-scheduler",
         "proxy-server": "konnectivity-server", "pause": "sandboxes", "/pause": "sandboxes"}


@contextmanager
def running(inside: Path) -> Iterator[dict[str, int]]:
    """Program -> its process id. The seed of this one is a bare API that only keeps the certificates."""
    with tempfile.TemporaryDirectory(dir=inside) as directory:
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
            yield {name: process.pid for name, process in plane.processes.items()}
        finally:
            if plane:
                plane.stop()
            keeper.stop()


def by_component(found: dict[str, float]) -> dict[str, float]:
    """Name of a component -> the sum of its programs."""
    named: dict[str, float] = {}
    for program, amount in found.items():
        name = NAMES.get(program, program)
        named[name] = named.get(name, 0.0) + amount
    return named
