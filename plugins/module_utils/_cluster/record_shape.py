# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a record may hold, all the way down. A user with the Role of this collection in a namespace can write anything there, and other runs read it."""
from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import RECORDED, ClusterSpec
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool

# raises ValueError with the place if the value is not of its kind
Check = Callable[[Any, str], None]
LONGEST_LINE = 4096
_WORD = re.compile(r"[A-Za-z0-9._:/-]{0,253}", re.ASCII)


def _is(value: Any, kind: type) -> bool:
    """A bool is an int for Python, and none for people."""
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _of(kind: type, name: str) -> Check:
    return _if(lambda value: _is(value, kind), name)


def _if(holds: Callable[[Any], bool], name: str) -> Check:
    def check(value: Any, where: str) -> None:
        if not holds(value):
            raise ValueError(f"{where} is not {name}")
    return check


text, number, flag = _of(str, "a string"), _of(int, "a whole number"), _of(bool, "true or false")
# it is shown in a table or in a sentence
line = _if(lambda value: isinstance(value, str) and value.isprintable() and len(value) <= LONGEST_LINE, "one line of text")
word = _if(lambda value: isinstance(value, str) and bool(_WORD.fullmatch(value)), "a word")


def anything(value: Any, where: str) -> None:
    """What is handed on as it is."""


def optional(check: Check) -> Check:
    return lambda value, where: None if value is None else check(value, where)


def listed(check: Check) -> Check:
    def every(value: Any, where: str) -> None:
        _of(list, "a list")(value, where)
        for place, item in enumerate(value):
            check(item, f"{where}[{place}]")
    return every


def mapping(check: Check) -> Check:
    def every(value: Any, where: str) -> None:
        _of(dict, "a mapping")(value, where)
        for key, item in value.items():
            check(item, f"{where}.{key[:100]}")
    return every


def known(checks: Mapping[str, Check]) -> Check:
    """Of a mapping what has a name here. Ignores fields of later releases."""
    def some(value: Any, where: str) -> None:
        _of(dict, "a mapping")(value, where)
        for key, check in checks.items():
            if key in value:
                check(value[key], f"{where}.{key}")
    return some


# how a field of a dataclass is annotated -> what it is in JSON
_ANNOTATED: dict[str, Check] = {
    "str": text, "int": number, "bool": flag, "int | None": optional(number), "bool | None": optional(flag), "dict[str, bool]": mapping(flag),
    "dict[str, str]": mapping(text), "dict[str, Any]": mapping(anything), "tuple[str, ...]": listed(text), "list[str]": listed(text),
    "tuple[dict[str, str], ...]": listed(mapping(text))}


def annotated(kind: type, names: tuple[str, ...] | None = None) -> dict[str, Check]:
    """Name of a field -> what it must be. names: only these fields."""
    return {one.name: _ANNOTATED[str(one.type)] for one in fields(kind) if names is None or one.name in names}


NOTES = mapping(text)
POOL = known({"provider": word, "place": word, "creating": NOTES, "removing": NOTES, "spec": known(annotated(NodePool))})
# of the fields of a record that are no line of text
FIELDS: dict[str, Check] = {
    "spec": known(annotated(ClusterSpec, RECORDED)),
    "versions": mapping(line),
    "nodes": mapping(known({"pool": text, "machine": text, "host_keys": listed(text)})),
    "pools": mapping(POOL),
    "upgrade": known({"from": word, "to": word, "began": word, "ended": word, "accepted": listed(word), "api": mapping(anything)}),
    "cloud": known({"providers": listed(word), "places": listed(word), "lent": listed(text), "retained": listed(text)}),
}


def check(name: str, value: Any) -> None:
    FIELDS.get(name, line)(value, name)


def loaded(given: str) -> Any:
    """From JSON. Raises ValueError for everything that could not be written again: half characters, numbers that are none, and what nests too deep."""
    try:
        data = json.loads(given, parse_constant=_no_number, parse_float=_finite)
        json.dumps(data, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it nests too deep") from None
    return data


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _finite(digits: str) -> float:
    found = float(digits)
    return found if math.isfinite(found) else _no_number(digits[:20])  # type: ignore[return-value]
