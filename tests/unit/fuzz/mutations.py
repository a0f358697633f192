# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Answers that were good once, and then were changed in a few places. The same number gives the same answer, on every machine."""
from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2 ** 70, 1.5, float("inf"), "", "x", "True", "1", "a/b", "../..", "\x1b[2J\r\n", "\x00", "\ud800", "ä" * 300, "{{ 7 * 7 }}",
    "=" * 5000, "2026-03-01T12:00:00Z", "9999-99-99", [], [None], [1], ["x"], [[]], [{}], {}, {"": ""}, {"a": 1}, {"name": "x"}, {"a": {"b": {"c": []}}})
TEXTS = ("", "\n", "=", " = ", "yes", "no", "-1", "0", "99999999999999999999999", "\x00", "\x1b[2J", "ä", "\ud800", "a b c", "eth0=::1/999 x=y", "x" * 10_000,
         "{{ 7 * 7 }}", "١٢٣", "1e9", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "a: [", "- &a [*a]", "!!python/object:os.system x",
         "1.36.3", "v1", "10.0.0.0/8", "203.0.113.21", "cluster=demo\nca=x", "9" * 5000)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of everything in it, with the whole as ()."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, item in inner for found in places(item, (*path, key)))]


def changed(random: Random, good: Any) -> Any:
    value = copy.deepcopy(good)
    for dummy in range(random.choice((1, 1, 1, 2, 5))):
        path = random.choice(places(value))
        if not path:
            if random.random() < 0.1:
                value = copy.deepcopy(random.choice(STRANGE))
            continue
        parent = value
        for key in path[:-1]:
            parent = parent[key]
        how = random.random()
        if how < 0.15:
            del parent[path[-1]]
        elif how < 0.25 and isinstance(parent[path[-1]], dict):
            parent[path[-1]][random.choice(("", "x", "name", "metadata", "\x1b"))] = copy.deepcopy(random.choice(STRANGE))
        else:
            parent[path[-1]] = copy.deepcopy(random.choice(STRANGE))
    return value


def body_of(random: Random, good: Any) -> bytes:
    """Mostly JSON."""
    data = json.dumps(changed(random, good)).encode("utf-8", "surrogatepass")
    how = random.random()
    if how < 0.03:
        return data[:random.randrange(len(data) + 1)]
    if how < 0.06:
        place = random.randrange(len(data) + 1)
        return data[:place] + random.choice((b"\xff", b"\x00", b"{", b"]", b'"', b"<html>", b"[" * 5000)) + data[place:]
    return data


def texts_of(random: Random, good: dict[str, str]) -> dict[str, str]:
    """Words of a host."""
    value = dict(good)
    for dummy in range(random.choice((1, 1, 2, 5, 20))):
        key = random.choice(list(good))
        how = random.random()
        if how < 0.1:
            value.pop(key, None)
        elif how < 0.3:
            text = value.get(key, "")
            place = random.randrange(len(text) + 1)
            value[key] = text[:place] + random.choice(TEXTS) + text[place:]
        else:
            value[key] = random.choice(TEXTS)
    return value
