# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A second run of create_cluster has nothing to do: how long does it take to see that?"""
from __future__ import annotations

import json

from benchmark import way
from benchmark.figures import Target
from benchmark.place import Place, Playbook
from benchmark.unit import Unit, Value

ABOUT = """\
`create_cluster` for a cluster with two nodes, after a run that did everything: it reads the seed, the cluster's API and both machines, and changes nothing.
The comparison is a playbook without a task, with the same ansible-playbook and inventory. *without nodes*: the same for a cluster without nodes. *as
many tasks that do nothing*: the time that ansible-playbook itself takes for a playbook with as many tasks as the second run. *CPU s*: CPU seconds of
ansible-playbook and its workers.
"""
WHY = """\
a task of Ansible is a process, and each costs what *as many tasks that do nothing* shows. One task looks at the whole control plane (record, address,
certificates, etcd, manifests, add-ons) and renders its manifests, which is half of its time; others check what is wanted, the seed's room and the node
pools. Each node takes one task, with two executions over SSH. And ansible-playbook reads five plays, four roles and the code of their modules.
"""


def unit(place: Place) -> Unit:
    second = SecondRun(place)
    return Unit(
        "c", "Second run", ABOUT, "s",
        {"second run": lambda: second.sample("bench"), "empty playbook": lambda: second.idle(0), "without nodes": lambda: second.sample("lonely"),
         "as many tasks that do nothing": lambda: second.idle(second.tasks)},
        (Target("second run", "empty playbook", at_most=2),), warm=("second run",), why=WHY)


class SecondRun:
    def __init__(self, place: Place) -> None:
        self.place, self.there, self.tasks = place, False, 0

    def prepare(self) -> None:
        if not self.there:
            self.place.clusters(bench=self.place.fresh_hosts(2), lonely=[])
            self.place.say("c  create_cluster: two nodes, and a cluster without")
            self.place.start("create_cluster").seconds()
            self.there = True
            self.place.at_end(lambda: self.place.delete("bench", "lonely"))

    def sample(self, cluster: str) -> Value:
        self.prepare()
        times = self.place.directory / "times.json"
        run = self.place.start("create_cluster", "-e", f"cluster={cluster}", **way.environment(times))
        ended = run.ended()
        if ended.changed():
            raise AssertionError(f"the second run changed something: {ended.output[-1000:]}")
        tasks = way.tasks(times)
        if cluster == "bench":
            self.tasks = tasks
        return Value(ended.seconds, {"tasks": tasks, "CPU s": ended.cpu}, way.plays(times, run.begin) if cluster == "bench" else {})

    def idle(self, tasks: int) -> Value:
        """A playbook of so many tasks that do nothing, each in a process of its own as all are."""
        self.prepare()
        nothing = {"ansible.builtin.assert": {"that": True, "quiet": True}}
        playbook = self.place.directory / "idle.json"
        playbook.write_text(json.dumps([{"hosts": "lonely", "gather_facts": False, "tasks": [nothing] * tasks}]))
        ended = Playbook("-i", self.place.world.inventory, playbook, log=self.place.directory / "idle.log").ended()
        return Value(ended.seconds, {"CPU s": ended.cpu})
