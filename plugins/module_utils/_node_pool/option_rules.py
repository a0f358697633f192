# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may stand in an option of a node pool: each kind of text or number is looked at here, before anything is made of it. All raise InvalidInput."""
from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import OWN_TAGS

# more is a slip of the finger; who needs more makes another pool
MOST = 1000

# it may become part of the path of a request: no slash, and no dot at its beginning
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_:-]{1,255}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_PUBLIC_KEY = re.compile(r"(ssh-ed25519|ssh-rsa) ([A-Za-z0-9+/]+={0,2})( [^\r\n\0]*)?", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_USER = re.compile(r"[a-z_][a-z0-9_.-]{0,31}", re.ASCII)


def whole_number(value: Any, what: str, where: str, *, least: int = 0, most: int = MOST) -> int:
    """The number, as a number or as text of digits, which is what -e gives. Raises InvalidInput."""
    number = value if isinstance(value, int) and not isinstance(value, bool) else None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        number = int(value)
    if number is None or not least <= number <= most:
        raise InvalidInput(f"{what} {shown(value)} can't be used", where=where, fix=f"use a whole number from {least} to {most}")
    return number


def word(value: Any, what: str, where: str) -> str:
    """A provider's word for something, such as a region. Raises InvalidInput."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _WORD.fullmatch(text):
        raise InvalidInput(f"{what} {shown(value)} is not valid", where=where, fix="use the provider's name for it")
    return text


def network(value: Any, where: str) -> str:
    # it becomes part of the path of a request
    if value and (not isinstance(value, str) or not _ID.fullmatch(value)):
        raise InvalidInput(f"Network {shown(value)} is not valid", where=where, fix="use the provider's id of it")
    return value or ""


def words(given: dict[str, Any], key: str, what: str, where: str, one: Callable[[Any, str, str], str] = word) -> tuple[str, ...]:
    values = given.get(key)
    if values is not None and not isinstance(values, (list, tuple)):
        raise InvalidInput(f"{key} {shown(values)} is not a list", where=where, fix="write it as a list")
    return tuple(one(value, what, where) for value in values or ())


def tag(value: Any, what: str, where: str) -> str:
    if not isinstance(value, str) or not _TAG.fullmatch(value):
        raise InvalidInput(f"{what} {shown(value)} is not valid", where=where, fix="use letters, digits, ':', '-' and '_'")
    if value.lower().startswith(OWN_TAGS):
        raise InvalidInput(f"{what} {shown(value)} can't be given", where=where,
                           why=f"tags that begin with {OWN_TAGS} are reserved, because the collection finds its machines by them",
                           fix="choose another word")
    return value


def ssh_user(value: Any, where: str) -> str:
    # it becomes a word of ssh's command line
    if value and (not isinstance(value, str) or not _USER.fullmatch(value)):
        raise InvalidInput(f"ssh_user {shown(value)} is not valid", where=where, fix="use the name of a user of the image, such as root or ubuntu")
    return value or ""


def cidr(value: Any, what: str, where: str) -> str:
    try:
        network = ipaddress.IPv4Network(value) if isinstance(value, str) else None
    except ValueError:
        network = None
    if network is None or str(network) != value:
        raise InvalidInput(f"{what} {shown(value)} is not valid", where=where, fix="use the form 203.0.113.0/24, without host bits")
    return value


def public_key(value: Any, where: str) -> str:
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


def switch(value: Any, what: str, where: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise InvalidInput(f"{what} {shown(value)} can't be used", where=where, fix="write true or false")
    return value


def one_of(value: Any, choices: tuple[str, ...], what: str, where: str) -> str:
    """"" if it was not given."""
    if value not in (None, "", *choices):
        raise InvalidInput(f"{what} {shown(value)} can't be used", where=where, fix=f"write {' or '.join(choices)}")
    return value or ""
