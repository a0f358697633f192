# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has in one region of AWS. Only what carries its tag is ever shown as its own; no object that the customer writes can add to that."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import errors as ec2_errors
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import MOST_PAGES, Ec2Api
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.machines_client import CONTROLLER_TAG, OWNED
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import OWN_TAGS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import ELSEWHERE, NAMED, SHARED, Found, Orphan, Said, readable

MACHINE, BALANCER, TARGETS, GROUP, INTERFACE, SNAPSHOT, VOLUME, ADDRESS, KEY = (
    "machine", "load balancer", "target group", "security group", "network interface", "snapshot", "volume", "elastic IP", "key pair")
TAGS_AT_ONCE = 20
CARRIES, IN_USE = "which carries the cluster's tag", "DependencyViolation"
# ids that the customer's objects name; more than so many are not even looked for
MOST_NAMED = 200


class ElbApi(Ec2Api):
    """Classic load balancers."""

    service = "elb"


class Elbv2Api(Ec2Api):
    """Network and application load balancers."""

    service = "elbv2"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How EC2 lists and deletes one kind of things. look: further arguments for a list. gone: codes of errors that say it isn't there."""

    operation: str
    key: str
    number: str
    delete: str
    filter: str
    gone: tuple[str, ...]
    look: tuple[tuple[str, Any], ...] = ()
    name: str = ""


_KINDS = {
    GROUP: _Kind("describe_security_groups", "SecurityGroups", "GroupId", "delete_security_group", "group-id",
                 ("InvalidGroup.NotFound", "InvalidGroupId.NotFound"), name="GroupName"),
    INTERFACE: _Kind("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId", "delete_network_interface", "network-interface-id",
                     ("InvalidNetworkInterfaceID.NotFound",)),
    SNAPSHOT: _Kind("describe_snapshots", "Snapshots", "SnapshotId", "delete_snapshot", "snapshot-id", ("InvalidSnapshot.NotFound",),
                    look=(("OwnerIds", ["self"]),)),
    VOLUME: _Kind("describe_volumes", "Volumes", "VolumeId", "delete_volume", "volume-id", ("InvalidVolume.NotFound",)),
    ADDRESS: _Kind("describe_addresses", "Addresses", "AllocationId", "release_address", "allocation-id", ("InvalidAllocationID.NotFound",), name="PublicIp"),
    KEY: _Kind("describe_key_pairs", "KeyPairs", "KeyName", "delete_key_pair", "key-name", ("InvalidKeyPair.NotFound",)),
}
_ENDED = ("terminated", "shutting-down")
# lists of these have no pages
_WHOLE = (ADDRESS, KEY)


class AwsOrphans:
    def __init__(self, ec2: Ec2Api, elb: ElbApi, elbv2: Elbv2Api, uid: str) -> None:
        """uid: of the cluster."""
        self.ec2, self.elb, self.elbv2, self.uid = ec2, elb, elbv2, uid
        self._remove: dict[str, Callable[[Orphan], None]] = {
            MACHINE: self._end_machine, BALANCER: self._delete_balancer, TARGETS: self._delete_targets, GROUP: self._delete_group,
            VOLUME: self._delete_volume, ADDRESS: self._release}

    def find(self, said: Said) -> Found:
        machines = self._machines()
        return (machines | self._balancers(said) | self._tagged(INTERFACE) | self._tagged(GROUP) | self._disks(SNAPSHOT, said) | self._disks(VOLUME, said)
                | self._tagged(ADDRESS) | self._tagged(KEY) | Found(kept=tuple(self._addresses_of(machines.ours))))

    def exists(self, one: Orphan) -> bool:
        if one.kind == MACHINE:
            return any(found.id == one.id for found in self._machines().ours)
        if one.kind == BALANCER:
            return any(number == one.id for number, *dummy in self._all_balancers())
        if one.kind == TARGETS:
            return any(number == one.id for number, *dummy in self._all_targets())
        return bool(self._listed(one.kind, [{"Name": _KINDS[one.kind].filter, "Values": [one.id]}]))

    def remove(self, one: Orphan) -> None:
        self._remove.get(one.kind, self._delete)(one)

    def _tags(self, thing: dict[str, Any]) -> dict[str, str]:
        return {str(tag.get("Key")): str(tag.get("Value")) for tag in thing.get("Tags") or thing.get("TagSet") or () if isinstance(tag, dict)}

    def _is_ours(self, tags: dict[str, str]) -> bool:
        return tags.get(OWN_TAGS) == self.uid or tags.get(CONTROLLER_TAG + self.uid) == OWNED

    def _is_anothers(self, tags: dict[str, str]) -> bool:
        """Marked by another cluster, perhaps beside this one."""
        return tags.get(OWN_TAGS, self.uid) != self.uid or any(key.startswith(CONTROLLER_TAG) and key != CONTROLLER_TAG + self.uid for key in tags)

    def _marks(self) -> Iterator[list[dict[str, Any]]]:
        """Filters for what carries one of the tags."""
        yield [{"Name": f"tag:{OWN_TAGS}", "Values": [self.uid]}]
        yield [{"Name": f"tag:{CONTROLLER_TAG}{self.uid}", "Values": [OWNED]}]

    def _listed(self, kind: str, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What EC2 shows for the filters. Whose it is says the answer, not the question."""
        how = _KINDS[kind]
        if kind in _WHOLE:
            answer = self.ec2.call(how.operation, Filters=filters)
            items = answer.get(how.key, [])
        else:
            items = self.ec2.all(how.operation, how.key, Filters=filters, **dict(how.look))
        if not isinstance(items, list) or not all(isinstance(one, dict) and isinstance(one.get(how.number), str) for one in items):
            raise ec2_errors.not_understood(self.ec2.place, how.operation, f"something in {how.key} has no {how.number}")
        return items

    def _thing(self, kind: str, one: dict[str, Any], why: str = CARRIES) -> Orphan:
        how = _KINDS[kind]
        name = one.get(how.name) or self._tags(one).get("Name") or one[how.number]
        return Orphan(kind, one[how.number], readable(str(name)), why)

    def _carriers(self, kind: str) -> dict[str, dict[str, Any]]:
        number = _KINDS[kind].number
        found = {one[number]: one for filters in self._marks() for one in self._listed(kind, filters)}
        return {key: one for key, one in found.items() if self._is_ours(self._tags(one))}

    def _sorted(self, kind: str, things: Iterable[dict[str, Any]], said: Said) -> Found:
        """Things with the cluster's tag: those that go, and those that stay with the reason."""
        found = Found()
        for one in things:
            why = SHARED if self._is_anothers(self._tags(one)) else said.keeps(one[_KINDS[kind].number])
            why = why or (ELSEWHERE if any(map(self._is_anothers_machine, _machines_of(one))) else "")
            found |= Found(kept=(self._thing(kind, one, why),)) if why else Found((self._thing(kind, one),))
        return found

    def _tagged(self, kind: str) -> Found:
        return self._sorted(kind, self._carriers(kind).values(), Said())

    def _disks(self, kind: str, said: Said) -> Found:
        """Volumes that go with a machine are the machine's."""
        carriers = self._carriers(kind)
        found = self._sorted(kind, [one for one in carriers.values() if not _goes_by_itself(one)], said)
        pattern = re.compile(rf"{'vol' if kind == VOLUME else 'snap'}-[0-9a-f]{{8,17}}", re.ASCII)
        ids = [one for one in sorted(said.ids | said.lent | said.retained) if pattern.fullmatch(one) and one not in carriers][:MOST_NAMED]
        named = self._listed(kind, [{"Name": _KINDS[kind].filter, "Values": ids}]) if ids else []
        return found | Found(kept=tuple(self._thing(kind, one, NAMED) for one in named if not _goes_by_itself(one) and not self._is_anothers(self._tags(one))))

    def _is_anothers_machine(self, number: str) -> bool:
        """Asked for this very machine. One that is gone has no owner. Machines that only take part carry the tag of the controllers with any value."""
        for reservation in self.ec2.all("describe_instances", "Reservations", Filters=[{"Name": "instance-id", "Values": [number]}]):
            for one in reservation.get("Instances") or ():
                tags, state = self._tags(one), (one.get("State") or {}).get("Name")
                if state not in _ENDED and not self._is_ours(tags) and CONTROLLER_TAG + self.uid not in tags:
                    return True
        return False

    def _machines(self) -> Found:
        found: dict[str, Found] = {}
        for filters in self._marks():
            for reservation in self.ec2.all("describe_instances", "Reservations", Filters=filters):
                for one in reservation.get("Instances") or ():
                    tags, state = self._tags(one), (one.get("State") or {}).get("Name")
                    if self._is_ours(tags) and state not in _ENDED and isinstance(one.get("InstanceId"), str):
                        shared = self._is_anothers(tags)
                        machine = Orphan(MACHINE, one["InstanceId"], readable(tags.get("Name") or one["InstanceId"]), SHARED if shared else CARRIES)
                        found[machine.id] = Found(kept=(machine,)) if shared else Found((machine,))
        return _together(found.values())

    def _addresses_of(self, machines: Iterable[Orphan]) -> Iterator[Orphan]:
        ids = [one.id for one in machines]
        for one in self._listed(ADDRESS, [{"Name": "instance-id", "Values": ids}]) if ids else ():
            if not self._is_ours(self._tags(one)) and not self._is_anothers(self._tags(one)):
                yield self._thing(ADDRESS, one, "it points to a machine of the cluster, but does not carry the cluster's mark")

    def _balancers(self, said: Said) -> Found:
        found = Found()
        for kind, things in ((BALANCER, self._all_balancers()), (TARGETS, self._all_targets())):
            for number, name, tags in things:
                if self._is_ours(tags):
                    shared = self._is_anothers(tags)
                    one = Orphan(kind, number, name, SHARED if shared else CARRIES)
                    found |= Found(kept=(one,)) if shared else Found((one,))
                elif kind == BALANCER and said.mentions(number, name) and not self._is_anothers(tags):
                    found |= Found(kept=(Orphan(kind, number, name, NAMED),))
        return found

    def _all_balancers(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Id, name and tags. The id of a classic one is its name, of the others an ARN."""
        names = [str(one["LoadBalancerName"]) for one in _pages(self.elb, "describe_load_balancers", "LoadBalancerDescriptions", "LoadBalancerName")]
        for some in _batches(names):
            for one in self.elb.call("describe_tags", LoadBalancerNames=some).get("TagDescriptions", []):
                yield str(one.get("LoadBalancerName")), readable(str(one.get("LoadBalancerName"))), self._tags(one)
        yield from self._of_arns("describe_load_balancers", "LoadBalancers", "LoadBalancerArn", "LoadBalancerName")

    def _all_targets(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        yield from self._of_arns("describe_target_groups", "TargetGroups", "TargetGroupArn", "TargetGroupName")

    def _of_arns(self, operation: str, key: str, number: str, name: str) -> Iterator[tuple[str, str, dict[str, str]]]:
        names = {str(one[number]): readable(str(one.get(name))) for one in _pages(self.elbv2, operation, key, number)}
        for some in _batches(list(names)):
            for one in self.elbv2.call("describe_tags", ResourceArns=some).get("TagDescriptions", []):
                if one.get("ResourceArn") in names:
                    yield one["ResourceArn"], names[one["ResourceArn"]], self._tags(one)

    def _end_machine(self, one: Orphan) -> None:
        self.ec2.call("terminate_instances", InstanceIds=[one.id], codes=("InvalidInstanceID.NotFound",))

    def _delete_balancer(self, one: Orphan) -> None:
        if one.id.startswith("arn:"):
            self.elbv2.call("delete_load_balancer", LoadBalancerArn=one.id, codes=("LoadBalancerNotFound",))
        else:
            self.elb.call("delete_load_balancer", LoadBalancerName=one.id)

    def _delete_targets(self, one: Orphan) -> None:
        self.elbv2.call("delete_target_group", TargetGroupArn=one.id, codes=("TargetGroupNotFound",))

    def _delete_group(self, one: Orphan) -> None:
        """Rules of other groups that name it were written for it, and would hold it."""
        for other in self._listed(GROUP, [{"Name": "ip-permission.group-id", "Values": [one.id]}]):
            rules = [{**{key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule}, "UserIdGroupPairs": [{"GroupId": one.id}]}
                     for rule in other.get("IpPermissions") or () if any(pair.get("GroupId") == one.id for pair in rule.get("UserIdGroupPairs") or ())]
            if rules and other["GroupId"] != one.id:
                self.ec2.call("revoke_security_group_ingress", GroupId=other["GroupId"], IpPermissions=rules, codes=("InvalidPermission.NotFound",))
        self._delete(one)

    def _delete_volume(self, one: Orphan) -> None:
        for volume in self._listed(VOLUME, [{"Name": "volume-id", "Values": [one.id]}]):
            for attachment in volume.get("Attachments") or ():
                if attachment.get("State") in ("attached", "busy"):
                    self._check_own_machine(one, attachment.get("InstanceId"))
                    where = {key: attachment[key] for key in ("InstanceId", "Device") if attachment.get(key)}
                    self.ec2.call("detach_volume", VolumeId=one.id, **where, codes=("IncorrectState", "InvalidAttachment.NotFound"))
        self._delete(one)

    def _check_own_machine(self, one: Orphan, number: Any) -> None:
        if isinstance(number, str) and self._is_anothers_machine(number):
            raise ApiError(f"{one} is in use", status=409, reason="", where=self.ec2.place,
                           why=f"it is attached to machine {number}, which does not carry the cluster's tag")

    def _release(self, one: Orphan) -> None:
        for address in self._listed(ADDRESS, [{"Name": "allocation-id", "Values": [one.id]}]):
            # what leads to no machine of its own goes with what it leads to
            if address.get("AssociationId") and address.get("InstanceId"):
                self._check_own_machine(one, address["InstanceId"])
                self.ec2.call("disassociate_address", AssociationId=address["AssociationId"], codes=("InvalidAssociationID.NotFound",))
        self._delete(one)

    def _delete(self, one: Orphan) -> None:
        how = _KINDS[one.kind]
        answer = self.ec2.call(how.delete, **{how.number: one.id}, codes=(*how.gone, IN_USE, "VolumeInUse", "InvalidSnapshot.InUse"))
        if answer.get("code") and answer["code"] not in how.gone:
            raise ApiError(f"{one} is in use", status=409, reason=answer["code"], where=self.ec2.place, why=answer.get("why") or answer["code"])


class InRegions:
    """The same in several regions."""

    def __init__(self, clouds: list[AwsOrphans]) -> None:
        self.clouds = clouds
        self._of: dict[str, AwsOrphans] = {}

    def find(self, said: Said) -> Found:
        found = Found()
        for cloud in self.clouds:
            here = cloud.find(said)
            self._of.update((one.id, cloud) for one in here.ours)
            found |= here
        return found

    def exists(self, one: Orphan) -> bool:
        return self._of[one.id].exists(one)

    def remove(self, one: Orphan) -> None:
        self._of[one.id].remove(one)


def _together(several: Iterable[Found]) -> Found:
    return Found(tuple(one for found in several for one in found.ours), tuple(one for found in several for one in found.kept))


def _machines_of(thing: dict[str, Any]) -> list[str]:
    """Ids of instances to which a volume, an interface or an address is attached."""
    attached = [*(thing.get("Attachments") or ()), thing.get("Attachment") or {}, thing]
    return [one["InstanceId"] for one in attached if isinstance(one, dict) and isinstance(one.get("InstanceId"), str) and one["InstanceId"]]


def _goes_by_itself(volume: dict[str, Any]) -> bool:
    """The disk of a machine, or a volume that is being deleted."""
    return volume.get("State") in ("deleting", "deleted") or any(one.get("DeleteOnTermination") for one in volume.get("Attachments") or ())


def _pages(api: Ec2Api, operation: str, key: str, number: str) -> Iterator[dict[str, Any]]:
    """Of load balancers, whose API has other words for the next page than EC2's."""
    marker: str | None = None
    for _page in range(MOST_PAGES):
        answer = api.call(operation, **({"Marker": marker} if marker else {}))
        items = answer.get(key, [])
        if not isinstance(items, list) or not all(isinstance(one, dict) and isinstance(one.get(number), str) for one in items):
            raise ec2_errors.not_understood(api.place, operation, f"something in {key} has no {number}")
        yield from items
        marker = answer.get("NextMarker")
        if not marker:
            return
    raise ec2_errors.not_understood(api.place, operation, f"it has more than {MOST_PAGES} pages")


def _batches(names: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(names), TAGS_AT_ONCE):
        yield names[first:first + TAGS_AT_ONCE]
