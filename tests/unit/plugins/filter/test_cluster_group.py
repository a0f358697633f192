# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The filter cluster_group."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.filter.cluster_group import FilterModule


def test_a_group_has_no_dash():
    assert FilterModule().filters()["cluster_group"]("my-demo") == "cluster_my_demo"
