# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tables, and Ansible's markup of documentation as Markdown."""
from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

MADE = "<!-- Made by scripts/reference.py (make docs). Change the source it names, not this page. -->\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"

    columns = list(head)
    return line(columns) + "|" + "---|" * len(columns) + "\n" + "".join(map(line, rows))


def code(value: Any) -> str:
    """A value as it would be written in YAML, as code. "" is empty text, which users can leave out."""
    if value in ("", None, {}, []):
        return ""
    if isinstance(value, list):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def text(markup: str) -> str:
    """What Ansible's documentation would show."""
    def option(found: re.Match[str]) -> str:
        name, equals, value = found[1].partition("=")
        return code(name + (": " + value if equals else ""))

    shown = re.sub(r"\bO\(([^)]*)\)", option, markup)
    return re.sub(r"\b(?:C|E|V|RV|M)\(([^)]*)\)", r"`\1`", shown)
