# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be said of a cluster: the options of its modules, and the variables of role control_plane."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import ALLOWED_BY_DEFAULT, LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.size import DEFAULT, SIZES
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER, SEED_KUBECONFIG
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, from_variables
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import KEY_TYPES
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.options import RENEW_WITHIN_DAYS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import CREDENTIALS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import NO_PROVIDER

ALLOWED_STAGES = Option("allowed_stages", (
    "Launch stages that the version and the features of the cluster, and the providers of its machines, may have. The module refuses what has another one, "
    "and says what could be written instead. For deprecated features, it names the date of removal.",
    "What a cluster uses already is never refused, so that it can be managed when one of its features gets deprecated."),
    type="list", elements="str", choices=tuple(map(str, LaunchStage)), default=[*map(str, ALLOWED_BY_DEFAULT)])
POD_CIDR = Option(
    "pod_cidr", "IPv4 network of the pods, from C(/8) to C(/22). Every node takes a C(/24) of it.", default="10.244.0.0/16", fixed=True)
SERVICE_CIDR = Option("service_cidr", "IPv4 network of the services, from C(/12) to C(/24).", default="10.96.0.0/16", fixed=True)
ADD_ON_OPTIONS: Options = (
    Option("kube_proxy", "Whether kube-proxy runs.", type="bool", default=True),
    Option("coredns", "Whether CoreDNS runs.", type="bool", default=True),
    Option("flannel", "Whether flannel runs, as the network of the pods.", type="bool", default=True),
    Option("konnectivity", "Whether the API server reaches nodes through konnectivity.", type="bool", default=True),
    Option("metrics_server", "Whether metrics-server runs.", type="bool", default=True),
)
# of clusters with a cloud provider alone
CLOUD_ADD_ON_OPTIONS: Options = (
    Option("cloud_controller_manager", "Whether the cloud controller manager of O(cloud_provider) runs. Without one, and without one of your own, nodes stay "
           "tainted, and no pods run there.", type="bool", default=True),
    Option("csi", "Whether the driver for volumes of O(cloud_provider) runs, with a StorageClass that is the default one.", type="bool", default=True),
)
OF_CLUSTER = from_variables(
    # raw, to detect a version that YAML turned into a number
    Option("kubernetes_version", (
        "Version of Kubernetes in quotes, such as V(\"1.36.3\"). V(\"1.36\") means the newest patch that this release knows, or what a cluster runs already.",
        "Required. Without it, the module lists the versions that there are.",
        "A cluster that runs keeps its version and those of all its components, as its record has them, whatever this release offers to new clusters."),
        type="raw", default="", required=True, told_if_missing=True, staged=True),
    Option("seed_address", "IPv4 address at which nodes and users reach the seed. Needed for O(expose=node_port). It must be outside of both networks."),
    POD_CIDR,
    SERVICE_CIDR,
    Option("cluster_dns_domain", "Domain of the names of services.", default="cluster.local", fixed=True),
    Option("expose", "How the API of the cluster is reached, by a port of the nodes of the seed or by a load balancer of the seed.",
           choices=("node_port", "load_balancer"), default="node_port", staged=True),
    Option("control_plane_replicas", "Number of replicas of kube-apiserver, kube-controller-manager and kube-scheduler.", type="int", default=1,
           least=1, most=7, staged=True),
    Option("control_plane_size", (
        "How much CPU and memory the control plane requests in the seed, and its limits. The documentation has a table for each component.",
        "It can change at any time, and the components are replaced then one after the other."), choices=tuple(SIZES), default=DEFAULT),
    Option("control_plane_resources", (
        "What differs from O(control_plane_size) for single components, C(etcd), C(kube_apiserver), C(konnectivity_server), C(kube_controller_manager), "
        "C(kube_scheduler). Each is a mapping of C(cpu) and C(memory), its requests, and C(memory_limit), above which its container is killed.",),
        type="dict", default={}),
    Option("control_plane_priority_class", (
        "A PriorityClass of the seed for the control plane's pods.",
        "If it is not given, that which a seed built by the role C(seed) offers, C(system-cluster-critical). In any other seed, none."), default=""),
    Option("etcd_replicas", "Number of members of etcd. In a running cluster they join and leave one by one, only while all others are ready.", type="int",
           choices=(1, 3, 5), default=1, staged=True),
    Option("etcd_storage", (
        "Size of the volume of each member of etcd, a whole number with C(Mi), C(Gi) or C(Ti). The database may have half of it, and 8 GiB at most.",
        "Without it, a new cluster gets V(4Gi), and one that exists keeps what it has.",
        "It can grow in a cluster that exists, where its StorageClass allows volumes to grow or where volumes are directories (local-path-provisioner).")),
    # a claim keeps its volume
    Option("etcd_storage_class", "StorageClass of the seed for these volumes, empty for the default one.", default="", fixed=True),
    Option("etcd_storage_moves", (
        "Whether volumes of this StorageClass can be attached to another machine of the seed, as network storage can.",
        "Then pods of the control plane are evicted from a machine that has not been reachable for five minutes. Otherwise etcd, and with a single member the "
        "whole control plane, waits for the machine that has its data."), type="bool", default=False),
    Option("add_ons", "What the collection runs inside the cluster.", type="dict", keys=(*ADD_ON_OPTIONS, *CLOUD_ADD_ON_OPTIONS), staged=True),
    Option("node_networks", (
        "Without konnectivity, the IPv4 networks in which the nodes are, and all else that webhooks and aggregated APIs of the customer may be. kube-apiserver "
        "may connect to them and to etcd, where the network of the seed enforces NetworkPolicies. Required then, and refused otherwise.",
        "The address of the seed must not be in them. A customer can have kube-apiserver connect to any address in them."),
        type="list", elements="str", default=[]),
    Option("cluster_audit_log", "Whether kube-apiserver writes who did what, without contents, to its standard output.", type="bool", default=False,
           staged=True),
    Option("kube_proxy_config", "Merged into the KubeProxyConfiguration of the cluster.", type="dict", default={}, staged=True),
    Option("kubernetes_registry", "Registry, with a path if there is one, that has the images of registry.k8s.io in the same layout.",
           default="registry.k8s.io"),
    Option("flannel_registry", "Registry and path that have the images of flannel.", default="ghcr.io/flannel-io"),
    # nodes know their machines by it, volumes and load balancers would be forgotten
    Option("cloud_provider", (
        "The cloud whose machines all nodes of the cluster are.",
        "Nodes, Services of type LoadBalancer and volumes are then tied to it by add-ons, see O(add_ons)."),
        choices=(NO_PROVIDER, *registry.INTEGRATIONS), default=NO_PROVIDER, fixed=True, staged=True),
    Option("cloud_credentials", (
        "How these add-ons authenticate to the cloud. V(secret) stores what M(kubermatic.caas.cloud_credentials) is given in the cluster.",
        "V(machines) stores nothing, as the machines have a role (instance profile) that allows it. Not every cloud has such roles."),
        choices=CREDENTIALS, default=CREDENTIALS[0], staged=True),
    Option("key_type", "Kind of the cluster's keys.", choices=KEY_TYPES, default=KEY_TYPES[0], fixed=True, staged=True),
    Option("other_seeds", (
        "Seeds that might have the cluster already, name to the path of a kubeconfig. They are asked for a cluster that is new in its seed.",
        "The playbook C(kubermatic.caas.create_cluster) names those of the inventory."), type="dict", default={}),
    ALLOWED_STAGES,
)
# said by a task alone: no variable of the inventory makes another playbook upgrade a cluster
UPGRADE = Option("upgrade", (
    "Whether O(kubernetes_version) may be newer than what the cluster runs. It is then the next version on the way of an upgrade, and all components are "
    "those that belong to it.",
    "Without it, another version is refused, and so is a cluster whose upgrade has begun and not ended."), type="bool", default=False)
CLUSTER_SPEC: Options = (*CLUSTER, *OF_CLUSTER, UPGRADE, *registry.options(registry.SPEC))
# variables of the role that its later tasks take, and its first one looks at
TAKEN_LATER: Options = from_variables(RENEW_WITHIN_DAYS)
ROLE: Options = (SEED_KUBECONFIG, *OF_CLUSTER, *TAKEN_LATER)
