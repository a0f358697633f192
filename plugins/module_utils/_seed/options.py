# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the modules for a seed and its machines, and variables of the role seed."""
from __future__ import annotations

from dataclasses import replace

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import SEED
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, as_variables, from_variables
from ansible_collections.kubermatic.caas.plugins.module_utils._host.options import DOWNLOADS
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.options import RENEW_WITHIN_DAYS
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.machine_rules import CONTROL_PLANE, ROLES

SEED_NODE: Options = (
    Option("seed_kubeconfig", (
        "Path on the control host to which the module writes a kubeconfig of the seed, with mode C(0600). It keeps a kubeconfig that gives access to the "
        "seed for at least another 30 days.",
        "It never overwrites a kubeconfig of another server."), type="path", required=True, variable="seed_kubeconfig"),
    Option("seed", "Name of the seed: its host in the group C(seeds) of the inventory.", required=True),
    Option("machine", "Name of the machine, and of its Node in the seed.", required=True),
    Option("state", (
        "V(present) makes the machine a part of the seed, or brings it to what its options say if it is one already.",
        "V(fit) only checks whether the machine can be a part of the seed, and changes nothing."), choices=("present", "fit"), default="present"),
    Option("seed_role", "Role of the machine in the seed.", choices=ROLES, default=CONTROL_PLANE, fixed=True),
    Option("control_planes", "Names of all control-plane machines of the seed: one, three or five. By default only O(machine).", type="list", elements="str"),
    Option("workers", "Names of all workers of the seed.", type="list", elements="str", default=[]),
    Option("machine_address", (
        "IPv4 address at which the other machines reach this one. If it is empty, or the machine does not have it, the module chooses one that the machine "
        "has."), default=""),
    Option("server", "URL of the API server of the seed which the machine joins. Without it the machine is the first one of a seed.", default=""),
    Option("admission", (
        "What M(kubermatic.caas.seed_admission) returned for the RV(request) of this machine. Without it the machine does not join yet."), type="dict"),
    Option("encryption_goal", (
        "Next step towards encrypted Secrets in etcd, for a seed of several control-plane machines that was built without encryption.",
        "With V(keep) the machine gets the key, and its API server writes Secrets as before. With V(write) its API server encrypts Secrets that it writes; "
        "all machines must have the key by then. With V(rewrite) the module writes all Secrets again, so that none is left unencrypted.",
        "A new seed, and a seed with a single control-plane machine, encrypts all Secrets at once."), choices=("keep", "write", "rewrite"), default="keep"),
    Option("encryption_config", "RV(encryption_config) of the first machine of the seed, for another one.", default=""),
    Option("components", "RV(components) of the first machine of the seed, for a machine that joins it.", type="dict", default={}),
    *from_variables(
        Option("seed_address", (
            "IPv4 address at which the control host and the nodes of customers reach the seed. The certificate of its API server is valid for this address.",
            "With several control-plane machines it is the address of a load balancer, or a virtual one. It can't be the address of one machine then."),
            required=True),
        Option("seed_kubernetes_version", (
            "Kubernetes version of a new seed in quotes: a patch, such as V(\"1.36.3\"), or V(\"1.36\") for the newest patch that this release of the "
            "collection offers. By default the newest version at launch stage C(public).",
            "An existing seed keeps its version and those of all its components, whatever this release offers to new seeds. For it, V(\"1.36\") means the "
            "patch that it runs, and another version is an error."), type="raw", fixed=True),
        Option("seed_pod_cidr", "IPv4 network of the pods in the seed.", default="10.240.0.0/16", fixed=True),
        Option("seed_service_cidr", "IPv4 network of the Services in the seed.", default="10.241.0.0/16", fixed=True),
        Option("seed_cni", (
            "The network of the seed's pods. With V(none) you install one yourself; the machines are not Ready before that.",
            "If another network left files or interfaces on the machine, V(flannel) makes that an error, and V(none) a warning."),
            choices=("flannel", "none"), default="flannel", staged=True),
        Option("seed_audit_log", (
            "Whether the API server writes an audit log to C(/var/log/kubernetes/audit/audit.log): who did what, without contents. It keeps at most 1 GiB."),
            type="bool", default=True),
        Option("seed_schedulable", (
            "Whether ordinary pods, such as those of customers' control planes, may run on control-plane machines. By default they may if the seed has no "
            "workers.",
            "It takes effect when a machine becomes a part of the seed. The module does not change the taints of its Node later."), type="bool"),
        Option("seed_kubelet_config", "Fields of the KubeletConfiguration, merged over those that the collection sets.", type="dict", default={}),
        Option("kube_proxy_config", "Fields of the KubeProxyConfiguration, merged over those that the collection sets.", type="dict", default={}),
        Option("kubernetes_registry", "Registry, with a path if there is one, of the images of Kubernetes, etcd and CoreDNS.", default="registry.k8s.io"),
        Option("flannel_registry", "Registry, with a path if there is one, of the images of flannel.", default="ghcr.io/flannel-io"),
        Option("local_path_registry", "Registry, with a path if there is one, of the image of local-path-provisioner.", default="docker.io/rancher"),
        Option("busybox_registry", (
            "Registry, with a path if there is one, of the image of busybox, which creates and deletes the directories of volumes."),
            default="docker.io/library"),
        Option("host_timeout", (
            "Seconds for downloads on the machine together with the installation that follows them. A machine that needs longer counts as unreachable."),
            type="int", default=900),
    ),
    *DOWNLOADS,
)
SEED_ADMISSION: Options = (
    Option("seed", "Name of the seed.", required=True),
    Option("machine", "Name of the control-plane machine that admits the other one. It is also the name of its Node.", required=True),
    Option("request", (
        "RV(kubermatic.caas.seed_node#module:request) of the machine that joins."),
        type="dict", required=True, keys=(
        Option("machine", "Name of the machine that joins.", required=True),
        Option("seed_role", "Its role in the seed.", choices=ROLES, required=True),
        Option("address", "Its own IPv4 address.", required=True),
        Option("request", "Certificate request, as PEM text.", required=True),
        Option("recipient", "Certificate for which the module encrypts the CAs, as PEM text.", required=True),)),
)
SEED_CERTIFICATES: Options = (
    Option("seed", "Name of the seed.", required=True),
    Option("machine", "Name of the machine. It is also the name of its Node.", required=True),
    Option("seed_kubeconfig", (
        "Path of the control host's kubeconfig of the seed. If M(kubermatic.caas.seed_node) wrote it and its certificate ends within O(renew_within_days) "
        "days, the module renews it, too."), type="path", variable="seed_kubeconfig"),
    *from_variables(RENEW_WITHIN_DAYS),
)
SEED_INFO: Options = (
    *SEED,
    Option("cluster", "Name of a customer cluster. With it, the module checks rights in the namespace of that cluster only."),
    Option("require", "Whether the module fails if the seed lacks something.", type="bool", default=False),
)
SEED_READY: Options = (
    *SEED,
    Option("wait_timeout", "Seconds to wait until all machines are Ready and DNS works.", type="int", default=300),
)
SEED_SPREAD: Options = SEED
# variables of the role that its later tasks take, and its first one looks at
TAKEN_LATER: Options = from_variables(
    Option("seed_storage", "Storage of the seed. V(local-path) installs local-path-provisioner, unless the seed already has another default StorageClass. "
           "With V(none) you install storage yourself.",
           choices=("local-path", "none"), default="local-path", staged=True),
)
VARIABLES: Options = (
    *(replace(one, required=one.name == "seed_kubeconfig") for one in SEED_NODE if one.variable), *TAKEN_LATER, *from_variables(RENEW_WITHIN_DAYS))
ROLE: Options = as_variables(VARIABLES)
