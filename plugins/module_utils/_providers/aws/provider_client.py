# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node pool of EC2 instances."""
from __future__ import annotations

from functools import cached_property

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import catalog_client as ec2_catalog
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import console_client as ec2_console
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import pool_rules as aws
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import Credentials, Ec2Api, checked_credentials, checked_region
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.catalog_client import Availability
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.description import checked_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.machines_client import Ec2Instances, Launch
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.resources_client import AwsResources
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.security_groups_client import Ec2GroupsAndKeys, Group, Key, WantedGroup
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import PoolAtProvider, Provider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine


class AwsNodePool(PoolAtProvider):
    _availability: Availability | None = None

    @property
    def credentials(self) -> Credentials:
        return Credentials.of(self.run.params)

    @cached_property
    def api(self) -> Ec2Api:
        region = self.run.params["region"] or self.run.noted_place()
        return Ec2Api(self.credentials, region, self.run.params["aws_url"], clock=self.run.clock, progress=self.run.progress)

    @cached_property
    def machines(self) -> Ec2Instances:
        return Ec2Instances(self.api, self.run.uid, self.launch, len(self.run.pool.subnets or self.run.pool.zones or [""]))

    @cached_property
    def groups_and_keys(self) -> Ec2GroupsAndKeys:
        return Ec2GroupsAndKeys(self.api, self.machines, self.run.cluster, self.run.pool.name)

    def availability(self) -> Availability:
        """Asked for once. Raises InvalidInput if AWS can't create the pool."""
        if self._availability is None:
            self._availability = ec2_catalog.check(self.api, self.run.pool, pick=self.run.pool.public_address is not None)
        return self._availability

    @cached_property
    def groups(self) -> list[Group]:
        """As they were at the first look. If this run has changed them since, they are as wanted, and to do that again does no harm."""
        return self.groups_and_keys.groups()

    @cached_property
    def keys(self) -> list[Key]:
        return self.groups_and_keys.keys()

    @property
    def makes_groups(self) -> bool:
        return not self.run.pool.security_groups

    def check_options(self) -> None:
        checked_credentials(self.credentials)
        checked_url(self.run.params["aws_url"])
        if self.run.params["region"] or not self.run.ends:
            checked_region(self.run.params["region"])
        if not self.run.ends:
            aws.check(self.run.pool)

    def price(self) -> str:
        aws.check_somebody_comes_in(self.run.pool)
        self.availability()
        return ""

    def launch(self) -> Launch:
        """Makes what is missing for it."""
        available, groups = self.availability(), self.run.pool.security_groups
        if self.makes_groups:
            groups = tuple(self.made(wanted, group, available.network).id for wanted, group in self.wanted_groups(available.network))
        key = self.run.pool.ssh_keys[0] if self.run.pool.ssh_keys else ""
        if self.run.pool.ssh_public_key:
            key = self.made_key()
        return Launch(available.subnets, groups, key, available.root, available.root_size, self.run.pool.public_address)

    def wanted_groups(self, network: str) -> list[tuple[WantedGroup, Group | None]]:
        """Each with what there is of it. network: "" for those that are there, in whatever network."""
        there = self.groups
        wanted = self.groups_and_keys.wanted_groups(self.run.pool.ssh_cidrs)
        if not network:
            return [(one, group) for one in wanted for group in there if group.name == one.name]
        return [(one, next((group for group in there if group.name == one.name and group.network == network), None)) for one in wanted]

    def made(self, wanted: WantedGroup, group: Group | None, network: str) -> Group:
        if group is None:
            self.run.progress(_group_step(wanted, None, network).title)
            group = self.groups_and_keys.make_group(wanted, network)
        elif group.rules != wanted.rules:
            self.run.progress(_group_step(wanted, group, network).title)
        self.groups_and_keys.change_rules(group, wanted.rules)
        return group

    def made_key(self) -> str:
        name = self.groups_and_keys.wanted_key(self.run.pool.ssh_public_key)
        if all(one.name != name for one in self.keys):
            self.run.progress(f"Import key pair {name}")
            self.groups_and_keys.import_key(name, self.run.pool.ssh_public_key)
        for one in self.stale(name):
            self.run.progress(_removed_key(one).title)
            self.groups_and_keys.remove_key(one)
        return name

    def stale(self, name: str) -> list[Key]:
        return [one for one in self.keys if one.pool == self.run.pool.name and one.name != name]

    def missing(self, *, creates: bool) -> tuple[Step, ...]:
        steps: list[Step] = []
        network = self.availability().network if creates else ""
        if self.makes_groups and (network or self.run.pool.ssh_cidrs):
            steps += [_group_step(wanted, group, network) for wanted, group in self.wanted_groups(network) if group is None or group.rules != wanted.rules]
        if network and self.run.pool.ssh_public_key:
            name = self.groups_and_keys.wanted_key(self.run.pool.ssh_public_key)
            steps += [] if any(one.name == name for one in self.keys) else [Step(f"Import key pair {name}", after=f"{name}\n", header="Key pairs")]
            steps += map(_removed_key, self.stale(name))
        return tuple(steps)

    def make_missing(self, *, creates: bool) -> None:
        if creates:
            self.machines.launch()
        else:
            for wanted, group in self.wanted_groups(""):
                if group:
                    self.made(wanted, group, group.network)

    def belongings(self) -> tuple[list[Group], list[Key]]:
        """What goes with the pool: its own, and with the last pool what all had in common."""
        groups, keys = self.groups_and_keys.groups(), self.groups_and_keys.keys()
        name = self.run.pool.name
        others = any(one.pool not in ("", name) for one in groups) or self.machines.others_live(name)
        return [one for one in groups if one.pool == name or (not one.pool and not others)], [one for one in keys if one.pool == name]

    def removable(self) -> tuple[Step, ...]:
        groups, keys = self.belongings()
        return (*map(_removed_group, groups), *map(_removed_key, keys))

    def remove_removable(self) -> None:
        groups, keys = self.belongings()
        for group in groups:
            self.run.must_hold_lock()
            self.run.progress(_removed_group(group).title)
            self.groups_and_keys.remove_group(group, self.run.params["wait_timeout"])
        for key in keys:
            self.run.progress(_removed_key(key).title)
            self.groups_and_keys.remove_key(key)

    def left(self) -> list[str]:
        groups, keys = self.belongings()
        return [*(f"security group {one.name} ({one.id})" for one in groups), *(f"key pair {one.name}" for one in keys),
                *(f"volume {one}" for one in self.groups_and_keys.volumes())]

    def host_keys(self, machine: Machine) -> list[str]:
        return list(ec2_console.host_keys(self.api, machine.id))


def _group_step(wanted: WantedGroup, group: Group | None, network: str) -> Step:
    before, after = (sorted(map(str, rules)) for rules in (group.rules if group else (), wanted.rules))
    what = f"Change rules of security group {group.name} ({group.id})" if group else f"Create security group {wanted.name} in {network}"
    return Step(f"{what}: let in {', '.join(after) or 'nobody'}", before="".join(f"{one}\n" for one in before), after="".join(f"{one}\n" for one in after),
                header=f"Security group {wanted.name}")


def _removed_group(group: Group) -> Step:
    return Step(f"Remove security group {group.name} ({group.id})", before="".join(f"{one}\n" for one in sorted(map(str, group.rules))),
                header=f"Security group {group.name}")


def _removed_key(key: Key) -> Step:
    return Step(f"Remove key pair {key.name}", before=f"{key.name}\n", header="Key pairs")


PROVIDER = Provider(node_pool=AwsNodePool, resources=AwsResources)
