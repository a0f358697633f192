# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.container_resources import pods, resources, shares
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.size import COMPONENTS, SIZES, mib
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.quantity import amount

DOCS = Path(__file__).resolve().parents[5] / "docs" / "own_datacenter.md"


def test_every_component_of_every_size_has_a_limit_above_what_it_asks_for():
    for size in SIZES.values():
        assert tuple(size.shares) == COMPONENTS
        for share in size.shares.values():
            assert mib(share.memory_limit) >= 2 * mib(share.memory)


def test_a_larger_size_is_larger_in_everything():
    small, medium, large = (SIZES[name] for name in ("small", "medium", "large"))
    for less, more in ((small, medium), (medium, large)):
        assert (less.requests, less.changes) < (more.requests, more.changes)
        for component in COMPONENTS:
            one, other = less.shares[component], more.shares[component]
            assert amount(one.cpu) < amount(other.cpu) and mib(one.memory) < mib(other.memory) and mib(one.memory_limit) < mib(other.memory_limit)


def test_one_component_may_differ():
    found = resources("small", {"kube_apiserver": {"memory_limit": "4Gi"}, "etcd": {"cpu": "2"}})
    assert found["kube_apiserver"] == {"cpu": "50m", "memory": "384Mi", "memory_limit": "4Gi", "go_memory_limit": "3686MiB"}
    assert found["etcd"] == {"cpu": "2", "memory": "128Mi", "memory_limit": "2Gi", "go_memory_limit": "1843MiB"}


@pytest.mark.parametrize(("over", "line"), [
    ({"apiserver": {}}, "There is no component 'apiserver'.*kube_apiserver"),
    ({"etcd": {"memory": "1G"}}, "etcd: memory '1G' is not valid.*such as 4Gi"),
    ({"etcd": {"cpu": 0.5}}, "etcd: cpu .*500m or 2"),
    ({"etcd": {"limit": "1Gi"}}, "write cpu, memory, memory_limit|Write cpu, memory, memory_limit"),
    ({"etcd": "large"}, "etcd: 'large' is not valid"),
    ({"etcd": {"memory": "3Gi"}}, "a memory_limit of 2Gi is too little.*asks for 3Gi"),
    ({"kube_apiserver": {"memory": "64Mi", "memory_limit": "100Mi"}}, "needs 512Mi to start"),
])
def test_what_can_not_be(over, line):
    with pytest.raises(InvalidInput, match=line):
        shares("small", over)


def test_the_pods_of_a_control_plane():
    found = pods(resources("small", {}), etcd_replicas=3, control_plane_replicas=2)
    assert [(one.name, one.replicas) for one in found] == [("etcd", 3), ("kube-apiserver", 2), ("kube-controller-manager", 2), ("kube-scheduler", 2)]
    assert (found[0].cpu, found[0].memory) == (Decimal("0.025"), Decimal(128 * 2**20))
    # kube-apiserver with konnectivity's server beside it
    assert (found[1].cpu, found[1].memory) == (Decimal("0.055"), Decimal(416 * 2**20))


def test_the_table_of_the_documentation_is_this_table():
    text = DOCS.read_text()
    for name, size in SIZES.items():
        cells = [f"{share.cpu}, {share.memory}, {share.memory_limit}" for share in size.shares.values()]
        assert f"| `{name}` | {' | '.join(cells)} | {size.requests}, {size.changes} |" in text
