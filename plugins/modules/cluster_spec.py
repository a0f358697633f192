#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_spec
short_description: Check what is wanted of a cluster, and say in full what that is
description:
  - Looks at every variable of a cluster, at its seed and at its record before anything is changed, and fails with one line if
    the cluster can't be had like this.
  - Returns the complete description of the cluster, from which its manifests are rendered.
  - Never writes anything. It fails if another run is changing the cluster, but takes no lock itself.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.seed
  - kubermatic.caas.cluster
  - kubermatic.caas.providers.cluster_spec
  - kubermatic.caas.attributes.reads
options:
  kubernetes_version:
    description:
      - Version of Kubernetes in quotes, such as V("1.36.3"). V("1.36") means its newest patch known here, or for a cluster that runs the
        patch that runs.
      - A cluster that runs keeps its version and those of all its components, as its record has them, whatever this release offers to new clusters.
    type: raw
    required: true
  seed_address:
    description: IPv4 address at which nodes reach the seed. Needed for O(expose=node_port). It must be outside of both networks.
    type: str
  pod_cidr:
    description: IPv4 network of the pods, from C(/8) to C(/22). Every node takes a C(/24) of it. It can't change later.
    type: str
    default: 10.244.0.0/16
  service_cidr:
    description: IPv4 network of the services, from C(/12) to C(/24). It can't change later.
    type: str
    default: 10.96.0.0/16
  cluster_dns_domain:
    description: Domain of the names of services. It can't change later.
    type: str
    default: cluster.local
  expose:
    description: How the API of the cluster is reached, by a port of the nodes of the seed or by a load balancer of the seed.
    type: str
    choices: [node_port, load_balancer]
    default: node_port
  control_plane_replicas:
    description: Number of replicas of kube-apiserver, kube-controller-manager and kube-scheduler, from 1 to 7.
    type: int
    default: 1
  control_plane_size:
    description:
      - How much of the seed the control plane asks for and takes at most. How much that is for each component is in a table of the documentation.
      - It can change at any time, and the components are replaced then one after the other.
    type: str
    choices: [small, medium, large]
    default: small
  control_plane_resources:
    description:
      - What differs from O(control_plane_size) for single components, C(etcd), C(kube_apiserver), C(konnectivity_server), C(kube_controller_manager),
        C(kube_scheduler). Each is a mapping of C(cpu) and C(memory), which it is sure to have, and C(memory_limit), at which it is ended.
    type: dict
    default: {}
  control_plane_priority_class:
    description:
      - A PriorityClass of the seed for the control plane's pods.
      - If it is not given, that which a seed built by the role C(seed) offers, C(system-cluster-critical). In any other seed, none.
    type: str
    default: ""
  etcd_replicas:
    description: Number of members of etcd. In a running cluster they join and leave one by one, only while all others are ready.
    type: int
    choices: [1, 3, 5]
    default: 1
  etcd_storage:
    description:
      - Size of the volume of each member of etcd, a whole number with C(Mi), C(Gi) or C(Ti). The database may have half of it, and 8 GiB at most.
      - Without it, a new cluster gets V(4Gi), and one that exists keeps what it has.
      - It can grow in a cluster that exists, where its StorageClass allows volumes to grow or where volumes are directories (local-path-provisioner).
    type: str
  etcd_storage_class:
    description: StorageClass of the seed for these volumes, empty for the default one. It can't change later.
    type: str
    default: ""
  etcd_storage_moves:
    description:
      - Whether volumes of this StorageClass can be attached to another machine of the seed, as network storage can.
      - Then pods of the control plane are evicted from a machine that has not been reachable for five minutes. Otherwise etcd, and with a single member the
        whole control plane, waits for the machine that has its data.
    type: bool
    default: false
  add_ons:
    description: What is run inside of the cluster.
    type: dict
    suboptions:
      kube_proxy:
        description: Whether kube-proxy is run.
        type: bool
        default: true
      coredns:
        description: Whether CoreDNS is run.
        type: bool
        default: true
      flannel:
        description: Whether flannel is run, as the network of the pods.
        type: bool
        default: true
      konnectivity:
        description: Whether the API server reaches nodes through konnectivity.
        type: bool
        default: true
      metrics_server:
        description: Whether metrics-server is run.
        type: bool
        default: true
      cloud_controller_manager:
        description: Whether the cloud controller manager of O(cloud_provider) is run. Without one, and without one of your own, nodes stay closed to pods.
        type: bool
        default: true
      csi:
        description: Whether the driver for volumes of O(cloud_provider) is run, with a StorageClass that is the default one.
        type: bool
        default: true
  node_networks:
    description:
      - Without konnectivity, the IPv4 networks in which the nodes are, and all else that webhooks and aggregated APIs of the customer may be. kube-apiserver
        may connect to them and to etcd, where the network of the seed enforces NetworkPolicies. Required then, and refused otherwise.
      - The address of the seed must not be in them. A customer can have kube-apiserver connect to any address in them.
    type: list
    elements: str
    default: []
  cluster_audit_log:
    description: Whether the API server of the cluster writes an audit log to its output.
    type: bool
    default: false
  kube_proxy_config:
    description: Merged into the KubeProxyConfiguration of the cluster.
    type: dict
    default: {}
  kubernetes_registry:
    description: Registry, with a path if there is one, that has the images of registry.k8s.io in the same layout.
    type: str
    default: registry.k8s.io
  flannel_registry:
    description: Registry and path that have the images of flannel.
    type: str
    default: ghcr.io/flannel-io
  cloud_credentials:
    description:
      - How these add-ons prove themselves to the cloud. V(secret) stores what M(kubermatic.caas.cloud_credentials) is given in the cluster.
      - V(machines) stores nothing, as the machines have a role (instance profile) that allows it. Not every cloud has such roles.
    type: str
    choices: [secret, machines]
    default: secret
  key_type:
    description: Kind of the cluster's keys. It can't change later.
    type: str
    choices: [ecdsa-p256, rsa-2048]
    default: ecdsa-p256
  other_seeds:
    description: Seeds that might have the cluster already, name to the path of a kubeconfig. They are asked for a cluster that is new in its seed.
    type: dict
    default: {}
  allowed_stages:
    description:
      - Launch stages that the version and the features of the cluster may have. What has another one is refused by its name, with what could
        be written instead. For what is deprecated, it is said when it goes.
      - What a cluster uses already is not refused later, so that it can be looked after when something of it gets deprecated.
    type: list
    elements: str
    choices: [alpha, beta, public, deprecated]
    default: [beta, public]
"""

EXAMPLES = r"""
- name: Look whether cluster demo can be had
  kubermatic.caas.cluster_spec:
    seed_kubeconfig: ~/.kube/fra1
    seed_address: 198.51.100.10
    cluster: demo
    kubernetes_version: "1.36.3"
  register: spec
"""

RETURN = r"""
cluster:
  description: The cluster in full, with every default filled in.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the cluster.
      type: str
      returned: success
      sample: demo
    namespace:
      description: Its namespace in the seed.
      type: str
      returned: success
      sample: cluster-demo
    kubernetes_version:
      description: Exact version.
      type: str
      returned: success
      sample: 1.36.3
    kubernetes_minor:
      description: The minor release of that version.
      type: str
      returned: success
      sample: "1.36"
    images:
      description: Component and its image.
      type: dict
      returned: success
      sample: {"etcd": "registry.k8s.io/etcd:3.6.15-0"}
    components:
      description: Component and its version, with the launch stage of that combination.
      type: dict
      returned: success
      sample: {"containerd": "2.2.0", "stage": "public"}
    service_address:
      description: First address of the service network, that of the cluster's own API.
      type: str
      returned: success
      sample: 10.96.0.1
    dns_address:
      description: Tenth address of the service network, that of the cluster's DNS.
      type: str
      returned: success
      sample: 10.96.0.10
    address:
      description: Address at which nodes reach the seed, empty if a load balancer will tell.
      type: str
      returned: success
      sample: 198.51.100.10
cloud_templates:
  description: Add-on of the cloud provider and the templates of role control_plane that it consists of. Empty without cloud provider.
  returned: success
  type: dict
  sample: {"csi": ["cluster/csi-rbac.yaml.j2", "cluster/aws-ebs-csi-driver.yaml.j2"]}
runs:
  description: Whether the cluster has come to run before.
  returned: success
  type: bool
  sample: true
resolved_from:
  description: The minor release that was given instead of an exact version, empty if none.
  returned: success
  type: str
  sample: "1.36"
stage:
  description: The least trusted launch stage among those of the version and the features, V(alpha), V(deprecated), V(beta) or V(public).
  returned: success
  type: str
  sample: beta
features:
  description: The version and each feature that the cluster uses, with launch stage and, if it is deprecated, the date when it goes.
  returned: success
  type: dict
  sample: {"kubernetes_version: 1.36.3": {"stage": "public", "goes": ""}, "expose: node_port": {"stage": "beta", "goes": ""}}
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(ClusterSpecResource)


if __name__ == "__main__":
    main()
