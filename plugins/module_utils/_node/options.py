# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the module node, and variables of the role node."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, as_variables, from_variables
from ansible_collections.kubermatic.caas.plugins.module_utils._host.options import DOWNLOADS
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.options import RENEW_WITHIN_DAYS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry

NODE: Options = (
    *CLUSTER,
    Option("node_name", (
        "Name of the Node in the cluster. At most 52 lower-case letters, digits, C(-) and C(.).",
        "The host name of the host does not matter, so two hosts with the same host name can be nodes of one cluster."), required=True),
    Option("namesakes", (
        "Other hosts of the inventory with the same O(node_name) in this cluster. If there are any, the module fails before it changes anything."),
        type="list", elements="str", default=[]),
    Option("cluster_version", (
        "Version of the control plane, for O(state=fit) and O(state=fetched) while the cluster does not exist yet. V(1.36) means its newest patch."),
        default=""),
    Option("cluster_networks", (
        "C(pod_cidr) and C(service_cidr) of a cluster that does not exist yet. One that is missing or empty has the default of a cluster."),
        type="dict", default={}),
    Option("cluster_kube_proxy_mode", (
        "C(mode) of kube-proxy in a cluster that does not exist yet. Empty if the collection does not install kube-proxy there."), default=""),
    Option("cluster_flannel", (
        "Whether flannel is the network of the pods in a cluster that does not exist yet. If it is, files and interfaces that another network left on the host "
        "are an error, otherwise a warning."), type="bool", default=True),
    Option("ssh_address", (
        "Address at which the inventory reaches the host, its C(ansible_host). SSH checked the host key at this address, so the module accepts it as the "
        "host's own, also if another node claims it."), default=""),
    Option("kubernetes_registry", (
        "Registry, with a path if there is one, of the image C(pause), which every pod needs. The module does not read it from the record of the cluster."),
        default="registry.k8s.io"),
    *from_variables(
        Option("state", (
            "V(present) makes the host a node of the cluster, V(absent) removes the node and resets the host.",
            "V(fit) only checks whether the host can be a node, and fails if it can't. The cluster need not exist for that.",
            "V(fetched) downloads and checks what a join would install, and installs nothing. The cluster need not exist for that.",
            "V(unfetched) deletes such downloads.",
            "V(cordoned) keeps new pods off a node that is about to be removed, and does not contact the host. A later O(state=present) uncordons it.",
            "V(renewed) renews certificates of a node that end within O(renew_within_days) days, and changes nothing else on the host. It does nothing with "
            "a host that is not a node of the cluster yet.",
            "V(upgraded) brings kubelet, containerd, runc and the CNI plugins of a node, with their configuration, to the versions in the record of the "
            "cluster, or the kubelet to O(kubernetes_version). For another minor release, containerd or runc it cordons and drains the node before, and "
            "uncordons it afterwards. A node that is not ready with them within O(ready_timeout) seconds, or whose services do not run, gets back what it "
            "had. It never installs an older kubelet. It does nothing with a host that is not a node of the cluster yet."),
            choices=("present", "absent", "fit", "fetched", "unfetched", "cordoned", "renewed", "upgraded"), default="present", variable="node_state"),
        Option("kubernetes_version", (
            "Version of the kubelet, such as V(1.36.3). At most that of the control plane, and at most three minor versions older.",
            "Only O(state=upgraded) changes the kubelet of a host that is a node already. With other states, another version than the one that runs is an "
            "error.",
            "By default the kubelet of a new node has the version of the control plane, or the newest older one that the kernel of the host supports."),
            variable="node_kubernetes_version"),
        Option("node_labels", (
            "Labels of the Node. Values are strings, so V(true) and numbers need quotes.",
            "The module removes labels that an earlier run set and that are missing here. It keeps labels that others set."), type="dict", default={}),
        Option("node_taints", (
            "Taints of the Node, each with C(key), C(effect) and perhaps C(value). Values are strings, so V(true) and numbers need quotes.",
            "The module removes taints that an earlier run set and that are missing here. It keeps taints that others set."), type="list", elements="dict",
            default=[]),
        Option("kubelet_config", (
            "Fields of the KubeletConfiguration, merged over those that the collection sets. Fields by which a node authenticates can't be set."), type="dict",
            default={}),
        Option("renew_within_days", (
            "Days. The module renews the kubelet's serving certificate if it ends within this time. The kubelet renews its client certificate itself; the "
            "module renews it only if it has ended, for example because the host was off for long."),
            type="int", default=RENEW_WITHIN_DAYS.default, least=RENEW_WITHIN_DAYS.least, most=RENEW_WITHIN_DAYS.most),
        Option("ready_timeout", (
            "Seconds to wait until the kubelet has registered its Node, and then, counted anew, until the node is Ready."), type="int", default=300),
        Option("others_wait", (
            "Whether other clusters wait until this task ends. If so, the module examines the host for at most 5 seconds, the login included.",
            "Otherwise it does so for at most 12 seconds, or C(ansible_timeout) and 2 seconds if that is longer. In both cases it compares files on the "
            "host for at most two minutes, and makes changes without downloads for at most ten minutes. A host that needs longer counts as unreachable."),
            type="bool", default=False),
        Option("host_timeout", (
            "Seconds for downloads on the host together with the installation that follows them. A host that needs longer counts as unreachable."),
            type="int", default=900),
        Option("login_timeout", (
            "Seconds during which the module repeats the first login, for a new machine that still boots. By default it tries once."), type="int", default=0),
        Option("drain_timeout", (
            "Seconds to wait until pods have left the node, and then, counted anew, until its volumes are detached. The error names the pods or volumes "
            "that are left. The module does not wait for a node that is not ready."), type="int", default=300),
        Option("max_unavailable", (
            "With O(state=upgraded), how many nodes of the cluster may be without pods for their upgrade at a time. The module does not begin with one more, "
            "nor with any node after another one failed in the same run."), type="int", default=1, least=1, most=1000, variable="upgrade_max_unavailable"),
        Option("node_drain", (
            "Whether the module evicts the pods of a node before it removes the node. V(false) is for nodes of a cluster that is being deleted."),
            type="bool", default=True),
        Option("node_reset", (
            "With O(state=absent), whether the module resets the host. V(false) is for a machine that will be deleted: the module does not contact it."),
            type="bool", default=True),
        Option("node_forget", (
            "With O(state=absent), whether the module only deletes the Node and does not contact the host. For a host that is gone for good."),
            type="bool", default=False),
        Option("node_address", "IPv4 address of the Node, one that the host has. By default the address from which the host reaches the control plane."),
        Option("node_provider_id", (
            f"Id of the machine at its cloud, such as {' or '.join(f'V({one.sample})' for one in registry.INTEGRATIONS.values())}. The kubelet registers the "
            "Node with it as C(spec.providerID), so the name of the node and that of the machine may differ.",
            "Without it, the cloud controller manager of a cluster with a cloud provider looks for a machine with the node's name."), fixed=True),
    ),
    *DOWNLOADS,
)
# with the variables that the role makes options of
ROLE: Options = (
    Option("cluster", "Name of the cluster. Usually a variable of the group C(cluster_<name>).", required=True),
    Option("seed", "Name of the cluster's seed in the inventory. By default the variable C(seed) of the host O(cluster)."),
    Option("seed_kubeconfig", (
        "Path of the seed's kubeconfig on the control host. By default the variable C(seed_kubeconfig) of the host O(seed)."), type="path"),
    Option("node_name", (
        "Name of the Node. At most 52 lower-case letters, digits, C(-) and C(.). By default the name of the host in the inventory.",
        "The host name of the host does not matter, so two hosts with the same host name can be nodes of one cluster.")),
    *as_variables(NODE),
    Option("kubernetes_registry", (
        "Registry, with a path if there is one, that has the images of registry.k8s.io in the same layout. The variable of the cluster's host applies to "
        "all its nodes."), default="registry.k8s.io"),
)
