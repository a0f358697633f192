# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the small modules of a cluster. Only tasks set them."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.run_result import RESULTS
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER, SEED
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options

CLUSTER_INFO: Options = (
    *SEED,
    Option("cluster", (
        "Name of the cluster to examine. By default all clusters of the seed.",
        "Required if the kubeconfig has rights in one namespace only.")),
    Option("inventory_nodes", (
        "Names of the nodes that are hosts of the inventory. With it, RV(clusters[].unlisted_nodes) lists the other nodes of a cluster."),
        type="list", elements="str"),
    Option("fail_if", (
        "Which clusters RV(bad) lists. V(down) means those whose health is V(Down) or V(unknown), V(degraded) also those whose health is V(Degraded)."),
        choices=("never", "degraded", "down"), default="never", variable="fail_if"),
)
CLUSTER_LOCK: Options = (
    *CLUSTER,
    Option("state", (
        "V(held) takes or renews the lock. It fails at once if another run holds it.",
        "V(free) releases the lock if this run holds it. It never touches the lock of another run."), choices=("held", "free"), default="held"),
)
CLUSTER_RECORD: Options = (
    *CLUSTER,
    Option("phase", (
        "Phase of the cluster. By default it stays as it is.",
        "V(Creating) is for a cluster that never ran; a cluster that ran before keeps its phase.",
        "V(Running) also stores what runs, as O(runs) does, and clears the last error."), choices=("Creating", "Running", "Updating", "Deleting")),
    Option("spec", "The cluster as M(kubermatic.caas.cluster_spec) returns it. The module does not store what follows from the rest of it.", type="dict"),
    Option("last_error", (
        "The last error, as one line without secrets. An empty text clears it.",
        "Without O(phase), the module does not store it while another run holds the lock, because only that run may change the record.")),
    Option("node_error", "The last error of nodes or machines, in the form of O(last_error). The control plane may be well at the same time."),
    Option("runs", (
        "Whether the control plane of O(spec) runs. If so, the module stores its version and those of all its components as what runs.",
        "Later runs use these versions, whatever their release of the collection offers to new clusters."), type="bool", default=False),
    Option("accepted_gates", "With O(phase=Updating), names of closed gates that the user accepted. The module stores them with the upgrade.", type="list",
           elements="str"),
    Option("api", "How the API answered during the upgrade, as RV(kubermatic.caas.manifests#module:api). The module stores it with the upgrade.",
           type="dict"),
    Option("free_lock", (
        "Whether the module releases the lock of the cluster at the end, as M(kubermatic.caas.cluster_lock) does. For the last task of a run."), type="bool",
        default=False),
)
CLUSTER_RESULT: Options = (
    *CLUSTER,
    Option("after", (
        "The part of a run whose result the module reports.",
        "V(hosts) fails if a host of a new cluster can't be a node. The record does not change.",
        "V(control_plane) stores in the record why the run could not create a control plane. It does not fail, because the task that could not create it did.",
        "V(block) is for the rescue of a block of tasks after which the run goes on. It keeps the reason why the block failed.",
        "V(create), V(scale), V(renew) and V(upgrade) report the result of the playbook of that name.",
        "V(node) reports the result for a node whose cluster is not part of the run.",
        "V(look) fails if a cluster that is to be deleted has nodes that the run does not reset.",
        "V(reset) fails if the run could not reset a node of a cluster that is to be deleted.",
        "V(delete) reports what is left of a cluster. If the cluster still exists, it releases its lock."),
        choices=RESULTS, required=True),
    Option("hosts_reset", "With O(after=look) and O(after=delete), whether the run resets the hosts of nodes.", type="bool", default=True),
)
LOOK_AHEAD: Options = (
    *CLUSTER,
    Option("tasks", (
        "A file of tasks in the calling role. Its tasks use modules of this collection that work on one cluster, and each registers its result. Any other "
        "task has a condition that is false if nothing is to be done."), required=True),
)
ENDPOINT: Options = (
    *CLUSTER,
    Option("address", (
        "IP address or DNS name at which nodes and users reach the cluster. Required with O(expose=node_port), where it is an address of the seed.",
        "With O(expose=load_balancer) it may be a DNS name of the load balancer. By default it is the address that the load balancer gets. If that has only a "
        "name, as at some clouds, the module fails, because kube-apiserver and the Service C(kubernetes) of the cluster need an IPv4 address.")),
    Option("expose", (
        "How nodes and users reach the cluster. It can't change later.",
        "V(node_port) uses ports of the nodes of the seed.",
        "V(load_balancer) requests a load balancer with the ports 6443 and 8132 from the cloud of the seed. Launch stage alpha; not yet tried with any "
        "cloud."), choices=("node_port", "load_balancer"), default="node_port"),
    Option("wait_timeout", "Seconds to wait for the address of a load balancer.", type="int", default=300),
)
CLUSTER_OVERVIEW: Options = (
    Option("cluster", "Name of the only cluster to show. The module fails if no seed has it."),
    Option("format", (
        "What the module prints. V(json) is a mapping of seeds to their clusters, in the form of RV(kubermatic.caas.cluster_info#module:clusters)."),
        choices=("table", "json"), default="table"),
    Option("path", "With O(format=json), path of a file to write instead of printing. Relative to the directory in which C(ansible-playbook) was called.",
           type="path"),
    Option("fail_if", "The O(kubermatic.caas.cluster_info#module:fail_if) of the task before. The module fails if that task found bad clusters."),
)
KUBECONFIG: Options = (
    *CLUSTER,
    Option("path", "Path of the kubeconfig to write, with mode 0600. The module creates missing directories with mode 0700.", type="path", required=True),
    Option("lifetime", "How long the kubeconfig is valid: a number with C(m) for minutes, C(h) for hours or C(d) for days. At most C(365d).", default="24h",
           variable="lifetime"),
    Option("user", "Name of the user in the cluster, at most 64 characters.", default="admin"),
    Option("group", "Group of the user in the cluster, at most 64 characters. The default one may do everything there.", default="kubermatic:cluster-admins"),
)
NAMESPACE: Options = (
    *CLUSTER,
    Option("state", (
        "V(present) creates the namespace, labelled so that its pods run under the restricted pod security standard.",
        "V(absent) deletes it with everything in it, waits until it is gone, and checks whether anything is left."),
        choices=("present", "absent"), default="present"),
    Option("confirm", "The name of the cluster once more. Required for O(state=absent)."),
    Option("wait_timeout", "Seconds to wait until everything is deleted, for O(state=absent).", type="int", default=600),
)
