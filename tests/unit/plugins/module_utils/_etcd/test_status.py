# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import MemberStatus, Pods
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.status import cell, etcd_status, quota_of, size
from unit.plugins.module_utils._etcd.test_pods import at

MIB, QUOTA, WELL = 2**20, 2 * 2**30, Pods()


def told(*members: MemberStatus, pods: Pods = WELL, objects: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return etcd_status("demo", pods, objects, QUOTA, members or None)


@pytest.mark.parametrize(("amount", "text"), [(0, "0 MiB"), (12 * MIB, "12 MiB"), (1024 * MIB, "1.0 GiB"), (1536 * MIB, "1.5 GiB")])
def test_sizes_for_people(amount: int, text: str):
    assert size(amount) == text


def test_the_largest_member_counts():
    found = told(MemberStatus(0, "a", 12 * MIB, 8 * MIB), MemberStatus(1, "b", 20 * MIB, 8 * MIB))
    assert (found["size"], found["in_use"], found["quota"], found["notes"]) == (20 * MIB, 8 * MIB, QUOTA, [])
    assert cell(found) == "20 MiB of 2.0 GiB"


def test_an_etcd_that_is_full_says_so_and_names_the_way_out():
    found = told(MemberStatus(0, "a", QUOTA, 100 * MIB, alarms=("NOSPACE",)))
    assert cell(found) == "2.0 GiB of 2.0 GiB, NOSPACE"
    assert found["notes"] == ["etcd is full (NOSPACE) and refuses writes; make room: ansible-playbook kubermatic.caas.maintain_etcd -e cluster=demo"]


@pytest.mark.parametrize(("percent", "warns"), [(79, False), (80, True)])
def test_one_that_will_soon_be_full_says_so_before(percent: int, warns: bool):
    assert [note.startswith("etcd is nearly full: 1.6 GiB of 2.0 GiB") for note in told(MemberStatus(0, "a", QUOTA * percent // 100 + 1, 0))["notes"]] == (
        [True] if warns else [])


def test_who_waits_and_who_shares_a_machine():
    found = told(pods=Pods(3, frozenset({0, 1}), waiting=((2, "waits for machine m2 of the seed, which is cordoned"),)), objects=(at(0, "m0"), at(1, "m0")))
    assert found["notes"] == ["etcd-2 waits for machine m2 of the seed, which is cordoned",
                              "etcd-0 and etcd-1 share machine m0 of the seed, so if it fails, they all fail"]
    assert cell(found) == cell(None) == "unknown"


def test_the_quota_is_that_of_what_runs():
    container = {"command": ["etcd", "--quota-backend-bytes=536870912"]}
    assert quota_of({"spec": {"template": {"spec": {"containers": [container]}}}}) == 512 * MIB
    assert quota_of({}) == 0
