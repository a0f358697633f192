# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A control host whose clock is wrong signs nothing."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import must_agree


@dataclass
class Seed:
    ahead: timedelta
    server: str = "https://198.51.100.10:6443"


@pytest.mark.parametrize(("ahead", "part"), [
    (-240, r"is 240 s ahead of that of the seed .*198\.51\.100\.10.* not be valid yet"), (3600, r"is 3600 s behind that of the seed .* end too early")])
def test_nothing_is_signed_by_a_clock_that_is_wrong(ahead: int, part: str):
    with pytest.raises(CaasError, match=part) as failure:
        must_agree(Seed(timedelta(seconds=ahead)))
    assert "timedatectl" in failure.value.line()


@pytest.mark.parametrize("ahead", [0, 59, -59])
def test_a_minute_does_no_harm(ahead: int):
    must_agree(Seed(timedelta(seconds=ahead)))
