# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The cluster "broken" with one node, whose runs are disturbed; and what must be true of it however often that happened."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._system.run_identity import is_gone
from e2e import traces
from e2e.world import LAB, World
from lab import customer_inventory
from playbook_runs.ended import Ended
from playbook_runs.killable import KILLED, Killable

HOST, SEED_HOST, NAMESPACE = f"{LAB}-host-1", f"{LAB}-seed-1", "cluster-broken"
CREATE = ("create_cluster", "-e", "cluster=broken")
DELETE = ("delete_cluster", "-e", "cluster=broken", "-e", "confirm=broken")
# the only node: its pods have nowhere to go
REMOVE = ("remove_node", "-e", "cluster=broken", "-e", f"node={HOST}", "-e", "node_drain=false")


class Broken:
    def __init__(self, world: World) -> None:
        self.world = world
        customer_inventory.write(world.directory, {"broken": [HOST]})
        self.untouched = traces.of_host(world, HOST)
        self.authority = ""

    def create(self) -> Ended:
        """As a user would after a run that broke off: once more, and it works."""
        run = self.world.playbook(*CREATE).must_succeed()
        self.same_authority()
        return run

    def delete(self) -> Ended:
        run = self.world.playbook(*DELETE).must_succeed()
        self.authority = ""
        return run

    def killed(self, kill_at: int | str, *words: str, kill_after: float = 0) -> Killable | None:
        """None if the run ended before it came to that task."""
        running = self.world.killed(kill_at, *words, kill_after=kill_after)
        if words == CREATE:
            self.same_authority()
        return running if running.process.returncode == KILLED else None

    def same_authority(self) -> None:
        """The first that is seen is the one that stays."""
        now = traces.authority(self.world, NAMESPACE)
        assert not self.authority or now == self.authority, "another authority than before"
        self.authority = now

    def must_be_whole(self) -> None:
        """One control plane, one authority, one node, and nobody works on it."""
        pods = [pod for pod in self.objects("pods") if not pod["metadata"].get("deletionTimestamp")]
        assert sorted(pod["metadata"]["labels"]["app.kubernetes.io/name"] for pod in pods) == [
            "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]
        assert [len(self.objects(kind)) for kind in ("persistentvolumeclaims", "statefulsets", "deployments")] == [1, 1, 3]
        bundle = next(item for item in self.objects("configmaps") if item["metadata"]["name"] == "ca-bundle")
        assert bundle["data"]["ca.crt"].count("BEGIN CERTIFICATE") == 1
        lease = next(item for item in self.objects("leases") if item["metadata"]["name"] == "cluster-lock")
        holder = lease["spec"]["holderIdentity"]
        # a run that died at its very end may have left its name; it keeps nobody off
        assert holder == "" or is_gone(holder)
        self.world.playbook("kubeconfig", "-e", "cluster=broken", "-e", f"path={self.world.kubeconfig('broken')}").must_succeed()
        nodes = self.world.objects("broken", "nodes")
        assert [node["metadata"]["name"] for node in nodes] == [HOST]
        assert [c["status"] for c in nodes[0]["status"]["conditions"] if c["type"] == "Ready"] == ["True"]
        # one kubelet certificate each way, no request left over
        keys = self.on_host("ls /var/lib/kubelet/pki")
        assert [name for name in keys.split() if name.endswith((".pending", ".caas-new"))] == []

    def must_be_gone(self) -> None:
        assert self.world.kubectl(None, "get", "namespace", NAMESPACE, check=False).returncode != 0
        volumes = self.world.objects(None, "persistentvolumes")
        assert [v["metadata"]["name"] for v in volumes if v["spec"]["claimRef"]["namespace"] == NAMESPACE] == []
        left = traces.of_host(self.world, HOST) - self.untouched
        assert not left, f"left on {HOST}: {sorted(left)}"

    def objects(self, kind: str) -> list[dict]:
        return self.world.objects(None, kind, "-n", NAMESPACE)

    def on_host(self, command: str, host: str = HOST) -> str:
        return self.world.lab("exec", LAB, host, "--", "sh", "-c", command)

    def a_line_for(self, run: Ended, *parts: str) -> str:
        """The one line that tells of it."""
        run.must_fail()
        assert "Traceback" not in run.output, run.output[-4000:]
        line = next((line for line in run.output.splitlines() if all(part in line for part in parts)), "")
        assert line, run.output[-4000:]
        return line


def on_the_seed(broken: Broken, command: str) -> str:
    return broken.on_host(command, SEED_HOST)
