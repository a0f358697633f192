# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an option is. Each is described once, in options.py of its noun; whatever tells of it, or checks it, is made from that."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Option:
    """name: in a task. text: documentation, one or several paragraphs, in Ansible's markup.

    type, elements, default, required, choices, aliases: as Ansible means them. keys: of a mapping, or of each mapping of a list.
    told_if_missing: of what is required, the module itself says that it is missing, as it knows more about it.
    secret: never shown. environment: variables of the environment that are used without it, where the module runs.
    variable: of the inventory, which counts if a task leaves the option out; "" if only tasks say it.
    least, most: of a number. fixed: it can't change while the cluster, the node or the seed lives.
    staged: what can be chosen has launch stages, which are in _catalog/features.py.
    """

    name: str
    text: str | Sequence[str]
    type: str = "str"
    elements: str = ""
    default: Any = None
    required: bool = False
    told_if_missing: bool = False
    choices: Sequence[Any] = ()
    aliases: Sequence[str] = ()
    keys: tuple[Option, ...] = ()
    secret: bool = False
    environment: Sequence[str] = ()
    variable: str = ""
    least: int | None = None
    most: int | None = None
    fixed: bool = False
    staged: bool = False

    @property
    def own_paragraphs(self) -> list[str]:
        return [self.text] if isinstance(self.text, str) else list(self.text)

    @property
    def paragraphs(self) -> list[str]:
        """All that is to be said of it in words."""
        limits = [f"From {self.least} to {self.most}."] if self.least is not None else []
        environment = [f"If not given, the environment variable {' or '.join(f'E({name})' for name in self.environment)} where the module runs."]
        return [*self.own_paragraphs, *limits, *(["It can't change later."] if self.fixed else []), *(environment if self.environment else [])]


Options = tuple[Option, ...]


def from_variables(*options: Option) -> Options:
    """Options that the inventory says, by variables of the same names unless they name another."""
    return tuple(replace(one, variable=one.variable or one.name) for one in options)


def as_variables(options: Iterable[Option]) -> Options:
    """What the inventory says, under the names that it has there."""
    said = tuple(one for one in options if one.variable)
    names = {one.name: one.variable for one in said}

    def renamed(text: str) -> str:
        return re.sub(r"\bO\((\w+)", lambda found: f"O({names.get(found[1], found[1])}", text)

    return tuple(replace(one, name=one.variable, text=tuple(map(renamed, one.own_paragraphs))) for one in said)


def check_limits(options: Iterable[Option], params: Mapping[str, Any]) -> None:
    """Raises InvalidInput for a number that is too small or too large."""
    for one in options:
        value = params.get(one.name)
        if one.least is not None and value is not None and not one.least <= value <= one.most:
            raise InvalidInput(f"{one.name} is {value}", where=one.name, fix=f"write a number from {one.least} to {one.most}")
