# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two runs on one cluster never mix, and what can't work is said in one line before anything is touched."""
from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from e2e import witness
from e2e.world import LAB, VERSIONS, World


def lease(holder: str) -> dict:
    now = datetime.now(UTC)
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "cluster-lock", "namespace": "cluster-demo"},
            "spec": {"holderIdentity": holder, "leaseDurationSeconds": 300, "acquireTime": now.strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
                     "renewTime": (now + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")}}


def test_a_second_run_fails_at_once_and_names_the_holder(demo: World):
    """The other run is a real process of this machine, so that its lock counts as alive."""
    from ansible_collections.kubermatic.caas.plugins.module_utils._module.holder import of_process

    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"]) as other:
        try:
            holder = of_process(other.pid)
            demo.kubectl(None, "delete", "lease", "-n", "cluster-demo", "cluster-lock", "--ignore-not-found")
            file = demo.directory / "lease.json"
            file.write_text(json.dumps(lease(holder)))
            demo.kubectl(None, "create", "-f", str(file))
            mark = witness.mark(demo)
            run = demo.playbook("create_cluster", "-e", "cluster=demo").must_fail()
            assert f"pid {other.pid}" in run.output
            assert witness.writes_since(demo, mark) == []
        finally:
            other.terminate()
    # the holder is gone: the lock is no obstacle any more
    demo.playbook("create_cluster", "-e", "cluster=demo").must_succeed()


def inventory_with(world: World, tmp_path: Path, host: str, **variables: object) -> list[str]:
    extra = tmp_path / "extra.json"
    extra.write_text(json.dumps({"all": {"hosts": {host: variables}}}))
    return ["-i", str(extra)]


BAD = {
    "cluster name": (["create_cluster", "-e", "cluster=De_mo"], "De_mo", "lower"),
    "unknown version": (["create_cluster", "-e", "cluster=demo", "-e", "kubernetes_version=1.36.99"], "1.36.99", "1.36.3"),
    "version as a float": (["create_cluster", "-e", '{"cluster": "demo", "kubernetes_version": 1.4}'], "1.4", "1.36.3"),
    "overlapping networks": (["create_cluster", "-e", "cluster=demo", "-e", "pod_cidr=10.96.0.0/16"], "10.96.0.0/16", "overlap"),
    "a deprecated version": (["create_cluster", "-e", "cluster=late", "-e", "kubernetes_version=1.33.13"], "1.33.13 is deprecated", "goes on"),
    "an alpha feature": (["create_cluster", "-e", "cluster=demo", "-e", "expose=load_balancer"], "load_balancer is alpha", "Write expose: node_port"),
    "missing kubeconfig": (["create_cluster", "-e", "cluster=demo", "-e", "seed_kubeconfig=/nowhere/kubeconfig"], "/nowhere/kubeconfig", "kubeconfig"),
}


@pytest.mark.parametrize(("words", "names", "helps"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_and_no_write(demo: World, words: list[str], names: str, helps: str):
    mark = witness.mark(demo)
    run = demo.playbook(*words).must_fail()
    line = next(text for text in run.errors() if names in text)
    assert helps in line, line
    assert "Traceback" not in run.output
    assert run.changed == {}
    assert witness.writes_since(demo, mark) == []


def test_an_unreachable_seed(demo: World, tmp_path: Path):
    config = tmp_path / "kubeconfig"
    config.write_text(demo.seed_kubeconfig.read_text().replace(":6443", ":6"))
    run = demo.playbook("create_cluster", "-e", "cluster=demo", "-e", f"seed_kubeconfig={config}").must_fail()
    line = next(text for text in run.errors() if str(config) in text or ":6" in text)
    assert "Traceback" not in run.output, line


def host_run(world: World, tmp_path: Path, **variables: object) -> tuple[str, list[str]]:
    """create_cluster of `other` with its host under changed variables; what it said, and what it wrote."""
    mark = witness.mark(world)
    run = world.playbook("create_cluster", "-e", "cluster=other", *inventory_with(world, tmp_path, f"{LAB}-host-3", **variables)).must_fail()
    assert "Traceback" not in run.output
    return run.output, witness.writes_since(world, mark)


def test_a_changed_host_key(demo: World, tmp_path: Path):
    """The key that is known for the third host is that of the first."""
    known = tmp_path / "known_hosts"
    names, keys = zip(*(line.split(" ", 1) for line in (demo.directory / "known_hosts").read_text().splitlines()), strict=True)
    known.write_text("".join(f"{name} {keys[0]}\n" for name in names))
    output, writes = host_run(demo, tmp_path, ansible_ssh_common_args=f"-o UserKnownHostsFile={known} -o StrictHostKeyChecking=yes")
    assert "The host key has changed" in output
    assert writes == []


def test_an_unreachable_host(demo: World, tmp_path: Path):
    output, writes = host_run(demo, tmp_path, ansible_port=9)
    assert f"can't be reached over SSH (host {LAB}-host-3)" in output
    assert writes == []


def test_a_wrong_checksum(demo: World, tmp_path: Path):
    output, writes = host_run(demo, tmp_path, artefact_sha256={f"kubelet-{VERSIONS['other']}-amd64": "0" * 64})
    assert "kubelet" in output
    assert "0" * 64 in output
    assert writes == []
    places = "/usr/local/bin/kubelet /etc/kubernetes /var/lib/kubermatic-caas"
    assert demo.lab("exec", LAB, f"{LAB}-host-3", "--", "sh", "-c", f"ls {places} 2>/dev/null || true").split() == []
