# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When certificates end is told before it hurts, in a table, as data and as sentences."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import status
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import certificate_ends
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_ends import End, Ends

RENEW = "ansible-playbook kubermatic.caas.renew -e cluster=demo"
NOW = datetime(2026, 11, 27, 18, tzinfo=UTC)


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


def node(name: str, note: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "annotations": {node_object.ENDS: note}}}


def shown(ends: Ends, *nodes: dict[str, Any]) -> dict[str, Any]:
    return status.status("demo", "cluster-demo", None, [], nodes, [], NOW, ends=ends)


def test_the_first_end_of_any_certificate_is_shown():
    ends = Ends(leaves=(End("etcd-server", later(300)), End("kube-apiserver", later(200.5))), authorities=(End("cluster-ca", later(3000)),))
    found = shown(ends, node("web-1", "2027-05-01T10:00:00Z"))
    assert found["certificates"]["first"] == {"name": "of node web-1", "ends": "2027-05-01T10:00:00Z", "days_left": 154}
    assert found["certificates"]["authority"]["name"] == "cluster-ca"
    assert found["certificate_notes"] == []
    assert "154d" in status.row(found)


@pytest.mark.parametrize(("days", "cell", "note"), [
    (91, "91d", ""),
    (89.5, "89d", f"certificate etcd-server expires on 2027-02-25, 89 days left. Let this run on a schedule: {RENEW}"),
    (20.2, "20d", f"certificate etcd-server expires on 2026-12-17, 20 days left. Renew it now: {RENEW}"),
    (-1, "ended", f"certificate etcd-server expired on 2026-11-26. Renew it now: {RENEW}"),
])
def test_what_ends_soon_is_a_sentence_with_the_command(days: float, cell: str, note: str):
    found = shown(Ends(leaves=(End("etcd-server", later(days)),)))
    assert status.row(found)[-2] == cell
    assert found["certificate_notes"] == ([note] if note else [])
    assert note in status.table([found])


def test_many_that_end_are_one_sentence():
    (note,) = shown(Ends(leaves=tuple(End(f"one-{number}", later(10 + number)) for number in range(10))))["certificate_notes"]
    assert note.startswith("certificate one-0 expires on 2026-12-07, 10 days left (and 9 more within 90 days).")


def test_an_authority_is_told_half_a_year_before():
    (note,) = shown(Ends(authorities=(End("cluster-ca", later(170)),)))["certificate_notes"]
    assert note == "CA cluster-ca expires on 2027-05-16, 170 days left: plan a new cluster, it can't be renewed"
    assert not shown(Ends(authorities=(End("cluster-ca", later(181)),)))["certificate_notes"]


@pytest.mark.parametrize("note", [None, 7, "", "soon", "2026-13-45T99:99:99Z", "2026-12-01", "9999-12-01T00:00:00Z", "2026-12-01T00:00:00Z\n" * 1000, ["x"]])
def test_what_users_of_the_cluster_write_on_a_node_is_a_moment_or_nothing(note: Any):
    found = shown(Ends(), node("web-1", note))
    assert found["certificates"]["first"] is None and found["certificates"]["nodes_ending"] == ["web-1"]


def test_nodes_of_which_nobody_knows_count_as_ending():
    found = shown(Ends(), node("web-1", "2026-12-01T10:00:00Z"), node("web-2", "2027-11-01T10:00:00Z"), {"metadata": {"name": "web-3"}}, {})
    assert found["certificates"]["nodes_ending"] == ["web-1", "web-3"]


def test_the_seed_is_told():
    assert certificate_ends.about_seed([End("of its API", later(12))], NOW) == [
        "certificate of its API expires on 2026-12-09, 12 days left. Renew it now: ansible-playbook kubermatic.caas.renew"]


def test_moments_as_openssl_writes_them():
    facts = {"ends_apiserver": "Nov 27 17:41:23 2027 GMT", "ends_etcd/server": "Dec  1 00:00:00 2026 GMT", "ends_admin.conf": "nonsense", "other": "x"}
    ends = certificate_ends.of_openssl(facts, "ends_")
    assert {one.name: one.moment for one in ends} == {"apiserver": datetime(2027, 11, 27, 17, 41, 23, tzinfo=UTC),
                                                      "etcd/server": datetime(2026, 12, 1, tzinfo=UTC)}
    assert certificate_ends.shown(certificate_ends.first(ends), NOW) == {"name": "etcd/server", "ends": "2026-12-01T00:00:00Z", "days_left": 3}
