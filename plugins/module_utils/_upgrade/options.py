# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be said of an upgrade."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import ALLOWED_STAGES
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, from_variables
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.gates import GATES, VALID_DAYS

UPGRADE_PLAN: Options = (
    *CLUSTER,
    *from_variables(
        # raw, to detect a version that YAML turned into a number
        Option("kubernetes_version", (
            "The version that the cluster is to have, in quotes, such as V(\"1.37.2\"). V(\"1.37\") means the newest patch that this release knows.",
            "Required. Without it, the module lists the versions that there are."), type="raw", default="", required=True, told_if_missing=True),
        Option("accept_gates", (
            "Gates that the upgrade passes though they are closed. The module says which ones are closed, what is wrong and how to mend it.",
            "V(control_plane) a component is not ready, or still changes. V(etcd) it has an alarm.",
            f"V(certificates) the first one ends within {VALID_DAYS} days. V(nodes_ready) a node is not Ready.",
            "V(kubelet_versions) a kubelet tells no version of Kubernetes.",
            "V(webhooks) a webhook that fails closed has no endpoints. V(deprecated_apis) somebody asks for APIs that the new version does not serve.",
            "V(nodes_cordoned) somebody else cordoned a node; it stays cordoned.",
            "V(disruption_budgets) and V(bare_pods), only if nodes are to be drained, a PodDisruptionBudget allows nothing, or a pod has no controller."),
            type="list", elements="str", choices=tuple(GATES), default=[]),
        ALLOWED_STAGES,
        Option("max_api_gap", (
            "Seconds for which the API of the cluster may give no answer while its control plane changes. V(0) is no limit.",
            "The playbook C(kubermatic.caas.upgrade) stops before the nodes if it was longer."), type="float", default=0.0),
        Option("max_unavailable", "How many nodes of the cluster may be without pods for their upgrade at a time.", type="int", default=1, least=1, most=1000,
               variable="upgrade_max_unavailable"),
    ),
    Option("inventory_nodes", "Names of nodes that hosts of the inventory are. The module refuses a cluster with other nodes, as they would be left behind.",
           type="list", elements="str"),
    Option("wait_timeout", "Seconds to wait until the API of the cluster is ready.", type="int", default=60),
    Option("pinned", "Nodes for which the inventory gives O(kubermatic.caas.node#module:node_kubernetes_version), name to version.", type="dict", default={}),
)
