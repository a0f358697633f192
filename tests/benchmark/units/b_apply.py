# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All objects of a control plane into an API: by the module manifests, and by kubernetes.core.k8s."""
from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from api.bare_api import BareApi
from benchmark import peers, way
from benchmark.figures import Target
from benchmark.place import Place, Playbook
from benchmark.unit import Unit, Value
from unit.roles.rendered import rendered, values

ABOUT = """\
The {count} objects of a control plane, rendered from the role's templates, are applied to an empty namespace of an etcd and kube-apiserver that run as bare
processes; no variant waits for pods. The time is that of the tasks, without the start of ansible-playbook. *manifests*: one task of this collection. *one task
per manifest*, *a list*: kubernetes.core.k8s {version} with `apply: true`, one task for each object, or one task with all of them.
"""
WHY = """\
the API server takes most of the time. Of 0.2 s within the module, 22 lists that find what a former run left behind take 0.07 s, dry runs
of all objects before the first write 0.04 s, and the writes 0.06 s. Without the first two it would be twice as fast; but it would leave objects behind, and
find out halfway that the API server refuses the last object. The module sends four requests at a time, but on two cores that helps little.
"""
ONE_BY_ONE, LIST = "one task per manifest", "a list"
_numbers = itertools.count(1)


def unit(place: Place) -> Unit:
    apply = Apply(place)
    return Unit(
        "b", "Apply all objects of a control plane", ABOUT.format(count=len(objects()), version=peers.version("kubernetes.core")), "s",
        {"manifests": lambda: apply.sample(manifests), ONE_BY_ONE: lambda: apply.sample(one_by_one), LIST: lambda: apply.sample(as_list)},
        (Target("manifests", ONE_BY_ONE, times_faster=60), Target("manifests", LIST, times_faster=6)), samples=5, why=WHY)


def objects() -> list[dict[str, Any]]:
    """Without the wish to be waited for: there is no kubelet."""
    names = yaml.safe_load((Path(__file__).resolve().parents[3] / "roles/control_plane/vars/main.yml").read_text())["control_plane_components"]
    found = [item for name in names for item in yaml.safe_load_all(rendered(name, values())) if item]
    for item in found:
        item["metadata"].setdefault("annotations", {})["kubermatic.caas/wait"] = "false"
    return found


def manifests(kubeconfig: str, cluster: str) -> Iterator[dict[str, Any]]:
    yield {"kubermatic.caas.manifests": {"seed_kubeconfig": kubeconfig, "cluster": cluster, "set": "control-plane",
                                         "manifests": [yaml.safe_dump(item) for item in objects()]}}


def one_by_one(kubeconfig: str, cluster: str) -> Iterator[dict[str, Any]]:
    for item in objects():
        yield {"kubernetes.core.k8s": {"kubeconfig": kubeconfig, "namespace": f"cluster-{cluster}", "apply": True, "definition": item}}


def as_list(kubeconfig: str, cluster: str) -> Iterator[dict[str, Any]]:
    yield {"kubernetes.core.k8s": {"kubeconfig": kubeconfig, "namespace": f"cluster-{cluster}", "apply": True, "definition": objects()}}


class Apply:
    """One API for all samples; each has a namespace of its own."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def api(self) -> BareApi:
        return self.place.bare_api()

    def sample(self, tasks: Any) -> Value:
        bare, cluster = self.api, f"bench{next(_numbers)}"
        bare.api().create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"cluster-{cluster}"}})
        play = {"hosts": "localhost", "gather_facts": False, "connection": "local", "tasks": list(tasks(bare.kubeconfig(), cluster)),
                "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}}
        playbook, times = self.place.directory / "apply.json", self.place.directory / "times.json"
        playbook.write_text(json.dumps([play]))
        Playbook("-i", "localhost,", playbook, log=self.place.directory / "apply.log", environment={**way.environment(times), **peers.environment()}).ended()
        return Value(json.loads(times.read_text())["seconds"])
