# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be said of a node."""
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
        "The host's own name doesn't matter, so two hosts of one name can be nodes of the same cluster."), required=True),
    Option("namesakes", (
        "Other hosts of the inventory that are to have the same O(node_name) in this cluster. If there is one, no host is made a node."),
        type="list", elements="str", default=[]),
    Option("cluster_version", (
        "Version of the control plane as long as there is none, with O(state=fit) and O(state=fetched). V(1.36) means its newest patch."), default=""),
    Option("cluster_networks", (
        "C(pod_cidr) and C(service_cidr) of the cluster as long as there is none. What is missing or empty has the default of a cluster."),
        type="dict", default={}),
    Option("cluster_kube_proxy_mode", (
        "C(mode) of kube-proxy in the cluster as long as there is none. Empty if it has no kube-proxy of this collection."), default=""),
    Option("cluster_flannel", (
        "Whether pods of the cluster get their network from flannel, as long as there is no cluster. What another network left on the host is then "
        "refused, otherwise it is a warning."), type="bool", default=True),
    Option("ssh_address", (
        "Where the inventory reaches the host, its C(ansible_host). An address at which SSH found it, and checked its host key, is the host's own, "
        "whatever other nodes say of themselves."), default=""),
    Option("kubernetes_registry", (
        "Registry of the image that holds the network of each pod (C(pause)), as for the cluster. The record of the cluster does not count for it."),
        default="registry.k8s.io"),
    *from_variables(
        Option("state", (
            "Whether the host is a node of the cluster.",
            "V(fit) only looks whether it could be, and fails if not. The cluster need not exist for that.",
            "V(fetched) downloads and checks what a join would install, and installs nothing. The cluster need not exist for that.",
            "V(unfetched) drops such downloads.",
            "V(cordoned) keeps new pods off a node that is about to be removed, and doesn't contact the host. A later O(state=present) uncordons it.",
            "V(renewed) renews certificates of a node that end within O(renew_within_days) days, and changes nothing else on the host. A host that is no "
            "node of the cluster yet is left alone."), choices=("present", "absent", "fit", "fetched", "unfetched", "cordoned", "renewed"), default="present",
            variable="node_state"),
        Option("kubernetes_version", (
            "Version of the kubelet, such as V(1.36.3). At most that of the control plane, and at most three minor versions older.",
            "The kubelet of a host that is a node already is not changed; to ask for another version than it runs is an error.",
            "Without it the kubelet of a new node has the version of the control plane that runs, or the newest older one that is known to run on the host."),
            variable="node_kubernetes_version"),
        Option("node_labels", (
            "Labels of the Node. Values are strings, so V(true) and numbers need quotes.",
            "Labels set by an earlier run and missing here are removed. Labels of others stay."), type="dict", default={}),
        Option("node_taints", (
            "Taints of the Node, each with C(key), C(effect) and perhaps C(value). Values are strings, so V(true) and numbers need quotes.",
            "Taints set by an earlier run and missing here are removed. Taints of others stay."), type="list", elements="dict", default=[]),
        Option("kubelet_config", (
            "Fields of the KubeletConfiguration, merged over those of the role. Fields by which a node authenticates can't be set."), type="dict", default={}),
        Option("renew_within_days", (
            "The kubelet's serving certificate is renewed if it ends within so many days. The kubelet renews its client certificate itself; one "
            "that has ended, as the host was off for long, is renewed here."),
            type="int", default=RENEW_WITHIN_DAYS.default, least=RENEW_WITHIN_DAYS.least, most=RENEW_WITHIN_DAYS.most),
        Option("ready_timeout", "Seconds to wait until the node is ready.", type="int", default=300),
        Option("others_wait", (
            "Whether other clusters wait for what this host says. A look at it, from the login to the last fact, may take 5 seconds then.",
            "Without it a look may take 12 seconds, or 2 more than C(ansible_timeout) if that is longer. A comparison of its files has two minutes, a "
            "change without downloads ten minutes. A host that is silent for longer counts as unreachable."), type="bool", default=False),
        Option("host_timeout", (
            "Seconds that downloads and what follows them may take on the host. A host that is silent for longer counts as unreachable."),
            type="int", default=900),
        Option("login_timeout", "Seconds in which the first login is tried again, for a machine that was just made and still boots.", type="int", default=0),
        Option("drain_timeout", "Seconds to wait until pods have left the node. The error names those that are left.", type="int", default=300),
        Option("node_drain", "Whether pods leave by eviction before a node is taken out. V(false) when the cluster itself is deleted.", type="bool",
               default=True),
        Option("node_reset", (
            "With O(state=absent), whether the host is reset. V(false) doesn't contact the host, as for a machine that is deleted right after."),
            type="bool", default=True),
        Option("node_forget", (
            "With O(state=absent), deletes only the Node and doesn't contact the host, for a host that is gone for good."), type="bool", default=False),
        Option("node_address", "Which of the host's own addresses the cluster uses for it. Without it, the one from which the host reaches the control plane."),
        Option("node_provider_id", (
            f"What its cloud calls the machine, such as {' or '.join(f'V({one.sample})' for one in registry.INTEGRATIONS.values())}. The Node has it as "
            "C(spec.providerID) from its beginning on, so that its name may be another one than that of the machine.",
            "Without it, the cloud controller manager of a cluster with a cloud provider looks for a machine of the node's name."), fixed=True),
    ),
    *DOWNLOADS,
)
# with the variables that the role makes options of
ROLE: Options = (
    Option("cluster", "Name of the cluster, usually a variable of the group C(cluster_<name>).", required=True),
    Option("seed", "Inventory name of the cluster's seed. Without it, that of the inventory host O(cluster)."),
    Option("seed_kubeconfig", "Path of the seed's kubeconfig on the control host. Without it, that of the inventory host O(seed).", type="path"),
    Option("node_name", (
        "Name of the Node. Without it, the inventory name. At most 52 lower-case letters, digits, C(-) and C(.).",
        "The host's own name doesn't matter, so two hosts of one name can be nodes of the same cluster.")),
    *as_variables(NODE),
    Option("kubernetes_registry", "In place of the default, with its layout. That of the cluster's host counts for all of its nodes.",
           default="registry.k8s.io"),
)
