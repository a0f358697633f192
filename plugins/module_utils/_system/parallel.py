# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Requests that don't depend on each other, several at a time: most of what one takes is waiting for its answer."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

# to one server
AT_ONCE = 4
Item = TypeVar("Item")
Answer = TypeVar("Answer")


def side_by_side(ask: Callable[[Item], Answer], items: Iterable[Item], *, at_once: int = AT_ONCE) -> list[Answer]:
    """Answers in the order of the items. ask: called from so many threads at once. Raises what the first item raised that did; then no further
    one is asked for, but the next few may have been."""
    items = list(items)
    if len(items) < 2:
        return [ask(item) for item in items]
    with ThreadPoolExecutor(min(at_once, len(items))) as executor:
        asked = [executor.submit(ask, item) for item in items]
        try:
            return [one.result() for one in asked]
        finally:
            for one in asked:
                one.cancel()
