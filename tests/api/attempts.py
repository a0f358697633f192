# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever a module is given: it does it, or says in one line why not, and then nothing was written. FUZZ=1000 tries as many new examples for each module."""
from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleActionFail
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, NotReady
from api.bare_api import BareApi

NEW = int(os.environ.get("FUZZ", "0"))
# a look at a host takes half a second
FAST, SLOW = ({"max_examples": NEW or usual, "derandomize": not NEW, "deadline": None, "database": None,
               "suppress_health_check": list(HealthCheck)} for usual in (25, 12))


def tried(bare_api: BareApi, work: Callable[[], Any]) -> None:
    """Does the work, and judges how it failed if it did."""
    with bare_api.watched() as seen:
        try:
            work()
            return
        except AnsibleActionFail as error:
            line, may_have_written = str(error), False
        except CaasError as error:
            line, may_have_written = error.line(), isinstance(error, NotReady)
    assert line.strip() and "\n" not in line and line.isprintable(), line
    assert "Traceback" not in line and " object at 0x" not in line and "Error(" not in line, line
    # what was waited for was there, but is not ready
    assert may_have_written or seen.writes == [], line


def try_all(bare_api: BareApi, strategy: st.SearchStrategy[Any], work: Callable[[Any], Any], how: dict[str, Any]) -> None:
    """The work with many values. how: settings of Hypothesis."""
    @settings(**how)
    @given(strategy)
    def attempt(values: Any) -> None:
        tried(bare_api, lambda: work(values))

    attempt()
