# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What machines at AWS need beside themselves: security groups and a key pair of their own, which carry the cluster's tag and go with the pool."""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import errors as ec2_errors
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import PER_PAGE, Ec2Api
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.machines_client import CLUSTER_TAG, POOL_TAG, Ec2Instances, tags_of
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import LAG, OWN_TAGS

GONE = ("InvalidGroup.NotFound", "InvalidGroupId.NotFound", "InvalidKeyPair.NotFound")
# still held by an instance that is about to go, or by a rule of another security group
IN_USE = ("DependencyViolation", "InvalidGroup.InUse", "InvalidGroup.Reserved")
# of rules by which the cloud controller manager lets network load balancers in
CONTROLLERS_RULE = "kubernetes.io/rule/"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may come in. source: a CIDR, or "" for the members of the group itself."""

    protocol: str
    port: int
    source: str = ""

    def __str__(self) -> str:
        return f"{self.protocol} {self.port} from {self.source or 'the group itself'}"


# flannel's VXLAN, and kubelet, which konnectivity agents and metrics-server reach from other nodes
BETWEEN_NODES = frozenset({Rule("udp", 8472), Rule("tcp", 10250)})


@dataclass(frozen=True, slots=True)
class Group:
    """A security group of ours. pool: "" for the one of the whole cluster."""

    id: str
    name: str
    network: str
    pool: str
    rules: frozenset[Rule]


@dataclass(frozen=True, slots=True)
class WantedGroup:
    name: str
    pool: str
    rules: frozenset[Rule]


@dataclass(frozen=True, slots=True)
class Key:
    name: str
    pool: str


class Ec2GroupsAndKeys:
    """Of one pool of one cluster. The machines of all pools of a cluster are in one group, so that they reach each other, and in one of their pool."""

    def __init__(self, api: Ec2Api, instances: Ec2Instances, cluster: str, pool: str) -> None:
        self.api, self.instances, self.cluster, self.pool = api, instances, cluster, pool
        self._mine = [{"Name": f"tag:{CLUSTER_TAG}", "Values": [instances.uid]}]

    def wanted_groups(self, ssh_cidrs: Iterable[str]) -> tuple[WantedGroup, WantedGroup]:
        name = f"{OWN_TAGS}-{self.cluster}-{self.instances.uid[:8]}"
        return (WantedGroup(name, "", BETWEEN_NODES),
                WantedGroup(f"{name}-{self.pool}", self.pool, frozenset(Rule("tcp", 22, cidr) for cidr in ssh_cidrs)))

    def wanted_key(self, public_key: str) -> str:
        """Its name says which key it is."""
        digest = hashlib.sha256(" ".join(public_key.split()[:2]).encode()).hexdigest()[:8]
        return f"{OWN_TAGS}-{self.cluster}-{self.instances.uid[:8]}-{self.pool}-{digest}"

    def groups(self) -> list[Group]:
        """All of the cluster."""
        found = self.api.all("describe_security_groups", "SecurityGroups", Filters=self._mine, MaxResults=PER_PAGE)
        return [group for group in map(self._group, found) if group]

    def keys(self) -> list[Key]:
        """All of the cluster."""
        answer = self.api.call("describe_key_pairs", Filters=self._mine)
        return [Key(one["KeyName"], tags.get(POOL_TAG, "")) for one in answer.get("KeyPairs") or []
                if (tags := tags_of(one)).get(CLUSTER_TAG) == self.instances.uid]

    def volumes(self) -> list[str]:
        """Ids of disks of the pool that are there, whether or not there still is a machine."""
        asked = [*self._mine, {"Name": f"tag:{POOL_TAG}", "Values": [self.pool]}]
        return [str(one["VolumeId"]) for one in self.api.all("describe_volumes", "Volumes", Filters=asked, MaxResults=500)
                if tags_of(one).get(CLUSTER_TAG) == self.instances.uid and one.get("State") not in ("deleting", "deleted")]

    def make_group(self, wanted: WantedGroup, network: str) -> Group:
        """One of that name that was made by a request whose reply got lost is as good."""
        answer = self.api.call("create_security_group", codes=("InvalidGroup.Duplicate",), GroupName=wanted.name, VpcId=network,
                               Description=f"Nodes of cluster {self.cluster}" + (f", pool {wanted.pool}" if wanted.pool else ""),
                               TagSpecifications=[{"ResourceType": "security-group", "Tags": [
                                   *self.instances.own_tags(wanted.pool), {"Key": "Name", "Value": wanted.name},
                                   # of all groups of an instance, load balancers are let into the one that has it, and a second one is an error
                                   *([] if wanted.pool else [self.instances.controllers_tag])]}])
        if not answer.get("code"):
            return Group(str(answer["GroupId"]), wanted.name, network, wanted.pool, frozenset())
        found = self._soon(lambda: next((one for one in self.groups() if one.name == wanted.name and one.network == network), None))
        if not found:
            raise InvalidInput(f"There is another security group {wanted.name} already", where=f"{network} at {self.api.place}", why=answer["why"],
                               fix=f"give it another name; it lacks the tag {CLUSTER_TAG} of this cluster")
        return found

    def change_rules(self, group: Group, wanted: frozenset[Rule]) -> None:
        added, dropped = wanted - group.rules, group.rules - wanted
        if added:
            self.api.call("authorize_security_group_ingress", codes=("InvalidPermission.Duplicate",), GroupId=group.id,
                          IpPermissions=self._permissions(group, added))
        if dropped:
            self.api.call("revoke_security_group_ingress", codes=("InvalidPermission.NotFound",), GroupId=group.id,
                          IpPermissions=self._permissions(group, dropped))

    def import_key(self, name: str, public_key: str) -> None:
        self.api.call("import_key_pair", codes=("InvalidKeyPair.Duplicate",), KeyName=name, PublicKeyMaterial=public_key.encode(),
                      TagSpecifications=[{"ResourceType": "key-pair", "Tags": self.instances.own_tags(self.pool)}])

    def remove_key(self, key: Key) -> None:
        self.api.call("delete_key_pair", codes=GONE, KeyName=key.name)

    def remove_group(self, group: Group, patience: float) -> None:
        """Waits while machines that are about to go hold it. Raises NotReady."""
        begin = self.api.clock.monotonic()
        for attempt in count():
            answer = self.api.call("delete_security_group", codes=(*GONE, *IN_USE), GroupId=group.id)
            if answer.get("code") not in IN_USE:
                return
            passed = self.api.clock.monotonic() - begin
            if passed > patience:
                raise NotReady(f"Security group {group.name} ({group.id}) can't be removed", where=self.api.place, why=answer["why"],
                               fix="find out which machine, rule or load balancer uses it, and run this again")
            self.api.clock.sleep(min(30.0, 3.0 * 2 ** attempt))

    def _soon(self, look: Callable[[], Any]) -> Any:
        begin = self.api.clock.monotonic()
        for attempt in count():
            found = look()
            if found or self.api.clock.monotonic() - begin > LAG:
                return found
            self.api.clock.sleep(min(15.0, 2.0 * 2 ** attempt))
        raise AssertionError("count ends")

    @staticmethod
    def _permissions(group: Group, rules: Iterable[Rule]) -> list[dict[str, Any]]:
        return [{"IpProtocol": rule.protocol, "FromPort": rule.port, "ToPort": rule.port,
                 **({"IpRanges": [{"CidrIp": rule.source}]} if rule.source else {"UserIdGroupPairs": [{"GroupId": group.id}]})}
                for rule in sorted(rules, key=str)]

    def _group(self, given: dict[str, Any]) -> Group | None:
        """None if it doesn't carry our tag, whatever was asked for."""
        try:
            tags = tags_of(given)
            if tags.get(CLUSTER_TAG) != self.instances.uid:
                return None
            rules = set()
            for one in given.get("IpPermissions") or []:
                # what has no port is no rule of ours, and stays as it is
                if "FromPort" in one and one["FromPort"] == one.get("ToPort"):
                    rules.update(Rule(one["IpProtocol"], one["FromPort"], str(source["CidrIp"])) for source in one.get("IpRanges") or []
                                 if not str(source.get("Description") or "").startswith(CONTROLLERS_RULE))
                    rules.update(Rule(one["IpProtocol"], one["FromPort"]) for pair in one.get("UserIdGroupPairs") or [] if pair["GroupId"] == given["GroupId"])
            return Group(str(given["GroupId"]), str(given["GroupName"]), str(given["VpcId"]), tags.get(POOL_TAG, ""), frozenset(rules))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ec2_errors.not_understood(self.api.place, "describe_security_groups",
                                            f"a group in it is malformed ({type(error).__name__}: {error})") from None
