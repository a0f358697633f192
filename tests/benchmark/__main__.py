# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Measures units of the benchmark, and writes what was seen as JSON and as a page. UNITS, SAMPLES and KEEP come from the environment."""
from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
import time
from pathlib import Path

import pytest

from benchmark import report, units
from benchmark.figures import written
from benchmark.place import Failed, Place
from benchmark.unit import Unit, measured

ROOT = Path(__file__).resolve().parents[2]
BEGIN = time.monotonic()


def say(text: str) -> None:
    print(f"{time.monotonic() - BEGIN:7.1f} s  {text}", flush=True)


def modules() -> dict[str, str]:
    """Letter of a unit -> name of its module."""
    return {module.name[0]: module.name for module in pkgutil.iter_modules(units.__path__)}


def chosen() -> list[str]:
    known, wanted = modules(), os.environ.get("UNITS", "").replace(",", " ").split()
    strangers = [letter for letter in wanted if letter not in known]
    if strangers:
        sys.exit(f"bench: there is no unit {' '.join(strangers)}. Units: {' '.join(sorted(known))}.")
    return wanted or sorted(known)


def rounds(given: str | None, usual: int) -> int:
    if not given:
        return usual
    if not given.isdigit() or not int(given):
        sys.exit(f"bench: SAMPLES is {given!r}. Give a number of samples, such as 3.")
    return int(given)


def keep(letter: str, found: dict, directory: Path) -> None:
    """Beside what other runs found of other units."""
    file = directory / "benchmarks.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    known[letter] = found
    file.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n")
    (directory / "benchmarks.md").write_text(report.page(known))


def run(letter: str, unit: Unit, place: Place, samples: str | None, directory: Path) -> int:
    """Number of targets missed."""
    try:
        found = measured(unit, rounds(samples, unit.samples), say)
    finally:
        place.unit_ended()
    keep(letter, found, directory)
    if found["rounds"] < rounds(samples, unit.samples):
        # what was complete is kept, the rest ends here
        raise KeyboardInterrupt
    for target, ratio, holds in report.verdicts(found):
        say(f"{letter}  {target.of} against {target.against}: {written(ratio)}×, wanted {target.wanted()}: {'holds' if holds else 'MISSED'}")
    return sum(not holds for dummy, dummy2, holds in report.verdicts(found))


def main() -> int:
    letters, samples = chosen(), os.environ.get("SAMPLES")
    directory = Path(os.environ.get("OUT") or ROOT / "docs")
    directory.mkdir(parents=True, exist_ok=True)
    # before any of them runs: where Ansible's loader of plugins has begun, nothing of a collection can be imported any more
    chosen_units = {letter: importlib.import_module(f"benchmark.units.{modules()[letter]}") for letter in letters}
    place, missed, failed = Place(say), 0, []
    try:
        for letter, module in chosen_units.items():
            try:
                missed += run(letter, module.unit(place), place, samples, directory)
            # what tests/api starts says by pytest.fail that it did not come up
            except (Failed, AssertionError, TimeoutError, pytest.fail.Exception) as error:
                # the others can still be measured
                say(f"{letter}  could not be measured: {error}")
                failed.append(letter)
    finally:
        place.close()
    print(f"\n{directory / 'benchmarks.md'}: {missed or 'no'} target{'' if missed == 1 else 's'} missed{f', not measured: {failed}' if failed else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
