# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two runs on one cluster never mix."""
from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from e2e import witness
from e2e.world import World


def lease(holder: str) -> dict:
    now = datetime.now(UTC)
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "cluster-lock", "namespace": "cluster-demo"},
            "spec": {"holderIdentity": holder, "leaseDurationSeconds": 300, "acquireTime": now.strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
                     "renewTime": (now + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")}}


def test_a_second_run_fails_at_once_and_names_the_holder(demo: World):
    """The other run is a real process of this machine, so that its lock counts as alive."""
    from ansible_collections.kubermatic.caas.plugins.module_utils._system.run_identity import of_process

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
