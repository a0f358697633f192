# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Hetzner Cloud offers: whether it can create a pool, and what a machine costs. Asked only before machines are made."""
from __future__ import annotations

import math
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, listed
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool, check_memory
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.api_client import HetznerApi

# as Hetzner Cloud names the distributions that nodes may run
SYSTEMS = ("debian", "ubuntu")


def check(api: HetznerApi, pool: NodePool) -> str:
    """The price of one machine, "" if it isn't told. Raises InvalidInput with what is known instead."""
    where = f"node pool {pool.name} of cluster {pool.cluster} at Hetzner Cloud"
    locations = _by_name(api, "locations")
    if pool.region not in locations:
        raise InvalidInput(f"There is no region {pool.region!r}", where=where, fix=f"use one of {listed(locations)}")
    sizes = _by_name(api, "server_types")
    offered = {name: one for name, one in sizes.items() if _price(one, pool.region) is not None}
    if pool.size not in offered:
        what = f"Size {pool.size} is not available in region {pool.region}" if pool.size in sizes else f"There is no size {pool.size!r}"
        raise InvalidInput(what, where=where, fix=f"use one of {listed(offered)}")
    size = offered[pool.size]
    memory, disk = size.get("memory"), size.get("disk")
    check_memory(pool, int(memory * 1024) if isinstance(memory, (int, float)) and math.isfinite(memory) else None, where)
    if pool.disk is not None and isinstance(disk, int) and pool.disk > disk:
        raise InvalidInput(f"disk {pool.disk} is more than the {disk} GiB that size {pool.size} has", where=where,
                           why="a server's disk comes with its size", fix="use a larger size, or leave disk out")
    _check_image(api, pool, str(size.get("architecture", "x86")), where)
    _check_keys(api, pool, where)
    _check_network(api, pool, locations[pool.region], where)
    return _shown(api, _price(size, pool.region) or {})


def _check_image(api: HetznerApi, pool: NodePool, architecture: str, where: str) -> None:
    if pool.image.isdecimal():
        found = (api.find(f"images/{pool.image}") or {}).get("image")
        images = [found] if isinstance(found, dict) else []
    else:
        images = [one for one in api.all("images", {"name": pool.image, "architecture": architecture}) if one.get("name") == pool.image]
    if not images:
        known = {str(one.get("name")) for one in api.all("images", {"type": "system", "architecture": architecture})}
        raise InvalidInput(f"There is no image {pool.image!r} for {architecture}", where=where, fix=f"use one of {listed(known)}, or an id")
    system = images[0].get("os_flavor")
    if images[0].get("type") == "system" and isinstance(system, str) and system not in SYSTEMS:
        raise InvalidInput(f"Image {pool.image} is {system[:40]}", where=where, why=f"nodes run {' or '.join(SYSTEMS)}", fix="use an image of one of them")


def _check_keys(api: HetznerApi, pool: NodePool, where: str) -> None:
    if not pool.ssh_keys:
        return
    known = {str(one.get(field)) for one in api.all("ssh_keys") for field in ("id", "name")}
    missing = [key for key in pool.ssh_keys if key not in known]
    if missing:
        raise InvalidInput(f"The project has no SSH key {', '.join(missing)}", where=where, fix="add it to the project, and write its name or its id")


def _check_network(api: HetznerApi, pool: NodePool, location: dict[str, Any], where: str) -> None:
    if not pool.network:
        return
    found = (api.find(f"networks/{pool.network}") or {}).get("network") if pool.network.isdecimal() else None
    subnets = found.get("subnets") if isinstance(found, dict) else None
    zones = {str(one.get("network_zone")) for one in subnets if isinstance(one, dict)} if isinstance(subnets, list) else set()
    if str(location.get("network_zone")) not in zones:
        raise InvalidInput(f"There is no network {pool.network} with a subnet in region {pool.region}", where=where,
                           fix="write the id of a network with a subnet in the network zone of the region")


def _price(size: dict[str, Any], region: str) -> dict[str, Any] | None:
    """None if the size is not offered there."""
    prices = size.get("prices")
    return next((one for one in prices if isinstance(one, dict) and one.get("location") == region), None) if isinstance(prices, list) else None


def _shown(api: HetznerApi, price: dict[str, Any]) -> str:
    try:
        hourly, monthly = (float(price[period]["net"]) for period in ("price_hourly", "price_monthly"))
        currency = str(api.request("GET", "pricing")["pricing"]["currency"])[:3]
    except (KeyError, TypeError, ValueError):
        return ""
    return f"{hourly:.4g} {currency} an hour, {monthly:.6g} a month"


def _by_name(api: HetznerApi, kind: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in api.all(kind) if isinstance(one.get("name"), str)}
