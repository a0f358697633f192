# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The page with the tables, made of the measured data alone, so that units of different runs stand side by side."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from benchmark.figures import Spread, Target, written

INTRODUCTION = """\
# Benchmarks

This page compares the collection with doing the same by hand. `make bench` writes it; run it to measure on your own machine. `make bench UNITS="b c"` measures
some of the units, `SAMPLES=3` takes three samples of each variant, `KEEP=1` keeps the lab for the next run. All figures are also in
[benchmarks.json](benchmarks.json).

The variants of a unit take turns (A-B-A-B), so that changes in the load of the machine affect all of them. A figure is the median, followed by the least and
the greatest sample. Seeds and nodes are [lab](lab.md) hosts, systemd containers on the machine that also runs ansible-playbook: all of them share its cores,
and images and binaries come from the same machine. *busy before* is the share of the cores in use right before a sample, by the idle seed and
by everything else on the machine. Where a target is missed, the unit explains why.
"""
# share of the cores from which on other load counts
BUSY = 0.5
CROWDED = """\
**The machine was busy with other things during this measurement.** All variants met that alike, but it slows down everything that needs several
processes, so on a quiet machine the ratios may differ.
"""


def page(units: dict[str, dict[str, Any]]) -> str:
    parts = [INTRODUCTION, "## Targets\n", _targets(units)]
    parts += [_section(letter, unit) for letter, unit in sorted(units.items())]
    return "\n".join(parts).rstrip() + "\n"


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    header = list(header)
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def verdicts(unit: dict[str, Any]) -> list[tuple[Target, float, bool]]:
    medians = {name: Spread.of([sample["value"] for sample in samples]).median for name, samples in unit["samples"].items()}
    targets = [Target(**target) for target in unit["targets"]]
    return [(target, target.ratio(medians), target.holds(medians)) for target in targets]


def _targets(units: dict[str, dict[str, Any]]) -> str:
    rows = [(f"{letter}. {unit['title']}", f"{target.of} against {target.against}", target.wanted(), f"{written(ratio)}×", "holds" if holds else "**missed**")
            for letter, unit in sorted(units.items()) for target, ratio, holds in verdicts(unit)]
    return table(("unit", "what", "target", "measured", "verdict"), rows)


def _section(letter: str, unit: dict[str, Any]) -> str:
    rows = []
    for name, samples in unit["samples"].items():
        spread = Spread.of([sample["value"] for sample in samples])
        busy = Spread.of([sample["busy"] for sample in samples])
        rows.append((name, f"{written(spread.median)} {unit['measure']}", f"{written(spread.least)} to {written(spread.greatest)}", str(spread.count),
                     f"{busy.median:.0%}", _details(samples)))
    conditions = ", ".join(f"{name} {value}" for name, value in unit["conditions"].items() if value)
    crowded = max(Spread.of([sample["busy"] for sample in samples]).median for samples in unit["samples"].values()) > BUSY
    moment = datetime.fromtimestamp(unit["began"], UTC)
    return "\n".join([
        f"## {letter}. {unit['title']}\n", f"{unit['about'].rstrip()}\n",
        *([f"Why a target is missed: {unit['why'].rstrip()}\n"] if unit.get("why") and not all(holds for dummy, dummy2, holds in verdicts(unit)) else []),
        table(("variant", "median", "least to greatest", "samples", "busy before", "part of it, or measured beside it"), rows),
        *(_ways(name, samples) for name, samples in unit["samples"].items() if any("marks" in sample for sample in samples)),
        *([CROWDED] if crowded else []),
        f"Measured {moment:%Y-%m-%d %H:%M} UTC: {conditions}.\n"])


def _ways(name: str, samples: list[dict[str, Any]]) -> str:
    """Where the seconds of a variant go: medians of when each mark was reached, in the order in which they were."""
    marks = [sample["marks"] for sample in samples if "marks" in sample]
    reached = {mark: Spread.of([found[mark] for found in marks if mark in found]).median for mark in dict.fromkeys(mark for found in marks for mark in found)}
    rows, before = [], 0.0
    for mark, seconds in sorted(reached.items(), key=lambda item: item[1]):
        rows.append((mark, f"{seconds:.2f} s", f"{seconds - before:.2f} s"))
        before = seconds
    return f"Where the seconds of *{name}* go:\n\n" + table(("what was reached", "after", "took"), rows)


def _details(samples: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for sample in samples for name in sample.get("details", {})))
    return ", ".join(f"{name} {written(Spread.of([sample['details'][name] for sample in samples if name in sample.get('details', {})]).median)}"
                     for name in names)
