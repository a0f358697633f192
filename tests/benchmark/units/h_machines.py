# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Machines of a node pool come and go: by the modules of this collection, and by those of the providers' own collections."""
from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from itertools import count
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from api import clusters
from api.bare_api import BareApi
from benchmark import peers, way
from benchmark.figures import Target
from benchmark.place import Place, Playbook
from benchmark.unit import Unit, Value
from lab.cloud.aws.ec2 import IMAGE, REGION, Ec2
from lab.cloud.aws.server import ACCESS_KEY, SECRET_KEY
from lab.cloud.aws.server import Cloud as Aws
from lab.cloud.digitalocean.account import Account
from lab.cloud.digitalocean.api import Api
from lab.cloud.digitalocean.server import TOKEN
from lab.cloud.digitalocean.server import Cloud as DigitalOcean
from lab.cloud.http_server import HttpServer

MACHINES = 40
ABOUT = """\
{machines} machines of one pool are created, and then removed, at APIs of the [lab](lab.md) that answer at once and whose machines are active after half a
second. *calls*: requests to the API until the machines existed; *up s*: seconds of the task; *calls down*, *down s*: the same for their removal, most of whose
time the API itself takes. This collection: one task, which returns when all machines are active and it knows their addresses, and which locks the cluster and
notes its work in a seed. *community.digitalocean* {digitalocean}: one item of a loop for each machine, with `unique_name`, so that a second run creates none
again, and without waiting for any. *amazon.aws* {aws}: one task with `exact_count`, and one with `state: absent`, both waiting. The API does not enforce
DigitalOcean's limit of 250 requests a minute, because community.digitalocean fails at it.
"""
DROPLET = {"region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64"}
_numbers = count(1)
Task = dict[str, Any]
# of a cloud's URL and a number of machines
Tasks = Callable[[str, int], list[Task]]


def unit(place: Place) -> Unit:
    machines = Machines(place)
    about = ABOUT.format(machines=MACHINES, digitalocean=peers.version("community.digitalocean"), aws=peers.version("amazon.aws"))
    return Unit(
        "h", f"Make {MACHINES} machines", about, "calls",
        {"node_pool at DigitalOcean": lambda: machines.sample(digitalocean, machines.of_pool("digitalocean")),
         "community.digitalocean": lambda: machines.sample(digitalocean, community_digitalocean),
         "node_pool at AWS": lambda: machines.sample(aws, machines.of_pool("aws")),
         "amazon.aws": lambda: machines.sample(aws, amazon_aws)},
        (Target("node_pool at DigitalOcean", "community.digitalocean", at_most=1), Target("node_pool at AWS", "amazon.aws", at_most=1)), samples=3)


def digitalocean() -> HttpServer:
    clock = Clock()
    return DigitalOcean(Api(Account(clock.now, boots=lambda: 0.5)), clock, per_minute=10_000)


def aws() -> HttpServer:
    clock = Clock()
    return Aws(Ec2(clock.now, boots=lambda: 0.5), clock)


def community_digitalocean(url: str, number: int) -> list[Task]:
    common = {"baseurl": url.rstrip("/"), "unique_name": True, "name": "bench-{{ item }}"}
    work = {**common, **DROPLET, "tags": ["bench"], "wait": False} if number else {**common, "state": "absent"}
    return [{"community.digitalocean.digital_ocean_droplet": work, "loop": list(range(MACHINES))}]


def amazon_aws(url: str, number: int) -> list[Task]:
    common = {"endpoint_url": url, "region": REGION, "filters": {"tag:pool": "bench", "instance-state-name": ["pending", "running", "stopping", "stopped"]},
              "wait": True}
    work = {**common, "state": "running", "exact_count": number, "tags": {"pool": "bench"}, "image_id": IMAGE, "instance_type": "t3.medium"}
    return [{"amazon.aws.ec2_instance": work if number else {**common, "state": "absent"}}]


class Machines:
    """One seed for all samples; each has a cluster and a cloud of its own."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def seed(self) -> BareApi:
        return self.place.bare_api()

    def of_pool(self, provider: str) -> Tasks:
        options = {"digitalocean": DROPLET, "aws": {"size": "t3.medium", "image": IMAGE, "ssh_cidrs": ["203.0.113.7/32"], "region": REGION}}[provider]
        caller = clusters.running(self.seed, f"bench{next(_numbers)}", free=True)

        def tasks(url: str, number: int) -> list[Task]:
            return [{"kubermatic.caas.node_pool": {
                "provider": provider, "seed_kubeconfig": caller.seed_kubeconfig, "cluster": caller.cluster, "pool": "bench", "node_count": number,
                "max_node_count": MACHINES, "allowed_stages": ["alpha"], f"{provider}_url": url, **options}}]
        return tasks

    def sample(self, cloud: Callable[[], HttpServer], tasks: Tasks) -> Value:
        with cloud() as there:
            up = self.played(tasks(there.url, MACHINES))
            calls = len(there.heard)
            down = self.played(tasks(there.url, 0))
            return Value(calls, {"up s": up, "calls down": len(there.heard) - calls, "down s": down})

    def played(self, tasks: list[Task]) -> float:
        """Seconds of the tasks alone."""
        play = {"hosts": "localhost", "gather_facts": False, "connection": "local", "tasks": tasks,
                "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}}
        playbook, times = self.place.directory / "machines.json", self.place.directory / "times.json"
        playbook.write_text(json.dumps([play]))
        credentials = {"DIGITALOCEAN_TOKEN": TOKEN, "DO_API_TOKEN": TOKEN, "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
        Playbook("-i", "localhost,", playbook, log=self.place.directory / "machines.log",
                 environment={**way.environment(times), **peers.environment(), **credentials}).ended()
        return json.loads(times.read_text())["seconds"]
