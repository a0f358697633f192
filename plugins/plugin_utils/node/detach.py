# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waits until the volumes of a drained node are detached. Only the kubelet of the node can unmount them: if it is gone before, Kubernetes detaches the volumes
by force after six minutes, and pods that use them start elsewhere only then."""
from __future__ import annotations

import time
from collections.abc import Callable

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._node import attachments


def attached(api: KubeApi, node: str) -> set[str]:
    """PersistentVolumes on the node that no pod uses which stays there, such as one of a DaemonSet."""
    found = attachments.attached(api.list("storage.k8s.io/v1", "VolumeAttachment"), node)
    return found - in_use(api, node) if found else set()


def in_use(api: KubeApi, node: str) -> set[str]:
    pods = api.list("v1", "Pod", field_selector=f"spec.nodeName={node}")
    wanted = {(pod["metadata"]["namespace"], claim) for pod in pods for claim in attachments.claims(pod)}
    found = [api.get("v1", "PersistentVolumeClaim", claim, namespace) or {} for namespace, claim in sorted(wanted)]
    return {name for name in ((claim.get("spec") or {}).get("volumeName") for claim in found) if name}


def wait_until_detached(api: KubeApi, node: str, *, timeout: int, progress: Callable[[str], None], pause: Callable[[], None]) -> None:
    """pause: between two looks. Raises NotReady with the volumes that are still there after timeout seconds."""
    began, told = time.monotonic(), False
    while left := attached(api, node):
        names = ", ".join(sorted(left))
        if time.monotonic() - began > timeout:
            raise NotReady(f"Volumes are still attached to node {node} after {timeout} s", why=f"still there: {names}",
                           fix="look at the controller of their CSI driver (kubectl get volumeattachments), or raise drain_timeout, then run this again")
        if not told:
            progress(f"Waiting until volumes are detached from node {node}: {names}")
            told = True
        pause()
