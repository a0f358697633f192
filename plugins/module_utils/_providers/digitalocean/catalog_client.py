# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What DigitalOcean offers: whether it can create a pool, and what a machine costs. Asked only before machines are made."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, InvalidInput, listed
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool, check_memory
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi

# as DigitalOcean names the distributions that nodes may run
SYSTEMS = ("Debian", "Ubuntu")


def check(api: DigitalOceanApi, pool: NodePool) -> str:
    """The price of one machine, "" if it isn't told. Raises InvalidInput with what is known instead."""
    where = f"node pool {pool.name} of cluster {pool.cluster} at DigitalOcean"
    regions = {one["slug"]: one for one in _all(api, "regions")}
    if pool.region not in regions:
        raise InvalidInput(f"There is no region {pool.region!r}", where=where, fix=f"use one of {listed(regions)}")
    if regions[pool.region].get("available") is False:
        raise InvalidInput(f"Region {pool.region} accepts no new machines", where=where, fix="use another region")
    sizes = {one["slug"]: one for one in _all(api, "sizes")}
    offered = {slug: one for slug, one in sizes.items() if pool.region in (one.get("regions") or ())}
    if pool.size not in offered:
        what = f"Size {pool.size} is not available in region {pool.region}" if pool.size in sizes else f"There is no size {pool.size!r}"
        raise InvalidInput(what, where=where, fix=f"use one of {listed(offered)}")
    size = offered[pool.size]
    if size.get("available") is False:
        raise InvalidInput(f"Size {pool.size} accepts no new machines", where=where, fix=f"use one of {listed(set(offered) - {pool.size})}")
    check_memory(pool, size.get("memory"), where)
    if pool.disk is not None and isinstance(size.get("disk"), int) and pool.disk > size["disk"]:
        raise InvalidInput(f"disk {pool.disk} is more than the {size['disk']} GiB that size {pool.size} has", where=where,
                           why="a droplet's disk comes with its size", fix="use a larger size, or leave disk out")
    _check_image(api, pool, where)
    _check_keys(api, pool, where)
    _check_network(api, pool, where)
    hourly, monthly = size.get("price_hourly"), size.get("price_monthly")
    return f"{hourly:.4g} USD an hour, {monthly:.6g} a month" if isinstance(hourly, (int, float)) and isinstance(monthly, (int, float)) else ""


def _check_image(api: DigitalOceanApi, pool: NodePool, where: str) -> None:
    try:
        image = api.request("GET", f"images/{pool.image}").get("image")
    except ApiError as error:
        if error.status != 404:
            raise
        known = [str(one.get("slug") or one.get("id")) for one in _items(api, "images", {"type": "distribution"})]
        raise InvalidInput(f"There is no image {pool.image!r}", where=where, why=error.why, fix=f"use one of {listed(known)}, or an id") from None
    if not isinstance(image, dict):
        return
    system = image.get("distribution")
    # of an image of one's own DigitalOcean knows it only if its owner said so
    if image.get("public") and isinstance(system, str) and system not in SYSTEMS:
        raise InvalidInput(f"Image {pool.image} is {system[:40]}", where=where, why=f"nodes run {' or '.join(SYSTEMS)}", fix="use an image of one of them")
    regions = image.get("regions")
    if isinstance(regions, list) and pool.region not in regions:
        raise InvalidInput(f"Image {pool.image} is not available in region {pool.region}", where=where, fix="use another image or region")


def _check_keys(api: DigitalOceanApi, pool: NodePool, where: str) -> None:
    if not pool.ssh_keys:
        return
    keys = [one for items, dummy in api.pages("account/keys", "ssh_keys") for one in items if isinstance(one, dict)]
    known = {str(one.get(field)): str(one.get("name")) for one in keys for field in ("id", "fingerprint")}
    missing = [key for key in pool.ssh_keys if key not in known]
    if missing:
        raise InvalidInput(f"The account has no SSH key {', '.join(missing)}", where=where,
                           fix="add it to the account, and write its id or its fingerprint"
                               + (f"; there are {listed(f'{key} ({name})' for key, name in known.items() if ':' in key)}" if known else ""))


def _check_network(api: DigitalOceanApi, pool: NodePool, where: str) -> None:
    if not pool.network:
        return
    try:
        network = api.request("GET", f"vpcs/{pool.network}").get("vpc")
    except (ApiError, InvalidInput) as error:
        if getattr(error, "status", 0) not in (0, 404):
            raise
        network = None
    if not isinstance(network, dict) or network.get("region") != pool.region:
        raise InvalidInput(f"There is no VPC {pool.network} in region {pool.region}", where=where, fix="write the id of a VPC of that region, or leave it out")


def _items(api: DigitalOceanApi, key: str, query: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    return [one for items, dummy in api.pages(key, key, query) for one in items if isinstance(one, dict)]


def _all(api: DigitalOceanApi, key: str) -> list[dict[str, Any]]:
    return [one for one in _items(api, key) if isinstance(one.get("slug"), str)]
