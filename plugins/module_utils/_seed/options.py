# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be said of a seed and its machines."""
from __future__ import annotations

from dataclasses import replace

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import SEED
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, as_variables, from_variables
from ansible_collections.kubermatic.caas.plugins.module_utils._host.options import DOWNLOADS
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.options import RENEW_WITHIN_DAYS
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.machine_rules import CONTROL_PLANE, ROLES

SEED_NODE: Options = (
    Option("seed_kubeconfig", (
        "Path on the control host. The kubeconfig is written there, by atomic replace and with mode C(0600), if there is none that gives access to "
        "this seed for another 30 days.",
        "A file there that belongs to another server is never overwritten."), type="path", required=True, variable="seed_kubeconfig"),
    Option("seed", "Name of the seed, as in the group C(seeds) of the inventory.", required=True),
    Option("machine", "Name of the machine, which becomes the name of its Node in the seed.", required=True),
    Option("state", (
        "V(present) makes the machine one of the seed, or keeps it up.",
        "V(fit) only looks whether it could be, and changes nothing."), choices=("present", "fit"), default="present"),
    Option("seed_role", "What the machine does in the seed.", choices=ROLES, default=CONTROL_PLANE, fixed=True),
    Option("control_planes", "Names of all control-plane machines of the seed, an odd number. By default O(machine) alone.", type="list", elements="str"),
    Option("workers", "Names of all workers of the seed.", type="list", elements="str", default=[]),
    Option("machine_address", "IPv4 address at which the other machines reach this one. Counts if the machine has it, otherwise one is measured.", default=""),
    Option("server", "URL of the API server of the seed that the machine joins. Without it the machine is the first one.", default=""),
    Option("admission", "What M(kubermatic.caas.seed_admission) returned for the RV(request) of this machine.", type="dict"),
    Option("encryption_goal", (
        "How far the encryption of Secrets in etcd goes, in a seed of several control-plane machines that was made without. With V(write), new "
        "Secrets are encrypted, which all machines must be able to read by then. With V(rewrite), all that are there are written anew.",
        "With V(keep), the machine gets the key and stays at what it does. A seed that is made anew, and one of a single control-plane machine, is "
        "encrypted at once."), choices=("keep", "write", "rewrite"), default="keep"),
    Option("encryption_config", "What the first machine returned as RV(encryption_config).", default=""),
    Option("components", "What the first machine of the seed told as RV(components), for a machine that joins it.", type="dict", default={}),
    *from_variables(
        Option("seed_address", (
            "IPv4 address at which the control host and the nodes of customers reach the seed. Its certificate is valid for it.",
            "With several control-plane machines it can't be the address of one of them. It is that of a load balancer, or a virtual one."), required=True),
        Option("seed_kubernetes_version", (
            "Kubernetes version of the seed in quotes, such as V(\"1.36.3\"), or V(\"1.36\") for the newest known patch.",
            "By default the newest version at launch stage C(public). A seed that exists keeps its version, which its minor release means, too, and those "
            "of all its components, whatever this release offers to new seeds."), type="raw", fixed=True),
        Option("seed_pod_cidr", "IPv4 network of the pods in the seed.", default="10.240.0.0/16", fixed=True),
        Option("seed_service_cidr", "IPv4 network of the services in the seed.", default="10.241.0.0/16", fixed=True),
        Option("seed_cni", (
            "The network of the seed's pods. With V(none) it is yours to bring, and the seed is not Ready before it is there.",
            "What another network left on the machine is refused with V(flannel), and a warning with V(none)."),
            choices=("flannel", "none"), default="flannel", staged=True),
        Option("seed_audit_log", (
            "The API server writes who did what, without contents, to C(/var/log/kubernetes/audit/audit.log). At most 1 GiB of it is kept."),
            type="bool", default=True),
        Option("seed_schedulable", (
            "Ordinary pods, such as control planes of customers, may run on the control-plane machines. By default they may if the seed has no workers.",
            "Counts when a machine becomes one of the seed, and is not changed on its Node later."), type="bool"),
        Option("seed_kubelet_config", "Fields of KubeletConfiguration, laid over those that the collection chooses.", type="dict", default={}),
        Option("kube_proxy_config", "Fields of KubeProxyConfiguration, laid over those that the collection chooses.", type="dict", default={}),
        Option("kubernetes_registry", "Where the images of Kubernetes, etcd and CoreDNS come from.", default="registry.k8s.io"),
        Option("flannel_registry", "Where the images of flannel come from.", default="ghcr.io/flannel-io"),
        Option("local_path_registry", "Where the image of local-path-provisioner comes from.", default="docker.io/rancher"),
        Option("busybox_registry", "Where the image of busybox comes from, which makes and empties the directories of volumes.", default="docker.io/library"),
        Option("host_timeout", (
            "Seconds that downloads and what follows them may take on the machine. One that is silent for longer counts as unreachable."),
            type="int", default=900),
    ),
    *DOWNLOADS,
)
SEED_ADMISSION: Options = (
    Option("seed", "Name of the seed.", required=True),
    Option("machine", "Name of the machine that lets the other one in, which is that of its Node.", required=True),
    Option("request", (
        "RV(kubermatic.caas.seed_node#module:request) of the machine that joins."),
        type="dict", required=True, keys=(
        Option("machine", "Name of the machine that joins.", required=True),
        Option("seed_role", "What it will do in the seed.", choices=ROLES, required=True),
        Option("address", "Its own IPv4 address.", required=True),
        Option("request", "Certificate request, PEM.", required=True),
        Option("recipient", "Certificate for which the authorities are encrypted, PEM.", required=True),)),
)
SEED_CERTIFICATES: Options = (
    Option("seed", "Name of the seed.", required=True),
    Option("machine", "Name of the machine, which is that of its Node.", required=True),
    Option("seed_kubeconfig", (
        "The control host's kubeconfig of the seed. If M(kubermatic.caas.seed_node) wrote it and it ends within O(renew_within_days) days, it is "
        "renewed, too."), type="path", variable="seed_kubeconfig"),
    *from_variables(RENEW_WITHIN_DAYS),
)
SEED_INFO: Options = (
    *SEED,
    Option("cluster", "Name of a customer cluster. With it, rights are looked at in its namespace only."),
    Option("require", "Whether to fail if something is missing.", type="bool", default=False),
)
SEED_READY: Options = (
    *SEED,
    Option("wait_timeout", "Seconds to wait at most.", type="int", default=300),
)
SEED_SPREAD: Options = SEED
# variables of the role that its later tasks take, and its first one looks at
TAKEN_LATER: Options = from_variables(
    Option("seed_storage", "Storage of the seed. Another default storage class that is there already is respected. With V(none) it is yours to bring.",
           choices=("local-path", "none"), default="local-path", staged=True),
)
VARIABLES: Options = (
    *(replace(one, required=one.name == "seed_kubeconfig") for one in SEED_NODE if one.variable), *TAKEN_LATER, *from_variables(RENEW_WITHIN_DAYS))
ROLE: Options = as_variables(VARIABLES)
