# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node pool of EC2 instances."""
from __future__ import annotations

from functools import cached_property
from typing import Any

from ansible.module_utils.basic import env_fallback

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.shared_options import AWS
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import intent_log as pool_journal
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool_resource import POOL, NodePoolResource
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.reconcile_client import Seen
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.api_url import aws_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import catalog_client as ec2_offer
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import console_client as ec2_console
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import pool_rules as aws
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import Credentials, Ec2Api, checked_credentials, checked_region
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.catalog_client import Offer
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.machines_client import Ec2Instances, Launch
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.security_groups_client import Ec2Surroundings, Group, Key, WantedGroup
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine


class AwsNodePoolResource(NodePoolResource):
    PROVIDER = Ec2Instances.name
    ARGUMENT_SPEC = {
        **POOL,
        "region": {"type": "str", "fallback": (env_fallback, ["AWS_REGION", "AWS_DEFAULT_REGION"])},
        "zones": {"type": "list", "elements": "str"},
        "subnets": {"type": "list", "elements": "str"},
        "public_address": {"type": "bool"},
        "ssh_keys": {**POOL["ssh_keys"], "aliases": ["key_name"]},
        "security_groups": {"type": "list", "elements": "str"},
        "host_keys": {"type": "bool", "default": False},
        **AWS,
    }
    _offer: Offer | None = None

    @property
    def credentials(self) -> Credentials:
        return Credentials.of(self.params)

    @cached_property
    def api(self) -> Ec2Api:
        region = self.params["region"] or pool_journal.place(self.journal.read(), self.pool.name)
        return Ec2Api(self.credentials, region, self.params["aws_url"], clock=self.clock, progress=self.progress)

    @cached_property
    def provider(self) -> Ec2Instances:
        return Ec2Instances(self.api, self.uid, self.launch, len(self.pool.subnets or self.pool.zones or [""]))

    @cached_property
    def around(self) -> Ec2Surroundings:
        return Ec2Surroundings(self.api, self.provider, self.cluster, self.pool.name)

    def offer(self) -> Offer:
        """Asked for once. Raises InvalidInput if the pool can't be had."""
        if self._offer is None:
            self._offer = ec2_offer.check(self.api, self.pool, pick=self.pool.public_address is not None)
        return self._offer

    @cached_property
    def groups(self) -> list[Group]:
        """As they were at the first look. Whoever changed them since then also made what is wanted, and to make it again is no mistake."""
        return self.around.groups()

    @cached_property
    def keys(self) -> list[Key]:
        return self.around.keys()

    @property
    def makes_groups(self) -> bool:
        return not self.pool.security_groups

    def check_provider_options(self) -> None:
        checked_credentials(self.credentials)
        aws_url(self.params["aws_url"])
        if self.params["region"] or not self.ends:
            checked_region(self.params["region"])
        if not self.ends:
            aws.check(self.pool)

    def price(self) -> str:
        aws.check_somebody_comes_in(self.pool)
        self.offer()
        return ""

    def launch(self) -> Launch:
        """Makes what is missing for it."""
        offer, groups = self.offer(), self.pool.security_groups
        if self.makes_groups:
            groups = tuple(self.made(wanted, group, offer.network).id for wanted, group in self.wanted_groups(offer.network))
        key = self.pool.ssh_keys[0] if self.pool.ssh_keys else ""
        if self.pool.ssh_public_key:
            key = self.made_key()
        return Launch(offer.subnets, groups, key, offer.root, offer.root_size, self.pool.public_address)

    def wanted_groups(self, network: str) -> list[tuple[WantedGroup, Group | None]]:
        """Each with what there is of it. network: "" for those that are there, in whatever network."""
        there = self.groups
        wanted = self.around.wanted_groups(self.pool.ssh_cidrs)
        if not network:
            return [(one, group) for one in wanted for group in there if group.name == one.name]
        return [(one, next((group for group in there if group.name == one.name and group.network == network), None)) for one in wanted]

    def made(self, wanted: WantedGroup, group: Group | None, network: str) -> Group:
        if group is None:
            self.progress(_group_step(wanted, None, network).title)
            group = self.around.make_group(wanted, network)
        elif group.rules != wanted.rules:
            self.progress(_group_step(wanted, group, network).title)
        self.around.change_rules(group, wanted.rules)
        return group

    def made_key(self) -> str:
        name = self.around.wanted_key(self.pool.ssh_public_key)
        if all(one.name != name for one in self.keys):
            self.progress(f"Import key pair {name}")
            self.around.import_key(name, self.pool.ssh_public_key)
        for one in self.stale(name):
            self.progress(_removed_key(one).title)
            self.around.remove_key(one)
        return name

    def stale(self, name: str) -> list[Key]:
        return [one for one in self.keys if one.pool == self.pool.name and one.name != name]

    def needed(self, observed: Seen) -> tuple[Step, ...]:
        steps: list[Step] = []
        network = self.offer().network if observed.decision.create else ""
        if self.makes_groups and (network or self.pool.ssh_cidrs):
            steps += [_group_step(wanted, group, network) for wanted, group in self.wanted_groups(network) if group is None or group.rules != wanted.rules]
        if network and self.pool.ssh_public_key:
            name = self.around.wanted_key(self.pool.ssh_public_key)
            steps += [] if any(one.name == name for one in self.keys) else [Step(f"Import key pair {name}", after=f"{name}\n", header="Key pairs")]
            steps += map(_removed_key, self.stale(name))
        return tuple(steps)

    def furnish(self) -> None:
        if self.looked and self.looked.decision.create:
            self.provider.launch()
        else:
            for wanted, group in self.wanted_groups(""):
                if group:
                    self.made(wanted, group, group.network)

    def belongings(self) -> tuple[list[Group], list[Key]]:
        """What goes with the pool: its own, and with the last pool what all had in common."""
        groups, keys = self.around.groups(), self.around.keys()
        name = self.pool.name
        others = any(one.pool not in ("", name) for one in groups) or self.provider.others_live(name)
        return [one for one in groups if one.pool == name or (not one.pool and not others)], [one for one in keys if one.pool == name]

    def unneeded(self) -> tuple[Step, ...]:
        groups, keys = self.belongings()
        return (*map(_removed_group, groups), *map(_removed_key, keys))

    def clear(self) -> None:
        groups, keys = self.belongings()
        for group in groups:
            self.still_guarded()
            self.progress(_removed_group(group).title)
            self.around.remove_group(group, self.params["wait_timeout"])
        for key in keys:
            self.progress(_removed_key(key).title)
            self.around.remove_key(key)

    def left_beside(self) -> list[str]:
        groups, keys = self.belongings()
        return [*(f"security group {one.name} ({one.id})" for one in groups), *(f"key pair {one.name}" for one in keys),
                *(f"volume {one}" for one in self.around.volumes())]

    def shown(self, machine: Machine) -> dict[str, Any]:
        asked = self.params["host_keys"] and not self.check_mode and machine.name not in self.params["ready_nodes"]
        return {**super().shown(machine), "host_keys": list(ec2_console.host_keys(self.api, machine.id)) if asked else []}


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
