# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A look at what would be done, on an empty seed: sentences and manifests, and no write."""
from __future__ import annotations

from e2e import witness
from e2e.world import LAB, World


def test_check_of_create_seed_leaves_the_machine_alone(world: World):
    listing = "find / -xdev -newer /tmp/before -not -path '/proc/*' -not -path '/run/*' -not -path '/var/log/*' -not -path '/tmp/*' -not -path '/sys/*' -type f"
    host = f"{LAB}-seed-1"
    world.lab("exec", LAB, host, "--", "touch", "/tmp/before")
    run = world.playbook("create_seed", "--check", "--diff").must_succeed()
    assert "kubeadm" in run.output
    assert world.lab("exec", LAB, host, "--", "sh", "-c", f"{listing} 2>/dev/null || true").split() == []
    assert not world.seed_kubeconfig.exists()


def test_check_on_an_empty_seed_shows_the_manifests_and_writes_nothing(seed: World):
    mark = witness.mark(seed)
    run = seed.playbook("create_cluster", "-e", "cluster=demo", "--check", "--diff").must_succeed()
    assert "kind: StatefulSet" in run.output
    assert "PRIVATE KEY" not in run.output
    assert witness.writes_since(seed, mark) == []
    assert seed.kubectl(None, "get", "namespace", "cluster-demo", check=False).returncode != 0
