# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Machines of one cluster at AWS: EC2 instances that carry the tag of the cluster. No other instance is ever shown or touched.

One request makes many instances, and all of them get the same tags. So the names of all are in one tag, and which of them is whose says the number that EC2
gives each instance within its request (AmiLaunchIndex): a name is there from the first moment on, and no second request has to come for it.
"""
from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import name_ranges as numbered
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import errors as ec2_errors
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import PER_PAGE, Ec2Api
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import OWN_TAGS, Machine, State

CLUSTER_TAG, POOL_TAG, NAMES_TAG = OWN_TAGS, f"{OWN_TAGS}-pool", f"{OWN_TAGS}-names"
# by which Kubernetes' own controllers know what is for the cluster of that id; the value tells whether it goes with the cluster
CONTROLLER_TAG, OWNED = "kubernetes.io/cluster/", "owned"
_STATES = {"pending": State.CREATING, "running": State.RUNNING, "stopping": State.OFF, "stopped": State.OFF, "shutting-down": State.LEAVING,
           "terminated": State.GONE}
LIVING = tuple(name for name, state in _STATES.items() if state is not State.GONE)
_UID = re.compile(r"[0-9a-zA-Z-]{8,64}", re.ASCII)
_ASKED_AT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})[.0-9]*Z/", re.ASCII)
_ID = re.compile(r"i-[0-9a-f]{8,32}", re.ASCII)
LONGEST_TAG = 256
# larger requests are more often turned away as a whole, says AWS
AT_ONCE = 100
# a note of it is believed for a minute, so longer than that it can't be tried with one note
PATIENCE = 40.0
MISSING = ("InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed")


@dataclass(frozen=True, slots=True)
class Launch:
    """How new instances shall be. subnets: machines are spread over them, none: EC2's choice. groups: ids of security groups, none: the network's default one.

    key: name of a key pair, "" for none. root, root_size: name and GiB of the root disk in the image. public_address: None for what the subnet says.
    """

    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    key: str = ""
    root: str = "/dev/sda1"
    root_size: int = 8
    public_address: bool | None = None


class Ec2Instances:
    """name: the provider's, as in inventories. place: the region; other regions show other machines. batch, removes: how many machines are asked for
    together, and removed together. complaint: why the last machine that EC2 gave up didn't come to be.
    """

    name = "aws"
    removes = AT_ONCE

    def __init__(self, api: Ec2Api, uid: str, prepare: Callable[[], Launch] = Launch, spread: int = 1) -> None:
        """uid: of the cluster. prepare: makes what new instances need, asked when the first is to be made. spread: number of subnets."""
        if not _UID.fullmatch(uid):
            raise InvalidInput(f"{uid[:80]!r} can't be the UID of a cluster")
        self.api, self.uid, self.place, self._prepare, self.complaint = api, uid, api.region, prepare, ""
        self._launch: Launch | None = None
        self.batch = AT_ONCE * max(1, spread)
        self._full: set[str] = set()
        self._asked: set[str] = set()

    def launch(self) -> Launch:
        """Makes what is missing for it at the first call."""
        if self._launch is None:
            self._launch = self._prepare()
        return self._launch

    def machines(self) -> list[Machine]:
        """All machines of the cluster, as far as EC2 shows them yet, also those that have ended not long ago."""
        found = self._machines(MaxResults=PER_PAGE, Filters=[{"Name": f"tag:{CLUSTER_TAG}", "Values": [self.uid]}])
        return list({one.id: one for one in found}.values())

    def others_live(self, pool: str) -> bool:
        """Whether the cluster has machines beside those of this pool that have not ended."""
        found = self._machines(MaxResults=PER_PAGE, Filters=[{"Name": f"tag:{CLUSTER_TAG}", "Values": [self.uid]},
                                                             {"Name": "instance-state-name", "Values": list(LIVING)}])
        return any(one.pool != pool and one.state is not State.GONE for one in found)

    def exists(self, machine_id: str) -> bool:
        """Asks for this very machine, which is more up to date than a list."""
        answer = self.api.call("describe_instances", codes=MISSING, InstanceIds=[machine_id])
        return any(one.id == machine_id and one.state is not State.GONE for one in self._read([answer]))

    def create(self, names: Sequence[str], pool: NodePool, request: str) -> None:
        """One request for each subnet, or more if the names are many and far apart. Tags come with it, so that every machine has an owner from
        the start. Raises Unsure if the result of one is unknown; the same `request` is never carried out twice."""
        parts = [(subnet, text, inside) for subnet, some in self._spread(names) for text, inside in numbered.texts(some, LONGEST_TAG)]
        turned_away = None
        for number, (subnet, text, inside) in enumerate(parts):
            self._asked.add(f"{request}-{number}")
            try:
                self.api.call("run_instances", patience=PATIENCE, unsure=True, **self._wanted(pool, subnet, text, len(inside), f"{request}-{number}"))
            except InvalidInput as error:
                others = set(self.launch().subnets) - self._full - {subnet}
                if not others or error.code not in ec2_errors.NO_ROOM_IN_ZONE:
                    raise
                # the next round asks for what is missing elsewhere
                self._full.add(subnet)
                turned_away = error
        if turned_away:
            self.complaint = turned_away.why
            self.api.progress(f"{turned_away.line()} Tries another zone.")

    def remove(self, machine_ids: Sequence[str]) -> None:
        """One that is gone already is as good. EC2 does all or nothing, and names those that it doesn't know."""
        ids = list(machine_ids)
        while ids:
            answer = self.api.call("terminate_instances", codes=MISSING, InstanceIds=ids)
            unknown = set(_ID.findall(answer["why"])) & set(ids) if answer.get("code") else set(ids)
            # one at a time if it doesn't say which
            ids = [one for one in ids if one not in unknown] if unknown else self._one_by_one(ids)

    def _one_by_one(self, ids: Sequence[str]) -> list[str]:
        for one in ids:
            self.api.call("terminate_instances", codes=MISSING, InstanceIds=[one])
        return []

    def adopt(self, machine: Machine, pool: NodePool) -> None:
        self.api.call("create_tags", Resources=[machine.id], Tags=[{"Key": POOL_TAG, "Value": pool.name}, self.controllers_tag])

    @property
    def controllers_tag(self) -> dict[str, str]:
        """Load balancers of the cluster know only machines that have it."""
        return {"Key": f"{CONTROLLER_TAG}{self.uid}", "Value": OWNED}

    def own_tags(self, pool: str) -> list[dict[str, str]]:
        return [{"Key": CLUSTER_TAG, "Value": self.uid}, *([{"Key": POOL_TAG, "Value": pool}] if pool else [])]

    def _spread(self, names: Sequence[str]) -> list[tuple[str, list[str]]]:
        """Neighbours stay together, so that their names fit into one tag; where the first goes depends on its number, so that single ones get around."""
        subnets = [one for one in self.launch().subnets if one not in self._full] or list(self.launch().subnets) or [""]
        size, more = divmod(len(names), len(subnets))
        first, begin, parts = int(names[0].rpartition("-")[2]) - 1, 0, []
        for index in range(len(subnets)):
            end = begin + size + (index < more)
            parts.append((subnets[(first + index) % len(subnets)], list(names[begin:end])))
            begin = end
        return [(subnet, some) for subnet, some in parts if some]

    def _wanted(self, pool: NodePool, subnet: str, text: str, count: int, request: str) -> dict[str, Any]:
        launch, users = self.launch(), [dict(zip(("Key", "Value"), tag.partition(":")[::2], strict=True)) for tag in pool.tags]
        # a person reads Name; of several machines it can only be what they have in common
        common = [*self.own_tags(pool.name), {"Key": "Name", "Value": numbered.name(text, 0) if count == 1 else text.partition(" ")[0]}, *users]
        # images may say that their disk stays when the machine goes
        disk = {"DeleteOnTermination": True, "VolumeSize": pool.disk or launch.root_size}
        wanted: dict[str, Any] = {
            "ImageId": pool.image, "InstanceType": pool.size, "MinCount": 1, "MaxCount": count, "ClientToken": request,
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [*common, {"Key": NAMES_TAG, "Value": text}, self.controllers_tag]},
                                  {"ResourceType": "volume", "Tags": common}],
            "BlockDeviceMappings": [{"DeviceName": launch.root, "Ebs": disk}],
            # pods are one hop further away: they get no credentials of their machine
            "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 1},
            **({"KeyName": launch.key} if launch.key else {})}
        groups = list(launch.groups)
        if launch.public_address is None:
            return {**wanted, **({"SubnetId": subnet} if subnet else {}), **({"SecurityGroupIds": groups} if groups else {})}
        card = {"DeviceIndex": 0, "AssociatePublicIpAddress": launch.public_address, "DeleteOnTermination": True,
                **({"SubnetId": subnet} if subnet else {}), **({"Groups": groups} if groups else {})}
        return {**wanted, "NetworkInterfaces": [card]}

    def _machines(self, **asked: Any) -> list[Machine]:
        return self._read([{"Reservations": items} for items in self.api.pages("describe_instances", "Reservations", **asked)])

    def _read(self, answers: list[dict[str, Any]]) -> list[Machine]:
        """Raises Unreachable for what no instance looks like."""
        try:
            return [machine for answer in answers for reservation in answer.get("Reservations") or []
                    for machine in map(self._machine, reservation.get("Instances") or []) if machine]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ec2_errors.not_understood(self.api.place, "describe_instances",
                                            f"an instance in it is malformed ({type(error).__name__}: {error})") from None

    def _machine(self, instance: dict[str, Any]) -> Machine | None:
        """None if it doesn't carry our tag, whatever was asked for."""
        tags = tags_of(instance)
        if tags.get(CLUSTER_TAG) != self.uid:
            return None
        if not _ID.fullmatch(instance["InstanceId"]):
            raise ValueError("its id is none")
        state, index, request = _STATES[instance["State"]["Name"]], instance.get("AmiLaunchIndex") or 0, str(instance.get("ClientToken") or "")
        if state in (State.LEAVING, State.GONE):
            self._hear(instance, request)
        public, private = _address(instance, "PublicIpAddress"), _address(instance, "PrivateIpAddress")
        return Machine(
            id=instance["InstanceId"], name=numbered.name(tags[NAMES_TAG], index) if tags.get(NAMES_TAG) else tags.get("Name", ""),
            pool=tags.get(POOL_TAG, ""), state=state, created=_created(instance["LaunchTime"], request),
            # a subnet may give none that is public
            address=public or (private if state is State.RUNNING else ""), private_address=private,
            region=str((instance.get("Placement") or {}).get("AvailabilityZone") or self.api.region), size=str(instance.get("InstanceType") or ""),
            request=request)

    def _hear(self, instance: dict[str, Any], request: str) -> None:
        """EC2 takes back what it promised: only then it says why."""
        reason = instance.get("StateReason") or {}
        code, message = str(reason.get("Code") or ""), str(reason.get("Message") or "")
        if request in self._asked and code.startswith(("Server.", "Client.")) and "UserInitiated" not in code:
            self.complaint = message[:ec2_errors.LONGEST_MESSAGE] if code in message else f"{code}: {message[:ec2_errors.LONGEST_MESSAGE]}"


def tags_of(given: dict[str, Any]) -> dict[str, str]:
    return {str(tag["Key"]): str(tag.get("Value") or "") for tag in given.get("Tags") or []}


def _created(launched: Any, request: str) -> str:
    """When it was asked for, if it was by us: LaunchTime is that of the last start."""
    moment = _ASKED_AT.match(f"{launched}/")
    if not moment:
        raise ValueError("its time of launch is none")
    return f"{(_ASKED_AT.match(request) or moment)[1]}Z"


def _address(instance: dict[str, Any], key: str) -> str:
    given = instance.get(key)
    return str(ipaddress.IPv4Address(given)) if given else ""
