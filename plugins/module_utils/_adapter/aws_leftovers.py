# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has in one region of AWS. Only what carries its tag, or what its own objects made and no other cluster marked, is ever shown as its own."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter import ec2_errors
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.ec2_api import MOST_PAGES, Ec2Api
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.ec2_instances import CONTROLLER_TAG, OWNED
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import ApiError
from ansible_collections.kubermatic.caas.plugins.module_utils._model.leftover import Found, Leftover, Made, readable
from ansible_collections.kubermatic.caas.plugins.module_utils._model.machine import OWN_TAGS

MACHINE, BALANCER, TARGETS, GROUP, INTERFACE, SNAPSHOT, VOLUME, ADDRESS, KEY = (
    "machine", "load balancer", "target group", "security group", "network interface", "snapshot", "volume", "elastic IP", "key pair")
TAGS_AT_ONCE = 20
CARRIES, IN_USE = "which carries the cluster's tag", "DependencyViolation"


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
# lists of these have no pages
_WHOLE = (ADDRESS, KEY)


class AwsLeftovers:
    def __init__(self, ec2: Ec2Api, elb: ElbApi, elbv2: Elbv2Api, uid: str) -> None:
        """uid: of the cluster."""
        self.ec2, self.elb, self.elbv2, self.uid = ec2, elb, elbv2, uid
        self._remove: dict[str, Callable[[Leftover], None]] = {
            MACHINE: self._end_machine, BALANCER: self._delete_balancer, TARGETS: self._delete_targets, GROUP: self._delete_group,
            VOLUME: self._delete_volume, ADDRESS: self._release}

    def find(self, made: Made) -> Found:
        machines = self._machines()
        disks, lent = self._disks(VOLUME, made.volumes, made.brought, "which was made for a claim of the cluster")
        snapshots, lent_snapshots = self._disks(SNAPSHOT, made.snapshots, made.brought, "which was made for a VolumeSnapshot of the cluster")
        return Found((*machines, *self._balancers(made), *self._tagged(INTERFACE), *self._tagged(GROUP), *snapshots, *disks, *self._tagged(ADDRESS),
                      *self._tagged(KEY)),
                     (*lent, *lent_snapshots, *self._addresses_of(machines)))

    def exists(self, one: Leftover) -> bool:
        if one.kind == MACHINE:
            return any(found.id == one.id for found in self._machines())
        if one.kind == BALANCER:
            return any(number == one.id for number, *dummy in self._all_balancers())
        if one.kind == TARGETS:
            return any(number == one.id for number, *dummy in self._all_targets())
        return bool(self._listed(one.kind, [{"Name": _KINDS[one.kind].filter, "Values": [one.id]}]))

    def remove(self, one: Leftover) -> None:
        self._remove.get(one.kind, self._delete)(one)

    def _tags(self, thing: dict[str, Any]) -> dict[str, str]:
        return {str(tag.get("Key")): str(tag.get("Value")) for tag in thing.get("Tags") or thing.get("TagSet") or () if isinstance(tag, dict)}

    def _is_ours(self, tags: dict[str, str]) -> bool:
        return tags.get(OWN_TAGS) == self.uid or tags.get(CONTROLLER_TAG + self.uid) == OWNED

    def _is_anothers(self, tags: dict[str, str]) -> bool:
        marked = OWN_TAGS in tags or any(key.startswith(CONTROLLER_TAG) and value == OWNED for key, value in tags.items())
        return marked and not self._is_ours(tags)

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

    def _thing(self, kind: str, one: dict[str, Any], why: str = CARRIES) -> Leftover:
        how = _KINDS[kind]
        name = one.get(how.name) or self._tags(one).get("Name") or one[how.number]
        return Leftover(kind, one[how.number], readable(str(name)), why)

    def _tagged(self, kind: str) -> tuple[Leftover, ...]:
        found = {one[_KINDS[kind].number]: one for filters in self._marks() for one in self._listed(kind, filters)}
        return tuple(self._thing(kind, one) for one in found.values() if self._is_ours(self._tags(one)))

    def _disks(self, kind: str, made: Iterable[str], brought: frozenset[str], why: str) -> tuple[tuple[Leftover, ...], tuple[Leftover, ...]]:
        """Those of the cluster, and those that were lent to it. Volumes that go with a machine are the machine's."""
        number = _KINDS[kind].number
        tagged = {one[number]: one for filters in self._marks() for one in self._listed(kind, filters)}
        ids = sorted(made)
        named = {one[number]: one for one in (self._listed(kind, [{"Name": _KINDS[kind].filter, "Values": ids}]) if ids else ())}
        ours, lent = [], []
        for key, one in {**named, **tagged}.items():
            tags = self._tags(one)
            if _goes_by_itself(one) or (not self._is_ours(tags) and (key not in ids or self._is_anothers(tags))):
                continue
            if key in brought:
                lent.append(self._thing(kind, one, "it was lent to the cluster by an object that somebody wrote"))
            else:
                ours.append(self._thing(kind, one, CARRIES if self._is_ours(tags) else why))
        return tuple(ours), tuple(lent)

    def _machines(self) -> tuple[Leftover, ...]:
        found: dict[str, Leftover] = {}
        for filters in self._marks():
            for reservation in self.ec2.all("describe_instances", "Reservations", Filters=filters):
                for one in reservation.get("Instances") or ():
                    tags, state = self._tags(one), (one.get("State") or {}).get("Name")
                    if self._is_ours(tags) and state not in ("terminated", "shutting-down") and isinstance(one.get("InstanceId"), str):
                        found[one["InstanceId"]] = Leftover(MACHINE, one["InstanceId"], readable(tags.get("Name") or one["InstanceId"]), CARRIES)
        return tuple(found.values())

    def _addresses_of(self, machines: Iterable[Leftover]) -> Iterator[Leftover]:
        ids = [one.id for one in machines]
        for one in self._listed(ADDRESS, [{"Name": "instance-id", "Values": ids}]) if ids else ():
            if not self._is_ours(self._tags(one)) and not self._is_anothers(self._tags(one)):
                yield self._thing(ADDRESS, one, "it leads to a machine of the cluster, but does not say whose it is")

    def _balancers(self, made: Made) -> list[Leftover]:
        ours = []
        for number, name, tags in self._all_balancers():
            if self._is_ours(tags):
                ours.append(Leftover(BALANCER, number, name, CARRIES))
            elif name in made.balancer_names and not self._is_anothers(tags):
                ours.append(Leftover(BALANCER, number, name, "which was made for a Service of the cluster"))
        return ours + [Leftover(TARGETS, number, name, CARRIES) for number, name, tags in self._all_targets() if self._is_ours(tags)]

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

    def _end_machine(self, one: Leftover) -> None:
        self.ec2.call("terminate_instances", InstanceIds=[one.id], codes=("InvalidInstanceID.NotFound",))

    def _delete_balancer(self, one: Leftover) -> None:
        if one.id.startswith("arn:"):
            self.elbv2.call("delete_load_balancer", LoadBalancerArn=one.id, codes=("LoadBalancerNotFound",))
        else:
            self.elb.call("delete_load_balancer", LoadBalancerName=one.id)

    def _delete_targets(self, one: Leftover) -> None:
        self.elbv2.call("delete_target_group", TargetGroupArn=one.id, codes=("TargetGroupNotFound",))

    def _delete_group(self, one: Leftover) -> None:
        """Rules of other groups that name it were written for it, and would hold it."""
        for other in self._listed(GROUP, [{"Name": "ip-permission.group-id", "Values": [one.id]}]):
            rules = [{**{key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule}, "UserIdGroupPairs": [{"GroupId": one.id}]}
                     for rule in other.get("IpPermissions") or () if any(pair.get("GroupId") == one.id for pair in rule.get("UserIdGroupPairs") or ())]
            if rules and other["GroupId"] != one.id:
                self.ec2.call("revoke_security_group_ingress", GroupId=other["GroupId"], IpPermissions=rules, codes=("InvalidPermission.NotFound",))
        self._delete(one)

    def _delete_volume(self, one: Leftover) -> None:
        for volume in self._listed(VOLUME, [{"Name": "volume-id", "Values": [one.id]}]):
            for attachment in volume.get("Attachments") or ():
                if attachment.get("State") in ("attached", "busy"):
                    where = {key: attachment[key] for key in ("InstanceId", "Device") if attachment.get(key)}
                    self.ec2.call("detach_volume", VolumeId=one.id, **where, codes=("IncorrectState", "InvalidAttachment.NotFound"))
        self._delete(one)

    def _release(self, one: Leftover) -> None:
        for address in self._listed(ADDRESS, [{"Name": "allocation-id", "Values": [one.id]}]):
            if address.get("AssociationId"):
                self.ec2.call("disassociate_address", AssociationId=address["AssociationId"], codes=("InvalidAssociationID.NotFound",))
        self._delete(one)

    def _delete(self, one: Leftover) -> None:
        how = _KINDS[one.kind]
        answer = self.ec2.call(how.delete, **{how.number: one.id}, codes=(*how.gone, IN_USE, "VolumeInUse", "InvalidSnapshot.InUse"))
        if answer.get("code") and answer["code"] not in how.gone:
            raise ApiError(f"{one} is in use", status=409, reason=answer["code"], where=self.ec2.place, why=answer.get("why") or answer["code"])


class InRegions:
    """The same in several regions."""

    def __init__(self, clouds: list[AwsLeftovers]) -> None:
        self.clouds = clouds
        self._of: dict[str, AwsLeftovers] = {}

    def find(self, made: Made) -> Found:
        ours, kept = [], []
        for cloud in self.clouds:
            found = cloud.find(made)
            self._of.update((one.id, cloud) for one in found.ours)
            ours += found.ours
            kept += found.kept
        return Found(tuple(ours), tuple(kept))

    def exists(self, one: Leftover) -> bool:
        return self._of[one.id].exists(one)

    def remove(self, one: Leftover) -> None:
        self._of[one.id].remove(one)


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
