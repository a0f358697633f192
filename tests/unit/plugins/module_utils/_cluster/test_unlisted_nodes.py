# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.unlisted_nodes import unlisted

RECORD = Record("demo", "Running", "2026-03-01T10:00:00Z", pools={"web": {"provider": "aws"}})


def nodes(*names: str) -> list[dict[str, Any]]:
    return [{"metadata": {"name": name}} for name in names]


def test_a_host_that_left_the_inventory_first_is_named():
    assert unlisted("demo", nodes("web-2", "web-1", "old"), ["web-1"], None) == ["old", "web-2"]


def test_machines_of_pools_need_no_host():
    assert unlisted("demo", nodes("demo-web-1", "demo-web-12", "demo-db-1", "web-1"), [], RECORD) == ["demo-db-1", "web-1"]
