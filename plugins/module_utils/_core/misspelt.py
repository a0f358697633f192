# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Variables whose names are one letter away from one that means something: they have no effect, and Ansible reports no error."""
from __future__ import annotations

from collections.abc import Collection, Iterable

# shorter names have neighbours that are words of their own
SHORTEST = 8


def misspelt(names: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Name -> the one that is meant. Names are those that a user may have written, and others."""
    strangers = [name for name in names if name not in known and not name.startswith("ansible_")]
    return {name: meant for name in strangers if (meant := next((one for one in known if is_meant(name, one)), ""))}


def is_meant(name: str, one: str) -> bool:
    """Whether they differ by case and underscores, or by one letter that is missing, added or another, or that changed places with its neighbour."""
    return plain(name) == plain(one) or (len(one) >= SHORTEST and is_one_letter_apart(name, one))


def plain(name: str) -> str:
    return name.replace("_", "").lower()


def is_one_letter_apart(name: str, one: str) -> bool:
    if abs(len(name) - len(one)) > 1:
        return False
    same = next((index for index, (mine, other) in enumerate(zip(name, one, strict=False)) if mine != other), min(len(name), len(one)))
    mine, other = name[same:], one[same:]
    return mine[1:] in (other, other[1:]) or mine == other[1:] or (mine[:2] == other[1::-1] and mine[2:] == other[2:])


def line(name: str, meant: str) -> str:
    return f"Variable {name} is unknown and has no effect. Did you mean {meant}?"
