# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever runs and whatever is on offer: every single step of a path keeps upstream's version skew policy, and no path is longer than it must be."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.path import Runs, path
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.path_lines import lines
from unit.plugins.module_utils._upgrade.simulation import Pins, behind, check_hops, check_policy, fewest_hops, fewest_stages, hops, states

ON_OFFER = tuple(catalogue.on_offer())
# beside that of made-up catalogues, 1
OTHER_MAJORS = (0, 2)


@dataclass(frozen=True)
class World:
    runs: Runs
    wanted: KubernetesVersion
    offered: tuple[KubernetesVersion, ...]
    pins: Pins = field(default_factory=dict)

    def path(self, runs: Runs | None = None):
        return path(runs or self.runs, self.wanted, self.offered, self.pins)


def check(world: World, runs: Runs) -> None:
    """The whole way, step by step, in the worst order."""
    stages = world.path(runs)
    allowed = max(behind(runs), 3)
    last = runs
    for last in states(runs, stages):
        check_policy(last, allowed_behind=allowed)
    assert set(last.control_plane) == {world.wanted}
    assert last.kubelets == {name: world.pins.get(name, world.wanted) for name in runs.kubelets}
    assert world.path(last) == ()
    assert bool(lines(runs, stages)) == bool(stages)


def check_everything(world: World) -> None:
    stages = world.path()
    check(world, world.runs)
    check_hops(world.runs, stages, {*world.offered, world.wanted}, world.wanted)
    assert len(hops(stages)) == fewest_hops(world.runs, world.wanted, {*world.offered, world.wanted})
    assert len(stages) == fewest_stages(world.runs, world.wanted, hops(stages), world.pins)
    assert all(stage.control_plane or stage.nodes_now for stage in stages)
    # broken off anywhere, the next run comes to the end, and takes no detour
    for state in states(world.runs, stages):
        check(world, state)
        assert len(hops(world.path(state))) <= len(hops(stages))


@pytest.mark.parametrize("wanted", ON_OFFER, ids=str)
@pytest.mark.parametrize("oldest", ON_OFFER, ids=str)
def test_the_whole_catalogue(oldest: KubernetesVersion, wanted: KubernetesVersion):
    if wanted < oldest:
        with pytest.raises(InvalidInput):
            path(Runs((oldest,)), wanted, ON_OFFER)
        return
    near = [version for version in ON_OFFER if version <= oldest and oldest.minor - version.minor <= 3]
    for kubelets in combinations_with_replacement(near, 3):
        check_everything(World(Runs((oldest, oldest), dict(zip("abc", kubelets, strict=True))), wanted, ON_OFFER))


def versions(minors: st.SearchStrategy[int]) -> st.SearchStrategy[KubernetesVersion]:
    return st.builds(KubernetesVersion, st.just(1), minors, st.integers(0, 4))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Within the policy, perhaps in the middle of an upgrade; the catalogue has a few patches of each minor release, in any order."""
    first, length = draw(st.integers(0, 40)), draw(st.integers(1, 8))
    offered = draw(st.permutations([KubernetesVersion(1, minor, patch) for minor in range(first, first + length)
                                    for patch in draw(st.sets(st.integers(0, 4), min_size=1, max_size=3))]))
    wanted = draw(st.sampled_from(offered))
    oldest = draw(versions(st.integers(first, wanted.minor)).filter(lambda version: version <= wanted))
    control_plane = draw(replicas(oldest, wanted, offered))
    newest = max(control_plane)
    kubelets = draw(st.dictionaries(st.sampled_from("abcde"), older(oldest, newest.minor - 3)))
    pins = {name: draw(older(wanted, wanted.minor - 3).filter(lambda version, kubelet=kubelet: version >= kubelet))
            for name, kubelet in kubelets.items() if draw(st.booleans()) and (kubelet.minor >= wanted.minor - 3 or draw(st.booleans()))}
    return World(Runs(tuple(control_plane), kubelets), wanted, tuple(offered), pins)


def older(top: KubernetesVersion, least_minor: int) -> st.SearchStrategy[KubernetesVersion]:
    return versions(st.integers(max(0, least_minor), top.minor)).filter(lambda version: version <= top)


def replicas(oldest: KubernetesVersion, wanted: KubernetesVersion, offered: Sequence[KubernetesVersion]) -> st.SearchStrategy[list[KubernetesVersion]]:
    """Those of an upgrade to any version that was broken off, in which some replicas are one hop ahead."""
    ahead = [version for version in offered if oldest <= version <= wanted and version.minor - oldest.minor <= 1
             and not any(version < other and version.minor == other.minor for other in offered if version.minor != wanted.minor)]
    return st.lists(st.sampled_from([oldest, *ahead[:1]]), min_size=0, max_size=3).map(lambda more: [oldest, *more])


@given(worlds())
def test_made_up_catalogues(world: World):
    check_everything(world)


def anything() -> st.SearchStrategy[KubernetesVersion]:
    return st.builds(KubernetesVersion, st.sampled_from((1, 1, 1, *OTHER_MAJORS)), st.integers(0, 6), st.integers(0, 2))


@given(st.lists(anything(), min_size=1, max_size=3), st.dictionaries(st.sampled_from("abc"), anything()), anything(), st.sets(anything()),
       st.dictionaries(st.sampled_from("abc"), anything()))
def test_anything_has_a_path_to_the_end_or_one_line(control_plane: list[KubernetesVersion], kubelets: dict[str, KubernetesVersion], wanted: KubernetesVersion,
                                                    offered: Collection[KubernetesVersion], pins: Pins):
    """Also what no run of ours leaves behind: no step makes anything worse."""
    runs = Runs(tuple(control_plane), kubelets)
    try:
        stages = path(runs, wanted, offered, pins)
    except InvalidInput as refusal:
        assert refusal.line().isprintable() and refusal.fix
        return
    last = runs
    for last in states(runs, stages):
        assert behind(last) <= max(behind(runs), 3)
        assert max(last.control_plane).minor - min(last.control_plane).minor <= 1
        assert all(kubelet <= min(last.control_plane) or kubelet == kubelets[name] for name, kubelet in last.kubelets.items())
    assert set(last.control_plane) == {wanted} and set(last.kubelets.values()) <= {wanted, *pins.values()}


@given(worlds())
def test_a_missing_minor_release_is_refused_and_named(world: World):
    between = range(min(world.runs.control_plane).minor + 1, world.wanted.minor)
    for minor in between:
        offered = [version for version in world.offered if version.minor != minor]
        with pytest.raises(InvalidInput, match=f"1.{minor} is not on offer"):
            path(world.runs, world.wanted, offered, world.pins)
