# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run of the product against EC2 of the lab."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.reconcile_client import PoolWork
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import Credentials, Ec2Api
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.machines_client import Ec2Instances, Launch
from lab.cloud.aws.answers import Request
from lab.cloud.aws.ec2 import IMAGE, REGION, Ec2, Instance
from lab.cloud.aws.server import ACCESS_KEY, SECRET_KEY, Cloud
from lab.cloud.clock import SimulatedClock
from lab.cloud.faults import Faults, none
from worlds import world as base
from worlds.world import UID

_sessions: dict[tuple[str, str], Any] = {}


class World(base.World):
    provider, creates, batch, most_calls = "aws", "RunInstances", 1000, 20
    like = (REGION, "t3.medium", IMAGE)
    no_room = "more vCPU capacity than your current limit of 1 allows"
    cloud: Cloud

    @property
    def ec2(self) -> Ec2:
        return self.cloud.ec2

    def api(self, key: str = ACCESS_KEY, secret: str = SECRET_KEY, timeout: float = 30) -> Ec2Api:
        api = Ec2Api(Credentials(key, secret), REGION, self.cloud.url, clock=self.clock, progress=self.lines.append, timeout=timeout)
        # boto3 reads its description of EC2 once for all worlds
        api.__dict__["_session"] = _sessions.setdefault((key, secret), api._session)
        return api

    def machines(self, api: Ec2Api, uid: str) -> Ec2Instances:
        return Ec2Instances(api, uid, lambda: Launch(root="/dev/xvda"), 1)

    def work(self, count: int, *, pool: str = "web", uid: str = UID, api: Ec2Api | None = None, launch: Launch | None = None, **options: Any) -> PoolWork:
        api = api or self.api()
        machines = Ec2Instances(api, uid, lambda: launch, len(launch.subnets)) if launch else self.machines(api, uid)
        return self.pool_work(machines, count, pool, uid, **options)

    def live(self) -> list[Instance]:
        return self.ec2.live()

    def name(self, machine: Instance) -> str:
        """From what EC2 keeps, counted out by hand."""
        tags = self.ec2.tags(machine)
        if "kubermatic-caas-names" not in tags:
            return tags.get("Name", "")
        prefix, *parts = tags["kubermatic-caas-names"].split()
        numbers = [number for part in parts for first, dummy, last in [part.partition("-")] for number in range(int(first), int(last or first) + 1)]
        return f"{prefix}-{numbers[machine.index]}"

    def is_of(self, machine: Instance, uid: str, pool: str) -> bool:
        return {"kubermatic-caas": uid, "kubermatic-caas-pool": pool}.items() <= self.ec2.tags(machine).items()

    def groups(self) -> dict[str, set[str]]:
        """Security groups that are not the network's own, with who may come in."""
        return {group.name: {f"{rule.ip_protocol} {rule.from_port} {(rule.ip_range or {}).get('CidrIp') or 'itself'}" for rule in group.ingress_rules}
                for group in self.ec2.backend.describe_security_groups() if group.name != "default"}

    def key_pairs(self) -> list[str]:
        return [one.key_name for one in self.ec2.backend.describe_key_pairs([])]

    def beside(self) -> list[str]:
        return [*sorted(self.groups()), *sorted(self.key_pairs())]

    def left(self) -> list[str]:
        return [*super().left(), *(one.id for one in self.ec2.backend.describe_volumes())]

    def stranger(self, name: str, **tags: str) -> Instance:
        tags = {"Name": name, **{key.replace("_", "-"): value for key, value in tags.items()}}
        form = {"ImageId": IMAGE, "InstanceType": "t3.medium", "MinCount": "1", "MaxCount": "1", "TagSpecification.1.ResourceType": "instance"}
        for number, (key, value) in enumerate(tags.items(), 1):
            form |= {f"TagSpecification.1.Tag.{number}.Key": key, f"TagSpecification.1.Tag.{number}.Value": value}
        before = set(self.ec2.instances)
        assert self.ec2.run(Request("RunInstances", form)).status == 200
        return next(one for one in self.ec2.instances.values() if one.id not in before)

    def somebodys(self, name: str, uid: str = "", pool: str = "") -> Callable[[], tuple[bool, Any]]:
        found = self.stranger(name, **({"kubermatic_caas": uid} if uid else {}), **({"kubermatic_caas_pool": pool} if pool else {}))
        return lambda: (found.gone is None, self.ec2.tags(found))


@contextmanager
def world(*, seed: int = 1, faults: Faults = none, late: float = 0.6, **more: Any) -> Iterator[World]:
    clock = SimulatedClock()
    ec2 = Ec2(clock.now, random=Random(seed), **more)
    with Cloud(ec2, clock, faults=faults, late=late) as cloud:
        yield World(cloud, clock)
