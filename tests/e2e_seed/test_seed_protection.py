# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What protects customers in a seed that is built, seen on a machine: what its etcd holds, what it refuses, and what becomes of them when its disk fills up."""
from __future__ import annotations

import json
import time
from pathlib import Path

import yaml

from e2e.world import World, eventually
from e2e_ha.prober import Prober
from e2e_seed.conftest import MACHINE, on_machine

OPERATOR_ROLE = Path(__file__).resolve().parents[2] / "roles" / "control_plane" / "files" / "operator-role.yaml"
LONGEST_GAP, REFUSED_WITHIN = 3.0, 5.0
# longer than a kubelet needs to evict all pods one after the other, as it looks every 10 seconds
UNDER_PRESSURE = 60.0


def etcd(world: World, *words: str) -> str:
    certificates = [f"--{name}=/etc/kubernetes/pki/etcd/{file}" for name, file in (("cacert", "ca.crt"), ("cert", "server.crt"), ("key", "server.key"))]
    return world.kubectl(None, "-n", "kube-system", "exec", f"etcd-{MACHINE}", "--", "etcdctl", *certificates, *words).stdout


def test_the_second_run_changes_nothing(seed: World):
    assert seed.playbook("create_seed").must_succeed().changed() == set()


def test_secrets_are_not_readable_in_etcd(demo: World):
    """The keys of a customer are Secrets of the seed."""
    keys = etcd(demo, "get", "/registry/secrets/", "--prefix", "--keys-only").split()
    assert "/registry/secrets/cluster-demo/cluster-ca" in keys
    found = json.loads(etcd(demo, "get", "/registry/secrets/", "--prefix", "-w", "json"))["kvs"]
    assert len(found) == len(keys) > 10
    # base64 of "k8s:enc:secretbox:v1:"
    assert [item["key"] for item in found if not item["value"].startswith("azhzOmVuYzpzZWNyZXRib3g6djE6")] == []
    assert on_machine(demo, "stat -c '%a %U' /etc/kubernetes/pki/encryption-config.yaml").split() == ["600", "root"]


def test_an_operator_is_refused_external_ips(demo: World):
    """With the Role that the collection ships, and nothing else."""
    role, = [item for item in yaml.safe_load_all(OPERATOR_ROLE.read_text()) if item]
    role["metadata"]["namespace"] = "cluster-demo"
    binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "otto", "namespace": "cluster-demo"},
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role["metadata"]["name"]},
               "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "otto"}]}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "diverted", "namespace": "cluster-demo"}, "spec": {"ports": [{"port": 31000}]}}
    files = {}
    for name, content in {"rights": {"apiVersion": "v1", "kind": "List", "items": [role, binding]}, "plain": service,
                          "diverted": {**service, "spec": {**service["spec"], "externalIPs": ["198.51.100.10"]}}}.items():
        files[name] = demo.directory / f"{name}.json"
        files[name].write_text(json.dumps(content))
    demo.kubectl(None, "apply", "-f", str(files["rights"]))
    demo.kubectl(None, "--as=otto", "create", "--dry-run=server", "-f", str(files["plain"]))
    refused = demo.kubectl(None, "--as=otto", "create", "-f", str(files["diverted"]), check=False)
    assert refused.returncode != 0 and "Use of external IPs is denied by admission control" in refused.stderr


def pods(world: World) -> dict[str, str]:
    return {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in world.objects(None, "pods", "-n", "cluster-demo")}


def has_pressure(world: World) -> bool:
    node, = world.objects(None, "nodes")
    return any(taint["key"] == "node.kubernetes.io/disk-pressure" for taint in node["spec"].get("taints", []))


def fill(world: World, percent: int) -> None:
    size, used = map(int, on_machine(world, "df --output=size,used -k /var/lib/kubelet | tail -n 1").split())
    on_machine(world, f"fallocate -l {size * percent // 100 - used}KiB /var/lib/kubelet/full")


def test_a_disk_that_fills_up_ends_no_control_plane_and_is_told(demo: World):
    before = pods(demo)
    with Prober(demo.kubeconfig("demo")) as prober:
        fill(demo, 90)
        eventually(lambda: has_pressure(demo), seconds=90)
        told = demo.playbook("status").must_succeed().output
        assert f"The seed: {MACHINE} has disk-pressure: 0.4 GiB of 4 free" in told, told[-2000:]
        refused = demo.playbook("create_cluster", "-e", "cluster=late").must_fail()
        # what ansible-playbook itself takes on a machine that is busy with other things
        elsewhere = demo.playbook("create_cluster", "-e", "cluster=late", "-e", "kubernetes_version=9.9.9").must_fail()
        assert refused.seconds < elsewhere.seconds + REFUSED_WITHIN, (refused.seconds, elsewhere.seconds)
        lines = [error for error in refused.errors() if "Cluster late can't be created now: no machine of the seed takes pods" in error]
        assert lines and all(f"{MACHINE} has disk-pressure: 0.4 GiB of 4 free" in line for line in lines), refused.output[-2000:]
        assert demo.kubectl(None, "get", "namespace", "cluster-late", check=False).returncode != 0
        time.sleep(UNDER_PRESSURE)
        # one of several looks, as the machine that runs all of this may be busy
        eventually(lambda: has_pressure(demo), seconds=30)
        on_machine(demo, "rm /var/lib/kubelet/full")
        eventually(lambda: not has_pressure(demo), seconds=120)
    print(f"while the disk was full: {prober.summary()}; create_cluster refused after {refused.seconds:.1f} s, "
          f"of which {elsewhere.seconds:.1f} s for any refusal")
    assert not [request.error for request in prober.requests if request.error]
    assert prober.longest_gap() < LONGEST_GAP
    assert pods(demo) == before
    assert "The seed:" not in demo.playbook("status").must_succeed().output


def test_then_the_refused_cluster_can_be_made(demo: World):
    demo.playbook("create_cluster", "-e", "cluster=late").must_succeed()
    assert demo.playbook("create_cluster", "-e", "cluster=late").must_succeed().changed() == set()
