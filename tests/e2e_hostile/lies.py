# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a host says of itself, changed on its way out: it does what a run tells it, and lies."""
from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from e2e.world import World
from e2e_hostile.neighbours import LAB

SHELL = "/usr/local/bin/sh"


def fact(name: str, value: str) -> str:
    """An expression for sed. name: a regular expression."""
    return rf"s|^\([^ ]* fact {name}=\).*|\1{value}|"


def text(name: str, encoded: str) -> str:
    """encoded: base64."""
    return rf"s|^\([^ ]* text {name} \).*|\1{encoded}|"


def appears(kind: str, line: str) -> str:
    """It tells something that it would not have told at all, beside its host name."""
    return rf"s|^\([^ ]*\) fact hostname=.*|&\n\1 {kind} {line}|"


def address(value: str) -> list[str]:
    return [fact("addresses", f"eth0={value}/24"), fact("source_address", value)]


EVERY = "[a-z0-9_]*"
# of every fact that it is asked for
STYLES = {
    "nothing": [fact(EVERY, ""), text("[^ ]*", "")],
    "numbers without end": [fact(EVERY, "9" * 500), text("[^ ]*", "OTk5" * 500)],
    "words of a shell": [fact(EVERY, "$(reboot); \\&\\& ../../etc/shadow {{ 7 * 7 }}"), text("[^ ]*", "not base64")],
    "negative numbers": [fact(EVERY, "-1"), text("[^ ]*", "LTE=")],
    "yes": [fact(EVERY, "yes")],
}


@contextmanager
def lying(world: World, host: str, expressions: Sequence[str]) -> Iterator[None]:
    words = " ".join(f"-e {shlex.quote(expression)}" for expression in expressions)
    script = f'#!/bin/dash\n{{ /bin/dash "$@"; echo $? >/run/lies.code; }} | sed -u {words}\nread -r code </run/lies.code\nexit "$code"\n'
    world.lab("exec", LAB, host, "--", "dash", "-c", f"printf %s {shlex.quote(script)} >{SHELL} && chmod 755 {SHELL}")
    try:
        yield
    finally:
        world.lab("exec", LAB, host, "--", "rm", "-f", SHELL, "/run/lies.code")
