# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""EC2 of the lab: moto, and around it what moto leaves out and a real cloud has: idempotent requests, time that passes, lists that are behind,
partial fulfilment, limits, machines that end right after their start, and disks that go with their machine."""
from __future__ import annotations

import base64
import os
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

# it reads its images when it is imported
os.environ.setdefault("MOTO_AMIS_PATH", str(Path(__file__).with_name("images.json")))

from moto.backends import get_backend
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.test import Client

from . import balancers
from .answers import Answer, Request, error, result, tag

IMAGE, REGION = "ami-0deb12a000000001f", "eu-central-1"
# seconds that a machine takes to go, and for which it is shown after that
SHUTS, SHOWN = 15.0, 3600.0
# and that one which fails is promised for
PROMISED = 4.0
_ADDRESSES = {tag("ipAddress"), tag("privateIpAddress"), tag("publicIp")}
_accounts = iter(range(100_000_000_001, 999_999_999_999))


@dataclass
class Instance:
    """boots: seconds from its creation until it runs; None: it ends instead. index: within its request. gone: when it was terminated.

    address: of the host that stands behind it, "" if there is none. reason: why it ended, if nobody asked for it.
    """

    id: str
    created: datetime
    boots: float | None
    index: int = 0
    request: dict[str, str] = field(default_factory=dict)
    gone: datetime | None = None
    address: str = ""
    reason: str = ""


def states_apart(request: Request) -> tuple[set[str], Request]:
    """States that the request filters by, and the request without that filter: moto knows another state than the one that is shown."""
    filters = [name.removesuffix(".Name") for name, value in request.params.items() if name.startswith("Filter.") and value == "instance-state-name"]
    own = {name: value for name, value in request.params.items() if any(name.startswith(f"{one}.") for one in filters)}
    states = {value for name, value in own.items() if ".Value." in name}
    return states, replace(request, params={name: value for name, value in request.params.items() if name not in own})


class Ec2:
    """lag: seconds by which a list may be behind. partial: given how many machines are asked for, tells how many there will be.

    limit: how many machines the account may have. on_create, on_delete: called with an Instance, to give it a host and take it away; on_create sets its
    address.
    """

    def __init__(self, now: Callable[[], datetime], *, random: Random | None = None, lag: float = 0, boots: Callable[[], float | None] = lambda: 20.0,
                 limit: int = 5000, partial: Callable[[int], int] = lambda count: count, on_create: Callable[[Instance], None] = lambda instance: None,
                 on_delete: Callable[[Instance], None] = lambda instance: None) -> None:
        self.now, self.random, self.lag, self.boots, self.limit, self.partial = now, random or Random(1), lag, boots, limit, partial
        self.on_create, self.on_delete = on_create, on_delete
        self.account = str(next(_accounts))
        self.instances: dict[str, Instance] = {}
        # zone -> there is no room in it
        self.full_zones: set[str] = set()
        # id -> what its console shows
        self.consoles: dict[str, str] = {}
        self._tokens: dict[str, tuple[dict[str, str], Answer, list[str]]] = {}
        self._lists: dict[tuple[tuple[str, str], ...], Answer] = {}
        self._moto = Client(DomainDispatcherApplication(create_backend_app))

    @property
    def backend(self) -> Any:
        """moto's own view, for tests."""
        return get_backend("ec2")[self.account][REGION]

    def open(self) -> None:
        """The network that an account has from the beginning leads to the internet; moto's does not, and load balancers look for that."""
        gateway = self.backend.create_internet_gateway()
        for table in self.backend.describe_route_tables():
            self.backend.attach_internet_gateway(gateway.id, table.vpc_id)
            self.backend.create_route(table.id, "0.0.0.0/0", gateway_id=gateway.id)

    def live(self) -> list[Instance]:
        return [one for one in self.instances.values() if one.gone is None]

    def tags(self, instance: Instance) -> dict[str, str]:
        return dict(self.backend.tags[instance.id])

    def public_key(self, instance: Instance) -> str:
        """By which its user may log in, "" if it was asked for without a key pair."""
        name = instance.request.get("KeyName")
        return self.backend.describe_key_pairs([name])[0].public_key.strip() if name else ""

    def answer(self, request: Request) -> Answer:
        if request.service == balancers.SERVICE:
            return balancers.answer(request, self.moto)
        if request.service != "ec2":
            return self.moto(request)
        self._fail_what_fails()
        if not request.looks:
            self._lists.clear()
        own = {"RunInstances": self.run, "TerminateInstances": self.terminate, "DescribeInstances": self.list, "GetConsoleOutput": self.console,
               "DeleteSecurityGroup": self.delete_group, "DescribeInstanceTopology": self.topology}.get(request.action, self.moto)
        return own(request)

    def moto(self, request: Request, **other: str) -> Answer:
        form = {"Action": request.action, "Version": request.version, **request.params, **other}
        host = f"{request.service}.{request.region}.amazonaws.com"
        reply = self._moto.post("/", data=urlencode(form), base_url=f"http://{host}", headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "x-moto-account-id": self.account, "Host": host,
            "Authorization": f"AWS4-HMAC-SHA256 Credential=AKIALAB/20260301/{request.region}/{request.service}/aws4_request, SignedHeaders=host, Signature=0"})
        return Answer(reply.status_code, reply.get_data(), {"Content-Type": "text/xml;charset=UTF-8"})

    def run(self, request: Request) -> Answer:
        token = request.params.get("ClientToken", "")
        if token in self._tokens:
            params, before, ids = self._tokens[token]
            if params != request.params:
                return error(400, "IdempotentParameterMismatch", "The client token was used with other parameters")
            if any(self.instances[one].gone for one in ids):
                return error(400, "IdempotentInstanceTerminated", "An instance of that request is terminated")
            return before
        least, most = int(request.params["MinCount"]), int(request.params["MaxCount"])
        if len(token) > 64:
            return error(400, "InvalidParameterValue", "The client token is too long")
        room = self.limit - len(self.live())
        if room < least:
            return error(400, "VcpuLimitExceeded", f"You have requested more vCPU capacity than your current limit of {self.limit} allows")
        count = min(self.partial(most), room)
        if count < least or self._zone(request) in self.full_zones:
            return error(500, "InsufficientInstanceCapacity", "We currently do not have sufficient capacity in the Availability Zone you requested")
        answer = self.moto(request, MinCount=str(count))
        if answer.status != 200:
            return answer
        made = [Instance(item.findtext(tag("instanceId")) or "", self.now(), self.boots(), int(item.findtext(tag("amiLaunchIndex")) or 0), dict(request.params))
                for item in ET.fromstring(answer.body).find(tag("instancesSet"))]
        self.instances.update((one.id, one) for one in made)
        for one in made:
            self.on_create(one)
        if token:
            self._tokens[token] = (dict(request.params), answer, [one.id for one in made])
        return answer

    def _zone(self, request: Request) -> str:
        subnet = request.params.get("SubnetId") or request.params.get("NetworkInterface.1.SubnetId")
        return self.backend.get_subnet(subnet).availability_zone if subnet else ""

    def terminate(self, request: Request) -> Answer:
        ids = request.values("InstanceId")
        answer = self.moto(request)
        if answer.status == 200:
            for one in ids:
                self._end(self.instances[one])
        return answer

    def _end(self, instance: Instance, reason: str = "") -> None:
        if instance.gone is None:
            instance.gone, instance.reason = self.now(), reason
            self.on_delete(instance)

    def _fail_what_fails(self) -> None:
        for one in self.instances.values():
            if one.boots is None and one.gone is None and (self.now() - one.created).total_seconds() > PROMISED:
                self._lists.clear()
                self.moto(Request("TerminateInstances", {"InstanceId.1": one.id}))
                self._end(one, "Server.InternalError")
                # not only when somebody looks
                one.gone = one.created + timedelta(seconds=PROMISED)

    def delete_group(self, request: Request) -> Answer:
        """Until a machine is gone altogether, its network interface holds its groups."""
        name = request.params.get("GroupId", "")
        for one in self.instances.values():
            if name in one.request.values() and (one.gone is None or (self.now() - one.gone).total_seconds() < SHUTS):
                return error(400, "DependencyViolation", f"resource {name} has a dependent object")
        return self.moto(request)

    def list(self, request: Request) -> Answer:
        # moto takes a millisecond for each machine, and says the same until something is written
        states, asked = states_apart(request)
        answer = self._lists.get(tuple(asked.params.items())) or self.moto(asked)
        if answer.status != 200:
            return answer
        self._lists[tuple(asked.params.items())] = answer
        # asked for by id it comes from the place that knows best; a list comes from one of several copies, each of them behind by another time
        behind = 0.0 if request.values("InstanceId") else self.random.uniform(0, self.lag)
        root = ET.fromstring(answer.body)
        for reservation in root.iter(tag("instancesSet")):
            for item in list(reservation):
                shown = self._as_it_was(item, self.now().timestamp() - behind)
                if not shown or (states and item.find(tag("instanceState")).findtext(tag("name")) not in states):
                    reservation.remove(item)
        return Answer(200, ET.tostring(root), answer.headers)

    def _as_it_was(self, item: ET.Element, at: float) -> bool:
        """False if it was not shown then."""
        instance = self.instances[item.findtext(tag("instanceId")) or ""]
        age, ended = at - instance.created.timestamp(), at - instance.gone.timestamp() if instance.gone else -1.0
        if age < 0 or ended > SHOWN:
            return False
        item.find(tag("launchTime")).text = instance.created.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        shown = item.find(tag("instanceState")).findtext(tag("name"))
        if ended >= 0:
            shown = "shutting-down" if ended < SHUTS else "terminated"
        elif age < (PROMISED if instance.boots is None else instance.boots):
            shown = "pending"
        elif shown in ("terminated", "shutting-down"):
            shown = "running"
        item.find(tag("instanceState")).find(tag("name")).text = shown
        if instance.reason and ended >= 0:
            reason = item.find(tag("stateReason"))
            reason.find(tag("code")).text, reason.find(tag("message")).text = instance.reason, f"{instance.reason}: Internal error on launch"
        if instance.address:
            # also those of its network interface
            for one in item.iter():
                if one.tag in _ADDRESSES and one.text:
                    one.text = instance.address
        address = item.find(tag("ipAddress"))
        if address is not None and shown != "running":
            item.remove(address)
        return True

    def topology(self, request: Request) -> Answer:
        """EC2 tells that of very large machines alone."""
        return result("DescribeInstanceTopology", "<instanceSet/>")

    def console(self, request: Request) -> Answer:
        name = request.params.get("InstanceId", "")
        if name not in self.instances:
            return error(400, "InvalidInstanceID.NotFound", f"The instance ID '{name}' does not exist")
        output = base64.b64encode(self.consoles.get(name, "").encode()).decode()
        return result("GetConsoleOutput", f"<instanceId>{name}</instanceId><timestamp>2026-03-01T12:00:00.000Z</timestamp><output>{output}</output>")
