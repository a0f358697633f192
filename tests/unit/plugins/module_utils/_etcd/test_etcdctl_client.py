# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What etcdctl 3.6 prints, and what is read in it."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.etcdctl_client import status_of
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import MemberStatus

STATUS = {"Endpoint": "https://etcd-2.etcd.cluster-demo.svc:2379",
          "Status": {"header": {"cluster_id": 1, "member_id": 10501334649042878790, "revision": 202, "raft_term": 3}, "version": "3.6.15",
                     "dbSize": 536870912, "leader": 10501334649042878790, "raftIndex": 9, "raftTerm": 3, "dbSizeInUse": 1048576,
                     "errors": ["memberID:10501334649042878790 alarm:NOSPACE "]}}


def test_a_member_that_leads_and_is_full():
    assert status_of(STATUS) == MemberStatus(2, "91bc3c398fb3c146", 536870912, 1048576, 202, True, ("NOSPACE",))


def test_a_member_that_follows_and_is_well():
    status = {**STATUS["Status"], "leader": 7}
    del status["errors"]
    assert status_of({**STATUS, "Status": status}) == MemberStatus(2, "91bc3c398fb3c146", 536870912, 1048576, 202)
