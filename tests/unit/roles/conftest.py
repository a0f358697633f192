# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jinja2
import pytest
from jinja2.lexer import get_lexer

COMPILE = jinja2.Environment.compile


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Tests render a template with a hundred values, and Ansible would compile it each time, which takes most of the time."""
    known: dict[tuple[Any, ...], Any] = {}

    def compiled(environment: jinja2.Environment, source: Any, *options: Any, **named: Any) -> Any:
        if not isinstance(source, str):
            return COMPILE(environment, source, *options, **named)
        key = (type(environment), get_lexer(environment), str.__str__(source), options, *sorted(named.items()))
        if key not in known:
            known[key] = COMPILE(environment, source, *options, **named)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", compiled)
        yield
