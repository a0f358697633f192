# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a figure is, what it is held against, and whether it holds. No I/O."""
from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A relation between the medians of two variants.

    at_most: `of` takes no more than this times what `against` takes; times_faster: `of` is at least so many times faster than `against`.
    """

    of: str
    against: str
    at_most: float | None = None
    times_faster: float | None = None

    def ratio(self, medians: dict[str, float]) -> float:
        of, against = medians[self.of], medians[self.against]
        return against / of if self.times_faster is not None else of / against

    def holds(self, medians: dict[str, float]) -> bool:
        ratio = self.ratio(medians)
        return ratio >= self.times_faster if self.times_faster is not None else ratio <= (self.at_most or 0)

    def wanted(self) -> str:
        return f"≥ {self.times_faster:g}× faster" if self.times_faster is not None else f"≤ {self.at_most:g}×"


@dataclass(frozen=True, slots=True)
class Spread:
    """median, and the least and the greatest of all samples."""

    median: float
    least: float
    greatest: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values), len(values))


def written(value: float) -> str:
    """Three digits that mean something: 0.312, 4.51, 27.3, 1250."""
    for limit, digits in ((1, 3), (10, 2), (100, 1)):
        if abs(value) < limit:
            return f"{value:.{digits}f}"
    return f"{value:.0f}"
