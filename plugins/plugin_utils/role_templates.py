# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Renders templates of a role from values alone.

Ansible's own lookup copies all variables of the host for each template, and compiles each template anew. Here a template sees the values that
it is given and nothing else, and what one cluster compiled serves the others of the run.
"""
from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ansible.plugins.filter.core import FilterModule
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

FILTERS = ("combine", "hash", "regex_replace", "to_nice_yaml")


@lru_cache
def environment(folder: str, compiled: str) -> Environment:
    """folder: of the template and of what it includes; compiled: an existing folder of this run alone."""
    made = Environment(loader=FileSystemLoader(folder), bytecode_cache=FileSystemBytecodeCache(compiled), undefined=StrictUndefined,
                       # as Ansible's lookup has it
                       trim_blocks=True, keep_trailing_newline=True, autoescape=False)
    known = FilterModule().filters()
    made.filters.update({name: known[name] for name in FILTERS})
    return made


def rendered(path: str, values: Mapping[str, Any], compiled: str) -> str:
    """Text of one template. Raises jinja2.TemplateError, such as for a value that is missing."""
    there = Path(path)
    return environment(str(there.parent), compiled).get_template(there.name).render(values)
