# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A unit of the benchmark: variants of the same work, measured in turn, and what is wanted of them."""
from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmark import machine
from benchmark.figures import Target


@dataclass(frozen=True, slots=True)
class Value:
    """One measurement. details: what else was seen, by name; marks: what was reached on the way -> seconds from the begin, in this order."""

    value: float
    details: dict[str, float] = field(default_factory=dict)
    marks: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """variants: name -> takes one sample and cleans up after it. warm: variants that run once before anything counts.

    about: what is measured and how, for the reader of the table; why: what keeps it from a target, shown if one is missed;
    samples: of each variant, unless the caller says otherwise.
    """

    letter: str
    title: str
    about: str
    measure: str
    variants: dict[str, Callable[[], Value]]
    targets: tuple[Target, ...]
    warm: tuple[str, ...] = ()
    samples: int = 5
    why: str = ""


def measured(unit: Unit, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """All samples, in the order A-B-A-B, as plain data. Each knows how busy the machine was right before it.

    An interrupt ends it early, and the rounds that were complete count.
    """
    for name in unit.warm:
        say(f"{unit.letter}  {name}: once before it counts")
        unit.variants[name]()
    begin = time.time()
    samples: dict[str, list[dict[str, Any]]] = {name: [] for name in unit.variants}
    try:
        _rounds(unit, rounds, samples, say)
    except KeyboardInterrupt:
        complete = min(map(len, samples.values()))
        if not complete:
            raise
        say(f"{unit.letter}  interrupted: {complete} of {rounds} rounds count")
        samples = {name: taken[:complete] for name, taken in samples.items()}
    return {
        "title": unit.title, "about": unit.about, "why": unit.why, "measure": unit.measure,
        "rounds": min(map(len, samples.values())), "began": begin, "took": time.time() - begin,
        "conditions": machine.conditions(), "samples": samples,
        "targets": [{"of": target.of, "against": target.against, "at_most": target.at_most, "times_faster": target.times_faster} for target in unit.targets],
    }


def _rounds(unit: Unit, rounds: int, samples: dict[str, list[dict[str, Any]]], say: Callable[[str], None]) -> None:
    for number in range(1, rounds + 1):
        for name, take in unit.variants.items():
            load, busy = os.getloadavg()[0], machine.busy()
            taken = take()
            samples[name].append({"value": taken.value, "load": load, "busy": busy, **({"details": taken.details} if taken.details else {}),
                                  **({"marks": taken.marks} if taken.marks else {})})
            details = ", ".join(f"{key} {value:.2f}" for key, value in taken.details.items())
            say(f"{unit.letter}  {name} {number}/{rounds}: {taken.value:.2f} {unit.measure}  (before: {busy:.0%} busy{f'; {details}' if details else ''})")
