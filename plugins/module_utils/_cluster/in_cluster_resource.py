# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Base of nouns that live in the customer's cluster: its API, once it answers."""
from __future__ import annotations

import time

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.cluster_client import open_cluster
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.patience import Telling

POLL = 0.5
# clusters of a run go side by side, task by task: seconds for one that nothing is done to, and that all others wait for
WHILE_OTHERS_WAIT = 5


class ClusterApiResource(ClusterResource):
    """Options: wait_timeout, too, and others_wait where one may wait for a cluster that runs."""

    @property
    def patience(self) -> int:
        """Seconds for the API of the cluster to answer."""
        return min(WHILE_OTHERS_WAIT, self.params["wait_timeout"]) if self.params.get("others_wait") else self.params["wait_timeout"]

    def cluster_api(self) -> KubeApi | None:
        """None in check mode, if the cluster does not exist yet."""
        try:
            api = open_cluster(self.seed, self.namespace)
        except NotReady:
            if self.check_mode:
                return None
            raise
        return api if self.answers(api) else None

    def answers(self, api: KubeApi) -> bool:
        """Waits for the cluster's API; in check mode looks once."""
        begin = time.monotonic()
        if api.ready():
            return True
        if self.check_mode and not self.control_plane_runs():
            return False
        if not self.check_mode:
            self.progress(f"Wait until {api.server} is ready")
            telling = Telling()
            while time.monotonic() - begin < self.patience:
                time.sleep(POLL)
                if api.ready():
                    self.progress(f"{api.server} is ready after {time.monotonic() - begin:.1f} s")
                    return True
                if line := telling.line("it does not answer, or reports that it is not ready", time.monotonic() - begin):
                    self.progress(line)
        raise NotReady(f"The API of cluster {self.cluster} is not ready after {time.monotonic() - begin:.0f} s", where=api.server,
                       why=why_not_ready(api),
                       fix=f"look at the pods in namespace {self.namespace} of the seed, and whether this address is the seed's")

    def control_plane_runs(self) -> bool:
        deployment = self.seed.get("apps/v1", "Deployment", "kube-apiserver", self.namespace) or {}
        return bool((deployment.get("status") or {}).get("readyReplicas"))


def why_not_ready(api: KubeApi) -> str:
    try:
        api.request("GET", "/readyz")
    except CaasError as error:
        return f"{error.what}: {error.why}"
    return "it became ready just now"
