# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Quantities of Kubernetes: the server stores "1000m" as "1" and "1024Mi" as "1Gi"."""
from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?", re.ASCII)
_DECIMAL = {suffix: Decimal(10) ** power for suffix, power in (
    ("n", -9), ("u", -6), ("m", -3), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18))}
_BINARY = {f"{prefix}i": Decimal(1024) ** power for power, prefix in enumerate("KMGTPE", start=1)}
_SCALE = {**_DECIMAL, **_BINARY}
# fields whose values, and maps whose entries, are quantities
_FIELDS = {"sizeLimit", "divisor"}
_MAPS = {"requests", "limits", "capacity", "hard", "allocatable", "overhead", "podFixed", "max", "min", "default", "defaultRequest"}
_FREE_TEXT = {"data", "annotations", "labels"}


def amount(value: Any) -> Decimal | None:
    """The number that a quantity is, None if this is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    match = _QUANTITY.fullmatch(str(value))
    if not match:
        return None
    number, exponent, suffix = match.groups()
    return Decimal(number + (exponent or "")) * _SCALE.get(suffix or "", Decimal(1))


def is_quantity(path: tuple[str, ...]) -> bool:
    """Whether the field at a path of keys holds a quantity."""
    if not path or not _FREE_TEXT.isdisjoint(path):
        return False
    return path[-1] in _FIELDS or (len(path) > 1 and path[-2] in _MAPS)


def same(one: Any, other: Any) -> bool:
    first = amount(one)
    return first is not None and first == amount(other)
