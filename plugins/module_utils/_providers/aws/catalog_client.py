# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS offers: whether it can create a pool, and in which networks. Asked only before machines are made. EC2 tells no prices."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, listed
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool, check_memory
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import PER_PAGE, Ec2Api


@dataclass(frozen=True, slots=True)
class Availability:
    """network: id of the VPC. subnets: ids, machines are spread over them; none: EC2 chooses. root, root_size: name and GiB of the root disk in the image."""

    network: str
    subnets: tuple[str, ...]
    root: str
    root_size: int


def check(api: Ec2Api, pool: NodePool, *, pick: bool = False) -> Availability:
    """pick: a subnet is needed, also if the user names none. Raises InvalidInput with what is known instead."""
    where = f"node pool {pool.name} of cluster {pool.cluster} at AWS"
    _check_size(api, pool, where)
    root, root_size = _checked_image(api, pool, where)
    _check_key(api, pool, where)
    chosen = _chosen_subnets(api, pool, where)
    network = chosen[0]["VpcId"]
    # of its default network, EC2 knows best where there is room
    free = not (pool.subnets or pool.network or pool.zones or pick)
    if not free:
        _check_zones(api, pool, chosen, where)
    _check_groups(api, pool.security_groups, network, where)
    return Availability(network, () if free else tuple(one["SubnetId"] for one in chosen), root, root_size)


def _check_size(api: Ec2Api, pool: NodePool, where: str) -> None:
    answer = api.call("describe_instance_types", codes=("InvalidInstanceType", "InvalidParameterValue"), InstanceTypes=[pool.size])
    if not answer.get("InstanceTypes"):
        alike = api.call("describe_instance_types", Filters=[{"Name": "instance-type", "Values": [f"{pool.size.partition('.')[0]}.*"]}], MaxResults=100)
        names = [one["InstanceType"] for one in alike.get("InstanceTypes") or []]
        raise InvalidInput(f"There is no size {pool.size!r} in region {pool.region}", where=where, why=answer.get("why", ""),
                           fix=f"use one of {listed(names)}" if names else "use an instance type of EC2, such as t3.medium")
    check_memory(pool, (answer["InstanceTypes"][0].get("MemoryInfo") or {}).get("SizeInMiB"), where)


def _checked_image(api: Ec2Api, pool: NodePool, where: str) -> tuple[str, int]:
    answer = api.call("describe_images", codes=("InvalidAMIID.NotFound", "InvalidAMIID.Malformed", "InvalidAMIID.Unavailable"), ImageIds=[pool.image])
    images = answer.get("Images") or []
    if not images:
        raise InvalidInput(f"There is no image {pool.image!r} in region {pool.region}", where=where, why=answer.get("why", ""),
                           fix="use the id of an AMI of that region, such as ami-0123456789abcdef0; each region has its own")
    image = images[0]
    if image.get("Platform") == "windows":
        raise InvalidInput(f"Image {pool.image} is Windows", where=where, why="nodes run Debian or Ubuntu", fix="use an image of one of them")
    root = image.get("RootDeviceName")
    least = max((one.get("Ebs", {}).get("VolumeSize") or 0 for one in image.get("BlockDeviceMappings") or [] if one.get("DeviceName") == root), default=0)
    if not root or not least:
        raise InvalidInput(f"Image {pool.image} has no disk of its own", where=where, why="its machines would lose everything when they are switched off",
                           fix="use an image whose root device is an EBS volume")
    if pool.disk is not None and pool.disk < least:
        raise InvalidInput(f"disk {pool.disk} is less than the {least} GiB that image {pool.image} needs", where=where, fix=f"use at least {least}")
    return str(root), least


def _check_key(api: Ec2Api, pool: NodePool, where: str) -> None:
    if not pool.ssh_keys:
        return
    answer = api.call("describe_key_pairs", codes=("InvalidKeyPair.NotFound",), KeyNames=[pool.ssh_keys[0]])
    if not answer.get("KeyPairs"):
        names = [one["KeyName"] for one in api.call("describe_key_pairs").get("KeyPairs") or []]
        raise InvalidInput(f"The account has no key pair {pool.ssh_keys[0]} in region {pool.region}", where=where, why=answer.get("why", ""),
                           fix="write the name of a key pair, or give ssh_public_key" + (f"; there are {listed(names)}" if names else ""))


def _chosen_subnets(api: Ec2Api, pool: NodePool, where: str) -> list[dict[str, Any]]:
    if pool.subnets:
        answer = api.call("describe_subnets", codes=("InvalidSubnetID.NotFound", "InvalidSubnetId.Malformed"), SubnetIds=list(pool.subnets))
        found = {one["SubnetId"]: one for one in answer.get("Subnets") or []}
        missing = [one for one in pool.subnets if one not in found]
        if missing:
            raise InvalidInput(f"There is no subnet {', '.join(missing)} in region {pool.region}", where=where, why=answer.get("why", ""),
                               fix="write ids of subnets of that region")
        if len({one["VpcId"] for one in found.values()}) > 1:
            raise InvalidInput("The subnets are in different networks", where=where, fix="use subnets of one VPC")
        return [found[one] for one in dict.fromkeys(pool.subnets)]
    asked = [{"Name": "vpc-id", "Values": [pool.network]}] if pool.network else [{"Name": "default-for-az", "Values": ["true"]}]
    found = sorted(api.all("describe_subnets", "Subnets", Filters=asked, MaxResults=PER_PAGE), key=lambda one: (one["AvailabilityZone"], one["SubnetId"]))
    if not found:
        raise InvalidInput(f"There is no subnet in {'network ' + pool.network if pool.network else 'the default network of region ' + pool.region}",
                           where=where, fix="write the id of a VPC with subnets as network, or ids of subnets")
    by_zone: dict[str, dict[str, Any]] = {}
    for one in found:
        by_zone.setdefault(one["AvailabilityZone"], one)
    if not pool.zones:
        return [next(iter(by_zone.values()))]
    missing = [zone for zone in pool.zones if zone not in by_zone]
    if missing:
        raise InvalidInput(f"There is no subnet in zone {', '.join(missing)}", where=where, fix=f"use zones of {listed(by_zone)}")
    return [by_zone[zone] for zone in dict.fromkeys(pool.zones)]


def _check_zones(api: Ec2Api, pool: NodePool, chosen: list[dict[str, Any]], where: str) -> None:
    """A size may be missing in one zone of a region."""
    zones = {str(one["AvailabilityZone"]) for one in chosen}
    offered = {one.get("Location") for one in api.all("describe_instance_type_offerings", "InstanceTypeOfferings", LocationType="availability-zone",
                                                      Filters=[{"Name": "instance-type", "Values": [pool.size]}], MaxResults=PER_PAGE)}
    if not zones <= offered:
        raise InvalidInput(f"Size {pool.size} is not available in zone {', '.join(sorted(zones - offered))}", where=where,
                           fix=f"use zones of {listed(str(zone) for zone in offered)}" if offered else "use another size")


def _check_groups(api: Ec2Api, groups: Sequence[str], network: str, where: str) -> None:
    if not groups:
        return
    answer = api.call("describe_security_groups", codes=("InvalidGroup.NotFound", "InvalidGroupId.Malformed"), GroupIds=list(groups))
    missing = set(groups) - {one["GroupId"] for one in answer.get("SecurityGroups") or [] if one.get("VpcId") == network}
    if missing:
        raise InvalidInput(f"There is no security group {', '.join(sorted(missing))} in network {network}", where=where, why=answer.get("why", ""),
                           fix="write ids of security groups of that network, or leave them out")
