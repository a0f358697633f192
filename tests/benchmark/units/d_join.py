# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A machine becomes a node that is Ready: by the playbook, and by hand with kubeadm join."""
from __future__ import annotations

import time

from benchmark.by_hand import joined_by_hand
from benchmark.figures import Target
from benchmark.place import Place
from benchmark.unit import Unit, Value

ABOUT = """\
The time from a fresh machine, with nothing installed, until its Node is Ready in the API. *create_cluster*: from the start of ansible-playbook, for a cluster
whose control plane runs. *kubeadm join*: what a person does who has prepared the commands: one shell script over SSH that downloads and unpacks the same
releases from the same mirror, starts containerd and runs kubeadm join into the seed (which kubeadm made), with a token made before.
"""


def unit(place: Place) -> Unit:
    join = Join(place)
    return Unit("d", "Join a node", ABOUT, "s", {"create_cluster": join.sample, "kubeadm join": lambda: joined_by_hand(place)},
                (Target("create_cluster", "kubeadm join", at_most=2),), samples=4)


class Join:
    """nodes: how many at once."""

    def __init__(self, place: Place, nodes: int = 1) -> None:
        self.place, self.nodes, self.there = place, nodes, False

    def prepare(self) -> None:
        self.place.clusters(bench=[])
        if not self.there:
            self.place.start("create_cluster", "-e", "cluster=bench").seconds()
            self.place.at_end(lambda: self.place.delete("bench"))
            self.there = True

    def sample(self) -> Value:
        self.prepare()
        hosts = self.place.fresh_hosts(self.nodes)
        self.place.clusters(bench=hosts)
        try:
            # it ends when all its nodes are Ready
            return Value(self.place.start("create_cluster", "-e", "cluster=bench", "--forks", "8").seconds())
        finally:
            for host in hosts:
                self.place.start("remove_node", "-e", "cluster=bench", "-e", f"node={host}").seconds()
            time.sleep(1)
