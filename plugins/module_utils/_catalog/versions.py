# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Kubernetes versions as users write them."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown

# ASCII digits only, and few of them: int() also reads other scripts' digits, and takes long for long texts
_NUMBER = "(0|[1-9][0-9]{0,3})"
_PATCH = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}", re.ASCII)
_MINOR = re.compile(rf"{_NUMBER}\.{_NUMBER}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class KubernetesVersion:
    """A release such as 1.36.3; versions compare by age."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def minor_release(self) -> str:
        """The minor release that the version belongs to, such as "1.36"."""
        return f"{self.major}.{self.minor}"

    @classmethod
    def of(cls, text: str) -> KubernetesVersion | None:
        """The version that the text names, with or without a leading "v"; None if it names no release."""
        found = _PATCH.fullmatch(text.removeprefix("v"))
        return cls(*(int(number) for number in found.groups())) if found else None


def mistake(value: Any) -> str:
    """Why the value is neither a version such as 1.36.3 nor a minor release such as 1.36; "" if it is one."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return "it is a number, and YAML reads 1.30 as 1.3, so a version must stand in quotes"
    if not isinstance(value, str):
        return "it is not a string"
    if not value.strip():
        return "it is empty"
    if _PATCH.fullmatch(value) or _MINOR.fullmatch(value):
        return ""
    if value != value.strip():
        return "it begins or ends with white space"
    if value[0] in "vV":
        return "it begins with a 'v'"
    if "-" in value or "+" in value:
        return "pre-releases and builds of others are not offered"
    return "it is not three numbers with dots between them"


def parse(value: Any, *, where: str, known: str) -> KubernetesVersion | str:
    """A version, or the text of a minor release such as "1.36". known: the versions to offer in an error."""
    why = mistake(value)
    if why:
        raise InvalidInput(f"Kubernetes version {shown(value)} can't be used", where=where, why=why, fix=f"write one of: {known}")
    return KubernetesVersion.of(value) or value
