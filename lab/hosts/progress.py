# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What happens now and how long it took, one line each, in order also when several threads speak."""
from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_one_at_a_time = threading.Lock()


def say(line: str) -> None:
    with _one_at_a_time:
        print(line, flush=True)


@contextmanager
def step(title: str, *, announce: bool = False) -> Iterator[None]:
    """Prints the title with its duration when it is done; announce also prints it at the start of something long."""
    if announce:
        say(f"  {title} ...")
    begin = time.monotonic()
    yield
    say(f"  {title:<58} {time.monotonic() - begin:6.1f} s")
