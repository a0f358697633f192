# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waits until the kubelet that was just started runs its node: Ready, with its version, and not by the words of the kubelet before it."""
from __future__ import annotations

import time
from contextlib import suppress

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import assemble

# seconds between two looks at the host; one that says so often in a row that a service doesn't run is not waited for any longer: systemd starts it anew
# every 5 seconds
LOOK_EVERY, LOOKS = 6.0, 4


def lease(of: NodeResource) -> str:
    """When the kubelet renewed it last, every 10 seconds; a Node says Ready for 40 seconds and more after its kubelet has died."""
    found = of.api.get("coordination.k8s.io/v1", "Lease", of.name, "kube-node-lease") or {}
    return str((found.get("spec") or {}).get("renewTime") or "")


def wait_until_runs(of: NodeResource, version: str, *, renewed_after: str | None) -> None:
    """renewed_after: what lease said after the start, None if the version alone tells that it is another kubelet. Raises NotReady."""
    began, timeout = time.monotonic(), of.params["ready_timeout"]
    looked, stopped = began, 0
    of.progress(f"Waiting until node {of.name} is ready with kubelet {version} (up to {timeout} s)")
    while True:
        node = of.node()
        ready, message = node_object.ready(node) if node else (False, "the Node object is gone")
        seen = node_object.kubelet_version(node) if node else ""
        if ready and seen == version and (renewed_after is None or lease(of) != renewed_after):
            of.progress(f"Node {of.name} ready with kubelet {version} ({time.monotonic() - began:.1f} s)")
            return
        passed = time.monotonic() - began
        if time.monotonic() - looked > LOOK_EVERY or passed > timeout:
            looked, said = time.monotonic(), complaints(of)
            stopped = stopped + 1 if "stopped" in said else 0
            if passed > timeout or stopped == LOOKS:
                raise NotReady(f"Node {of.name} isn't ready with kubelet {version} after {passed:.0f} s", where=f"host {of.remote.host}",
                               why=said.get("stopped") or (said.get("complaint", "") if ready else "; ".join(filter(None, (message, said.get("complaint"))))))
        of.pause()


def complaints(of: NodeResource) -> dict[str, str]:
    """What the host itself says."""
    with suppress(CaasError):
        return of.remote.run(assemble(["diagnosis"])).facts
    return {}
