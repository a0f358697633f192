# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Run again, and look before you run: nothing changes, and the API servers' audit logs know of no write."""
from __future__ import annotations

import pytest

from e2e import witness
from e2e.world import LAB, World

PLAYBOOKS = [("create_seed",), ("create_cluster", "-e", "cluster=demo"), ("status",)]


@pytest.mark.parametrize("check", [[], ["--check", "--diff"]], ids=["again", "check"])
@pytest.mark.parametrize("words", PLAYBOOKS, ids=lambda words: words[0])
def test_a_second_run_changes_nothing(demo: World, words: tuple[str, ...], check: list[str]):
    mark = witness.mark(demo)
    run = demo.playbook(*words, *check).must_succeed()
    assert run.changed() == set(), run.output[-4000:]
    assert witness.writes_since(demo, mark) == []


def test_a_second_run_takes_one_look_at_a_control_plane(demo: World):
    run = demo.playbook("create_cluster", "-e", "cluster=demo").must_succeed()
    assert "Look whether anything is to be done" in run.output and "Run the control plane in the seed" not in run.output


def test_the_kubeconfig_is_kept_while_it_lasts(demo: World):
    before = demo.kubeconfig("demo").read_bytes()
    run = demo.playbook("kubeconfig", "-e", "cluster=demo", "-e", f"path={demo.kubeconfig('demo')}").must_succeed()
    assert run.changed() == set()
    assert demo.kubeconfig("demo").read_bytes() == before


@pytest.mark.parametrize("words", [("remove_node", "-e", "cluster=demo", "-e", f"node={LAB}-host-1"),
                                   ("delete_cluster", "-e", "cluster=demo", "-e", "confirm=demo")], ids=lambda words: words[0])
def test_a_look_at_what_would_go_takes_nothing_away(demo: World, words: tuple[str, ...]):
    mark = witness.mark(demo)
    run = demo.playbook(*words, "--check", "--diff").must_succeed()
    assert "would: " in run.output
    assert witness.writes_since(demo, mark) == []


def test_after_these_looks_all_is_as_it_was(demo: World):
    assert demo.playbook("create_cluster", "-e", "cluster=demo").must_succeed().changed() == set()
