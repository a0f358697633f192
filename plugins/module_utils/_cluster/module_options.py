# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the small modules of a cluster. Only tasks say them."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.run_result import RESULTS
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER, SEED
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options

CLUSTER_INFO: Options = (
    *SEED,
    Option("cluster", ("Name of the one cluster to look at. Without it, all clusters of the seed.", "With rights in one namespace only, it must be given.")),
    Option("inventory_nodes", (
        "Names of nodes that hosts of the inventory are. With them, RV(clusters[].unlisted_nodes) tells which nodes are none of them."),
        type="list", elements="str"),
    Option("fail_if", (
        "Which clusters RV(bad) names. V(down) those whose health is V(Down) or V(unknown), V(degraded) also those whose health is V(Degraded)."),
        choices=("never", "degraded", "down"), default="never", variable="fail_if"),
)
CLUSTER_LOCK: Options = (
    *CLUSTER,
    Option("state", (
        "V(held) takes or renews the lock. It fails at once if another run holds it.",
        "V(free) gives the lock back if this run holds it. It never touches the lock of another run."), choices=("held", "free"), default="held"),
)
CLUSTER_RECORD: Options = (
    *CLUSTER,
    Option("phase", (
        "The phase of the cluster. If not given, it stays as it is.",
        "V(Creating) is for a cluster that never ran; one that did keeps its phase.",
        "V(Running) also notes what runs, as O(runs) does, and forgets the last error."), choices=("Creating", "Running", "Updating", "Deleting")),
    Option("spec", "The cluster as M(kubermatic.caas.cluster_spec) returns it. What can be derived from the rest is not stored.", type="dict"),
    Option("last_error", (
        "What went wrong last, as one line without secrets. An empty text forgets it.",
        "Not noted without O(phase) if another run holds the lock, as the record is that one's.")),
    Option("node_error", "What went wrong last with nodes or machines, as O(last_error) and beside it, as the control plane may be well."),
    Option("runs", (
        "Whether the control plane of O(spec) runs. Its version, and those of all components, are kept then as what runs.",
        "Later runs go by them, whatever their release of the collection offers to new clusters."), type="bool", default=False),
    Option("free_lock", (
        "Whether the lock of the cluster is given back then, as by M(kubermatic.caas.cluster_lock). For the last task of a run."), type="bool", default=False),
)
CLUSTER_RESULT: Options = (
    *CLUSTER,
    Option("after", (
        "What was done.",
        "V(hosts) fails if a host of a new cluster can't be a node. Nothing is noted.",
        "V(control_plane) notes why a control plane could not be made. It does not fail, as the task did that could not make it.",
        "V(block) is for the rescue of a block of tasks after which the run goes on. It keeps why the block ended early.",
        "V(create), V(scale) and V(renew) tell how the playbook of that name went.",
        "V(node) tells it of a node whose cluster takes no part in the run.",
        "V(look) fails if a cluster that is to be deleted has nodes that the run does not reset.",
        "V(reset) fails if a node of a cluster that is to be deleted could not be reset.",
        "V(delete) tells what is left of a cluster. If it is still there, its lock is given back."),
        choices=RESULTS, required=True),
    Option("hosts_reset", "With O(after=look) and O(after=delete), whether the hosts of nodes are asked to leave.", type="bool", default=True),
)
LOOK_AHEAD: Options = (
    *CLUSTER,
    Option("tasks", (
        "A file of tasks in the role that asks. Its tasks are those of modules of this collection that look at one cluster; each registers its result. What "
        "else there is has a condition that is false where nothing is to be done."), required=True),
)
ENDPOINT: Options = (
    *CLUSTER,
    Option("address", (
        "IP address or DNS name at which nodes and users reach the cluster. Required with O(expose=node_port), then it is an address of the seed.",
        "With O(expose=load_balancer) it may be a DNS name that leads to the load balancer. Without it the address that the load balancer gets is "
        "used. A load balancer that has only a name, as at some clouds, is refused then, as kube-apiserver and the Service C(kubernetes) of the cluster can "
        "hold IPv4 addresses only.")),
    Option("expose", (
        "How the cluster is reached from outside of its seed. It can't change later.",
        "V(node_port) uses ports of the nodes of the seed.",
        "V(load_balancer) asks the cloud of the seed for a load balancer with the ports 6443 and 8132. Launch stage alpha. This has not been tried "
        "with any cloud yet."), choices=("node_port", "load_balancer"), default="node_port"),
    Option("wait_timeout", "Seconds to wait for the address of a load balancer.", type="int", default=300),
)
CLUSTER_OVERVIEW: Options = (
    Option("cluster", "The one cluster that was asked for. It fails if no seed has it."),
    Option("format", (
        "What is printed. V(json) is a mapping of seeds to their clusters, as RV(kubermatic.caas.cluster_info#module:clusters) has them."),
        choices=("table", "json"), default="table"),
    Option("path", "With O(format=json) a file to write, in place of printing it. Relative to the directory in which C(ansible-playbook) was called.",
           type="path"),
    Option("fail_if", "As it was given to M(kubermatic.caas.cluster_info). It fails if that found bad clusters."),
)
KUBECONFIG: Options = (
    *CLUSTER,
    Option("path", "Where the kubeconfig is written, with mode 0600. Directories that are missing are made with mode 0700.", type="path", required=True),
    Option("lifetime", "How long it lives, a number with C(m) for minutes, C(h) for hours or C(d) for days. At most C(365d).", default="24h",
           variable="lifetime"),
    Option("user", "Name of the user in the cluster, at most 64 characters.", default="admin"),
    Option("group", "Group of the user in the cluster, at most 64 characters. The default one may do everything there.", default="kubermatic:cluster-admins"),
)
NAMESPACE: Options = (
    *CLUSTER,
    Option("state", (
        "V(present) creates the namespace, labelled so that its pods run under the restricted pod security standard.",
        "V(absent) deletes it with everything in it, waits for its end, and looks whether anything is left."),
        choices=("present", "absent"), default="present"),
    Option("confirm", "The name of the cluster once more. Needed for O(state=absent)."),
    Option("wait_timeout", "Seconds that O(state=absent) waits until everything is deleted.", type="int", default=600),
)
