# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.container_resources import resources
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.room_client import check_growth


class NoPods:
    """A kubeconfig that may not list pods."""

    def list(self, api_version: str, kind: str, *place: Any) -> list[dict[str, Any]]:
        assert kind == "Pod"
        raise Refused("not pods")


def test_whoever_may_not_see_pods_is_not_refused_for_it():
    spec = SimpleNamespace(name="demo", namespace="cluster-demo", resources=resources("medium", {}), etcd_replicas=1, control_plane_replicas=1)
    assert check_growth(NoPods(), spec, {}) is None
