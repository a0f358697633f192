# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The command of the lab as its README shows it."""
from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from lab import customer_inventory
from lab.command import parser

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "lab" / "README.md").read_text(encoding="utf-8")
# what a reader may type: lines of examples, without the comment behind them, and commands in tables
LINES = [line.partition("  #")[0].strip() for line in README.splitlines() if line.startswith("    lab/caas-lab ")]
CELLS = [f"lab/caas-lab {cell}" for cell in re.findall(r"^\| `([^`]+)` \|", README.partition("## Commands")[2].partition("\n## ")[0], re.MULTILINE)]


def verbs() -> set[str]:
    """As --help lists them."""
    return set(re.findall(r"^    (\w+)", parser().format_help().partition("commands:")[2].partition("for example")[0], re.MULTILINE))


@pytest.mark.parametrize("line", [*LINES, *CELLS])
def test_what_the_readme_shows_can_be_typed(line: str):
    parser().parse_args(shlex.split(line)[1:])


def test_the_readme_shows_each_verb():
    assert {cell.split()[1] for cell in CELLS} == verbs()


@pytest.mark.parametrize(("words", "pair"), [
    ("demo=a,b", ("demo", ["a", "b"])), ("demo=", ("demo", [])), ("demo", ("demo", []))])
def test_clusters_on_the_command_line(words: str, pair: tuple[str, list[str]]):
    assert customer_inventory.pair(words) == pair
