# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosts that had another life: each is one line before anything is changed, and nothing of it is lost."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from e2e import other_lives
from e2e.other_lives import Life
from e2e.the_third_host import CREATE_OTHER, HOST, messages, on, refused
from e2e.world import World


@contextmanager
def living(world: World, life: Life) -> Iterator[None]:
    on(world, HOST, " && ".join(life.dress))
    try:
        yield
    finally:
        on(world, HOST, "; ".join(life.undress))


@pytest.mark.parametrize("name", other_lives.REFUSED)
def test_another_life_is_one_line_and_stays_as_it_is(demo: World, name: str):
    life = other_lives.REFUSED[name]
    fresh = on(demo, HOST, other_lives.LISTING)
    with living(demo, life):
        before = on(demo, HOST, other_lives.LISTING)
        run = refused(demo, *CREATE_OTHER)
        assert on(demo, HOST, other_lives.LISTING) == before
    for part in life.says:
        assert part in messages(run)[HOST]
    assert "Nothing was changed" in messages(run)["other"]
    assert on(demo, HOST, other_lives.LISTING) == fresh
