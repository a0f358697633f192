# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How etcd comes to its size: rows for what a person would ask, and a small world in which runs are killed anywhere."""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd import members as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import Member, Pods, initial_cluster, peer_url
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.members import (
    AddMember,
    DropVolume,
    RemoveMember,
    ReplaceMember,
    WriteConfig,
    check_room,
    config,
    must_ask_etcd,
    plan_members,
)
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.places import Machine

NAMESPACE = "cluster-demo"
LOST = "lost"


def members(*ordinals: int, learners: tuple[int, ...] = ()) -> tuple[Member, ...]:
    return tuple(Member(f"{ordinal:x}", peer_url(ordinal, NAMESPACE), votes=ordinal not in learners) for ordinal in (*ordinals, *learners))


def pods(replicas: int, *unready: int, broken: tuple[tuple[int, str], ...] = (), volumes: int | None = None) -> Pods:
    return Pods(replicas, frozenset(range(replicas)) - set(unready), broken, frozenset(range(replicas if volumes is None else volumes)))


def noted(size: int, state: str = "existing") -> dict[str, str]:
    return config(WriteConfig(tuple(range(size)), state), NAMESPACE)


def targets(wanted: int, seen: Pods, listed: tuple[Member, ...] | None, note: dict[str, str]) -> list[Any]:
    return [step.target for step in plan_members(wanted, NAMESPACE, seen, listed, note)]


def test_what_a_pod_is_told():
    assert initial_cluster((1, 0), NAMESPACE) == ("etcd-0=https://etcd-0.etcd.cluster-demo.svc:2380,etcd-1=https://etcd-1.etcd.cluster-demo.svc:2380")


@pytest.mark.parametrize(("replicas", "undecided", "state", "waits"), [
    (3, ((1, "it has just ended"),), "existing", True),
    (3, (), "existing", False),
    # they come up for the first time
    (3, ((1, "it has just begun"),), "new", False),
    # nobody could replace it
    (1, ((0, "it has just ended"),), "existing", False),
])
def test_when_seconds_are_worth_it(replicas, undecided, state, waits):
    assert decide.must_wait(Pods(replicas, undecided=undecided), noted(replicas, state)) == waits


@pytest.mark.parametrize("size", [1, 3, 5])
def test_from_nothing_to_formed(size):
    assert targets(size, Pods(), None, {}) == [WriteConfig(tuple(range(size)), "new")]
    assert targets(size, Pods(), None, noted(size, "new")) == []
    coming_up = pods(size, size - 1)
    assert not must_ask_etcd(size, coming_up, noted(size, "new"))
    assert targets(size, coming_up, None, noted(size, "new")) == []
    assert must_ask_etcd(size, pods(size), noted(size, "new"))
    assert targets(size, pods(size), members(*range(size)), noted(size, "new")) == [WriteConfig(tuple(range(size)), "existing")]
    assert not must_ask_etcd(size, pods(size), noted(size))


def test_the_size_of_an_etcd_that_never_came_up_can_not_change():
    with pytest.raises(NotReady, match=r"from 1 to 3 members.*etcd_replicas: 1"):
        targets(3, pods(1, 0), None, noted(1, "new"))


ROWS = {
    "grow": (3, pods(1), members(0), [AddMember(1, (0,)), AddMember(2, (0, 1))]),
    "grow, killed after a member was added": (
        3, pods(1), members(0, learners=(1,)), [AddMember(1, (0,), afresh=False), AddMember(2, (0, 1))]),
    "grow, killed before it votes": (3, pods(2, 1), members(0, learners=(1,)), [AddMember(1, (0,), afresh=False), AddMember(2, (0, 1))]),
    "grow, asked for less meanwhile": (1, pods(2, 1), members(0, learners=(1,)), [RemoveMember(1, (0,))]),
    "shrink": (1, pods(3), members(0, 1, 2), [RemoveMember(2, (0, 1)), RemoveMember(1, (0,))]),
    "shrink, killed before the pod went": (1, pods(3, 2), members(0, 1), [RemoveMember(2, (0, 1)), RemoveMember(1, (0,))]),
    "shrink, killed before the volume went": (1, pods(1, volumes=3), members(0), [DropVolume(1), DropVolume(2)]),
    "shrink, the one that leaves is ill": (1, pods(3, 2), members(0, 1, 2), [RemoveMember(2, (0, 1)), RemoveMember(1, (0,))]),
    "one lost its volume": (3, pods(3, 1, broken=((1, "x"),)), members(0, 1, 2), [ReplaceMember(1, (0, 2))]),
    "one left to be replaced, killed before its volume went": (3, pods(3, 1, broken=((1, "x"),)), members(0, 2), [AddMember(1, (0, 2), afresh=True)]),
    "one waits for its machine": (3, replace(pods(3, 2), waiting=((2, "waits for machine m2, which is cordoned"),)), members(0, 1, 2), []),
    "two are lost": (3, pods(3, 1, 2, broken=((1, "x"), (2, "x"))), members(0, 1, 2), []),
    "one is lost, another away": (3, pods(3, 1, 2, broken=((1, "x"),)), members(0, 1, 2), []),
    "the only one is lost": (1, pods(1, 0, broken=((0, "x"),)), None, []),
    "one is away": (3, pods(3, 1), members(0, 1, 2), []),
    "one is lost while it grows": (5, pods(3, 1, broken=((1, "x"),)), members(0, 1, 2),
                                   [ReplaceMember(1, (0, 2)), AddMember(3, (0, 1, 2)), AddMember(4, (0, 1, 2, 3))]),
}


@pytest.mark.parametrize(("wanted", "seen", "listed", "expected"), ROWS.values(), ids=ROWS)
def test_rows(wanted, seen, listed, expected):
    note = noted(wanted if not expected else seen.replicas)
    assert targets(wanted, seen, listed, note) == expected


@pytest.mark.parametrize("wanted", [1, 3, 5])
def test_it_does_not_change_its_size_while_one_is_away(wanted):
    seen, listed = pods(3, 0), members(0, 1, 2)
    if wanted == 3:
        assert targets(wanted, seen, listed, noted(3)) == []
    else:
        with pytest.raises(NotReady, match=r"Not ready: etcd-0;.*kubectl"):
            targets(wanted, seen, listed, noted(3))


def test_a_size_that_can_not_change_says_which_machine_is_waited_for():
    seen = replace(pods(3, 2), waiting=((2, "waits for machine m2 of the seed, which is cordoned"),))
    with pytest.raises(NotReady, match=r"Not ready: etcd-2; .* \(etcd-2 waits for machine m2 of the seed, which is cordoned\)"):
        targets(5, seen, members(0, 1, 2), noted(3))


def test_an_etcd_whose_stateful_set_is_gone_does_not_begin_anew():
    assert targets(3, Pods(), None, noted(3)) == []
    with pytest.raises(NotReady, match=r"from 1 to 3 members.*Run this with etcd_replicas: 1 first"):
        targets(3, Pods(), None, noted(1))


SEED = (Machine("m0", "m0"), Machine("m1", "m1"), Machine("m2", "m2", trouble="cordoned"), Machine("c", "c", kept_for_others=True))
GROWN = replace(pods(1), places=((0, "m0"),))


@pytest.mark.parametrize(("wanted", "seen", "machines", "spread", "why"), [
    (3, Pods(), SEED, True, r"2 of the 3 needed are free \(m2 is cordoned\)\. .*etcd_replicas: 1"),
    (3, GROWN, SEED, True, r"1 of the 2 needed are free \(m2 is cordoned\)"),
    (1, Pods(), SEED, True, ""),
    (3, Pods(), SEED, False, ""),
    (3, Pods(), None, True, ""),
    (3, pods(3, 2), SEED, True, ""),
    (1, pods(3), SEED, True, ""),
])
def test_new_members_are_made_when_each_has_a_machine(wanted, seen, machines, spread, why):
    if not why:
        check_room(wanted, NAMESPACE, seen, spread=spread, machines=machines, noted={})
        return
    with pytest.raises(NotReady, match=why):
        check_room(wanted, NAMESPACE, seen, spread=spread, machines=machines, noted={})


@dataclass
class Etcd:
    """Members, pods and volumes; kill: number of small actions after which the run dies."""

    size: int = 0
    note: dict[str, str] = field(default_factory=dict)
    listed: dict[int, bool] = field(default_factory=dict)
    volumes: dict[int, str] = field(default_factory=dict)
    life: int = 0
    left: int = 0

    def act(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt

    def seen(self) -> Pods:
        lost = tuple((ordinal, "lost") for ordinal in range(self.size) if self.volumes.get(ordinal) == LOST)
        good = frozenset(ordinal for ordinal in range(self.size) if self.listed.get(ordinal)) - {ordinal for ordinal, dummy in lost}
        return Pods(self.size or None, good, lost, frozenset(self.volumes))

    def lose(self, ordinal: int) -> None:
        """Only while all others are well, and of an etcd that has formed."""
        if self.size >= 3 and self.note == noted(self.size) and self.seen().all_ready and ordinal < self.size:
            self.volumes[ordinal] = LOST

    def run(self, wanted: int) -> list[str]:
        seen = self.seen()
        asks = must_ask_etcd(wanted, seen, self.note)
        listed = members(*(o for o, votes in self.listed.items() if votes), learners=tuple(o for o, votes in self.listed.items() if not votes))
        plan = plan_members(wanted, NAMESPACE, seen, listed if asks and seen.ready else None, self.note)
        for step in plan:
            self.apply(step.target)
        if not self.size:
            self.act()
            self.size = wanted
            self.listed = dict.fromkeys(range(wanted), True)
            self.volumes = dict.fromkeys(range(wanted), "0")
            self.run(wanted)
        return plan.titles()

    def apply(self, target: Any) -> None:
        match target:
            case WriteConfig():
                self.act()
                self.note = config(target, NAMESPACE)
            case AddMember(ordinal, before, afresh):
                if ordinal in self.volumes and afresh:
                    self.act()
                    self.drop(ordinal)
                assert all(self.listed[other] for other in before)
                self.apply(WriteConfig((*before, ordinal), "existing"))
                if ordinal not in self.listed:
                    self.act()
                    self.life += 1
                    self.listed[ordinal] = False
                if self.size <= ordinal:
                    self.act()
                    assert self.size == ordinal and ordinal not in self.volumes
                    self.size, self.volumes[ordinal] = ordinal + 1, str(self.life)
                self.act()
                assert self.volumes[ordinal] != LOST
                self.listed[ordinal] = True
            case ReplaceMember(ordinal, others):
                self.act()
                del self.listed[ordinal]
                self.act()
                self.drop(ordinal)
                self.apply(AddMember(ordinal, others, afresh=False))
            case RemoveMember(ordinal, after):
                if ordinal in self.listed:
                    self.act()
                    del self.listed[ordinal]
                self.apply(WriteConfig(after, "existing"))
                if self.size > ordinal:
                    self.act()
                    self.size = ordinal
                self.act()
                self.volumes.pop(ordinal, None)
            case DropVolume(ordinal):
                assert ordinal >= self.size
                self.act()
                del self.volumes[ordinal]

    def drop(self, ordinal: int) -> None:
        """Its pod, if it has one, gets another volume."""
        del self.volumes[ordinal]
        if self.size > ordinal:
            self.life += 1
            self.volumes[ordinal] = str(self.life)


@given(runs=st.lists(st.tuples(st.sampled_from([1, 3, 5]), st.integers(0, 12), st.sampled_from([None, 0, 1, 2])), max_size=6),
       last=st.sampled_from([1, 3, 5]))
# killed before it was noted that etcd had formed, then in the middle of shrinking: that is no first start any more
@example(runs=[(3, 2, None), (1, 1, None)], last=1)
@example(runs=[(3, 2, None), (1, 1, None)], last=3)
# killed between the moment when a lost member left and that when its volume goes
@example(runs=[(3, 12, 1), (3, 1, None)], last=3)
# growing again over volumes that two killed runs left, and killed there, too
@example(runs=[(3, 2, None), (1, 4, None), (1, 3, None), (3, 2, None)], last=1)
def test_killed_anywhere_the_next_run_converges(runs, last):
    etcd = Etcd()
    for wanted, left, loses in runs:
        etcd.left = left
        try:
            etcd.run(wanted)
        except KeyboardInterrupt:
            pass
        except NotReady:
            assert not etcd.size or not etcd.seen().all_ready
        if loses is not None:
            etcd.lose(loses)
    etcd.left = 100
    etcd.run(last)
    assert etcd.size == last
    assert etcd.listed == dict.fromkeys(range(last), True)
    assert set(etcd.volumes) == set(range(last))
    assert LOST not in etcd.volumes.values()
    assert etcd.note == noted(last)
    etcd.left = 0
    assert etcd.run(last) == []
    assert not must_ask_etcd(last, etcd.seen(), etcd.note)
    assert decide.is_settled(etcd.seen(), etcd.note)
