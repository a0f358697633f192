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
from e2e.world import World


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
