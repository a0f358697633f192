# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.health import FAIL_IF, Health, health

NODES = {"ready": 2, "total": 2}


def planes(**changed: tuple[int, int]) -> dict[str, dict[str, int]]:
    """Three members of etcd and two replicas of the rest."""
    wanted = {"etcd": (3, 3), "kube-apiserver": (2, 2), "kube-controller-manager": (2, 2), "kube-scheduler": (2, 2)}
    both = {**wanted, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return {name: {"ready": ready, "wanted": number} for name, (ready, number) in both.items()}


@pytest.mark.parametrize(("components", "nodes", "found"), [
    (planes(), NODES, Health.RUNNING), (planes(), {"ready": 0, "total": 0}, Health.RUNNING),
    (planes(etcd=(2, 3)), NODES, Health.DEGRADED), (planes(kube_apiserver=(1, 2)), NODES, Health.DEGRADED),
    (planes(kube_scheduler=(0, 2)), NODES, Health.DEGRADED), (planes(kube_scheduler=(0, 0)), NODES, Health.DEGRADED),
    (planes(), {"ready": 1, "total": 2}, Health.DEGRADED), (planes(), None, Health.DEGRADED),
    (planes(etcd=(1, 3)), NODES, Health.DOWN), (planes(etcd=(0, 1)), NODES, Health.DOWN), (planes(kube_apiserver=(0, 2)), NODES, Health.DOWN),
    (planes(etcd=(0, 0), kube_apiserver=(0, 0)), None, Health.DOWN), (None, NODES, Health.UNKNOWN)])
def test_health(components: dict[str, dict[str, int]] | None, nodes: dict[str, int] | None, found: Health):
    assert health(components, nodes) is found


def test_what_nobody_could_look_at_is_no_good_news():
    assert all(Health.UNKNOWN in bad and Health.RUNNING not in bad for bad in FAIL_IF.values())


def test_an_etcd_that_takes_nothing_new_is_no_cluster_that_runs():
    assert health(planes(), NODES, ["NOSPACE"]) is Health.DEGRADED
    assert health(planes(), NODES, []) is Health.RUNNING
