# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names of many machines in one short text, such as "demo-web 1-34 40": for a provider that takes one text for all machines of a request."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_PART = re.compile(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?", re.ASCII)


def texts(names: Sequence[str], longest: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each text with the names in it, in their order. names: all like demo-web-7, from the lowest number to the highest."""
    text, inside, last = "", [], 0
    for name in names:
        prefix, dummy, number = name.rpartition("-")
        head, dummy, tail = text.rpartition(" ")
        longer = f"{head} {tail.partition('-')[0]}-{number}" if inside and int(number) == last + 1 else f"{text or prefix} {number}"
        if len(longer) > longest:
            yield text, tuple(inside)
            longer, inside = f"{prefix} {number}", []
        text, last = longer, int(number)
        inside.append(name)
    if inside:
        yield text, tuple(inside)


def name(text: str, index: int) -> str:
    """The name at that place, counted from 0; "" if the text has none there."""
    prefix, *parts = text.split(" ")
    for part in parts:
        found = _PART.fullmatch(part)
        if not found:
            return ""
        first = int(found[1])
        count = int(found[2] or first) - first + 1
        if 0 <= index < count:
            return f"{prefix}-{first + index}"
        index -= max(0, count)
    return ""
