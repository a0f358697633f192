# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a user wants of a node pool: alike machines of one provider that are nodes of one cluster."""
from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._model.versions import shown

# more is a slip of the finger; who needs more makes another pool
MOST = 1000
# what a node's name may have, see _plan/node.py
LONGEST_MACHINE_NAME = 52

_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?", re.ASCII)
# it may become part of the path of a request: no slash, and no dot at its beginning
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_:-]{1,255}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_PUBLIC_KEY = re.compile(r"(ssh-ed25519|ssh-rsa) ([A-Za-z0-9+/]+={0,2})( [^\r\n\0]*)?", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
# machines carry tags that begin so; a user's tag that does would make machines look like another cluster's
OWN_TAGS = "kubermatic-caas"
# provider -> what only its pools have
ONLY_AT = {"aws": ("zones", "subnets", "public_address", "ssh_public_key", "ssh_cidrs", "security_groups")}


@dataclass(frozen=True, slots=True)
class NodePool:
    """node_count: how many machines there shall be. min_node_count, max_node_count: what node_count may be. zones: for providers that have them.

    disk: GiB, None for what the size brings. tags: the user's own. labels, taints: of its nodes, in the form of role node.
    ssh_keys: names of keys that the provider has. network: the provider's id of a private network, "" for its default.
    subnets: ids; machines are spread over them. public_address: None for what the subnet says. ssh_public_key: becomes a key of the provider's.
    ssh_cidrs: who may reach the machines by SSH. security_groups: ids, in place of those that the pool gets of its own.
    """

    cluster: str
    name: str
    provider: str
    node_count: int
    region: str
    size: str
    image: str
    min_node_count: int = 0
    max_node_count: int = MOST
    zones: tuple[str, ...] = ()
    disk: int | None = None
    network: str = ""
    ssh_keys: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    taints: tuple[dict[str, str], ...] = ()
    subnets: tuple[str, ...] = ()
    public_address: bool | None = None
    ssh_public_key: str = ""
    ssh_cidrs: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()

    def machine_name(self, number: int) -> str:
        return f"{self.cluster}-{self.name}-{number}"

    def is_machine_name(self, name: str) -> bool:
        """True if a machine of this pool could be called so."""
        prefix, dummy, number = name.rpartition("-")
        return prefix == f"{self.cluster}-{self.name}" and bool(_NUMBER.fullmatch(number)) and number == str(int(number))


def whole_number(value: Any, what: str, where: str, *, least: int = 0, most: int = MOST) -> int:
    """The number, as a number or as text of digits, which is what -e gives. Raises InvalidInput."""
    number = value if isinstance(value, int) and not isinstance(value, bool) else None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        number = int(value)
    if number is None or not least <= number <= most:
        raise InvalidInput(f"{what} {shown(value)} can't be used", where=where, fix=f"use a whole number from {least} to {most}")
    return number


def pool_name(name: Any, cluster: str, most: int = MOST) -> str:
    """The name itself. Raises InvalidInput, also if the names of its machines would become too long."""
    where = f"node pool of cluster {cluster}"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidInput(f"Node pool name {shown(name)} is not valid", where=where,
                           fix="use lower-case letters, digits and '-', first a letter, last a letter or digit")
    room = LONGEST_MACHINE_NAME - len(f"{cluster}--{most}")
    if len(name) > room:
        raise InvalidInput(f"Node pool name {shown(name)} is too long", where=where,
                           why=f"its machines are called {cluster}-{name[:10]}...-{most}, and {LONGEST_MACHINE_NAME} characters are the most",
                           fix=f"use at most {room} characters")
    return name


def word(value: Any, what: str, where: str) -> str:
    """A provider's word for something, such as a region. Raises InvalidInput."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _WORD.fullmatch(text):
        raise InvalidInput(f"{what} {shown(value)} is not valid", where=where, fix="use the provider's own word for it")
    return text


def _network(value: Any, where: str) -> str:
    # it becomes part of the path of a request
    if value and (not isinstance(value, str) or not _ID.fullmatch(value)):
        raise InvalidInput(f"Network {shown(value)} is not valid", where=where, fix="use the provider's id of it")
    return value or ""


def _words(given: dict[str, Any], key: str, what: str, where: str, one: Callable[[Any, str, str], str] = word) -> tuple[str, ...]:
    values = given.get(key)
    if values is not None and not isinstance(values, (list, tuple)):
        raise InvalidInput(f"{key} {shown(values)} is not a list", where=where, fix="write it as a list")
    return tuple(one(value, what, where) for value in values or ())


def _tag(value: Any, what: str, where: str) -> str:
    if not isinstance(value, str) or not _TAG.fullmatch(value):
        raise InvalidInput(f"{what} {shown(value)} is not valid", where=where, fix="use letters, digits, ':', '-' and '_'")
    if value.lower().startswith(OWN_TAGS):
        raise InvalidInput(f"{what} {shown(value)} can't be given", where=where, why=f"tags that begin with {OWN_TAGS} say whose a machine is",
                           fix="choose another word")
    return value


def _cidr(value: Any, what: str, where: str) -> str:
    try:
        network = ipaddress.IPv4Network(value) if isinstance(value, str) else None
    except ValueError:
        network = None
    if network is None or str(network) != value:
        raise InvalidInput(f"{what} {shown(value)} is not valid", where=where, fix="use the form 203.0.113.0/24, without host bits")
    return value


def _public_key(value: Any, where: str) -> str:
    """Says nothing of the key: it may be a private one by mistake."""
    if value in (None, ""):
        return ""
    text = value.strip() if isinstance(value, str) else ""
    found = _PUBLIC_KEY.fullmatch(text)
    try:
        data = base64.b64decode(found[2], validate=True) if found else b""
    except (binascii.Error, ValueError):
        data = b""
    # a key says itself of what kind it is
    if not found or data[4:4 + int.from_bytes(data[:4], "big")] != found[1].encode():
        raise InvalidInput("ssh_public_key is not valid", where=where, why="it holds a private key" if "PRIVATE" in text else "",
                           fix="give the one line of a public key that begins with ssh-ed25519 or ssh-rsa")
    return text


def _switch(value: Any, what: str, where: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise InvalidInput(f"{what} {shown(value)} can't be used", where=where, fix="write true or false")
    return value


def _check_provider_has(given: dict[str, Any], provider: str, where: str) -> None:
    for other, keys in ONLY_AT.items():
        for key in keys:
            if provider != other and given.get(key) not in (None, "", [], ()):
                raise InvalidInput(f"{key} is only for node pools at {other}", where=where, fix="leave it out")


def node_pool(cluster: str, provider: str, given: dict[str, Any]) -> NodePool:
    """The pool that the variables describe. Raises InvalidInput with the first thing that is wrong."""
    name = pool_name(given.get("name"), cluster)
    where = f"node pool {name} of cluster {cluster}"
    least = whole_number(given.get("min_node_count") or 0, "min_node_count", where)
    most = MOST if given.get("max_node_count") is None else whole_number(given["max_node_count"], "max_node_count", where)
    if least > most:
        raise InvalidInput(f"min_node_count {least} is more than max_node_count {most}", where=where, fix="swap them")
    count = whole_number(given.get("node_count"), "node_count", where)
    if not least <= count <= most:
        raise InvalidInput(f"node_count {count} is {'more than max_node_count ' + str(most) if count > most else 'less than min_node_count ' + str(least)}",
                           where=where, fix="change node_count, or the limit if that is meant")
    _check_provider_has(given, provider, where)
    return NodePool(
        cluster=cluster, name=name, provider=provider, node_count=count, min_node_count=least, max_node_count=most,
        region=word(given.get("region"), "Region", where), size=word(given.get("size"), "Size", where),
        image=word(given.get("image"), "Image", where), zones=_words(given, "zones", "Zone", where),
        disk=None if given.get("disk") is None else whole_number(given["disk"], "disk", where, least=10, most=100_000),
        network=_network(given.get("network"), where),
        ssh_keys=_words(given, "ssh_keys", "SSH key", where),
        tags=_words(given, "tags", "Tag", where, _tag),
        labels=dict(given.get("labels") or {}), taints=tuple(given.get("taints") or ()),
        subnets=_words(given, "subnets", "Subnet", where), security_groups=_words(given, "security_groups", "Security group", where),
        public_address=_switch(given.get("public_address"), "public_address", where), ssh_public_key=_public_key(given.get("ssh_public_key"), where),
        ssh_cidrs=_words(given, "ssh_cidrs", "ssh_cidrs", where, _cidr))


def no_pool(cluster: str, provider: str, name: Any) -> NodePool:
    """The pool of that name with nothing in it."""
    return NodePool(cluster=cluster, name=pool_name(name, cluster), provider=provider, node_count=0, region="", size="", image="")


def check_unique(cluster: str, names: Iterable[str]) -> None:
    """Raises InvalidInput if two pools of one cluster have one name."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidInput(f"Two node pools are called {shown(name)}", where=f"cluster {cluster}", fix="give each a name of its own")
        seen.add(name)
