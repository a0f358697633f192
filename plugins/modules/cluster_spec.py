#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_spec
short_description: Check the variables of a cluster, and return it in full
description:
  - Checks every variable of a cluster, its seed and its record before anything changes, and fails with one line if the cluster can't be created or changed like
    this.
  - Returns the complete description of the cluster, from which the role renders its manifests.
  - Never writes anything. It fails if another run is changing the cluster, but takes no lock itself.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cluster_spec
  - kubermatic.caas.attributes.reads
"""

EXAMPLES = r"""
- name: Check the variables of cluster demo
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
      description: Address at which nodes reach the seed, empty if a load balancer is going to provide it.
      type: str
      returned: success
      sample: 198.51.100.10
cloud_templates:
  description: Add-on of the cloud provider and the templates of role control_plane that it consists of. Empty without cloud provider.
  returned: success
  type: dict
  sample: {"csi": ["cluster/csi-rbac.yaml.j2", "cluster/aws-ebs-csi-driver.yaml.j2"]}
runs:
  description: Whether the control plane of the cluster has run before.
  returned: success
  type: bool
  sample: true
resolved_from:
  description: The minor release, if the inventory names one instead of an exact version.
  returned: success
  type: str
  sample: "1.36"
stage:
  description: The least trusted launch stage among those of the version and the features, V(alpha), V(deprecated), V(beta) or V(public).
  returned: success
  type: str
  sample: beta
features:
  description: The version and each feature that the cluster uses, with launch stage and, if it is deprecated, the date of its end of life.
  returned: success
  type: dict
  sample: {"kubernetes_version: 1.36.3": {"stage": "public", "end_of_life": ""}, "expose: node_port": {"stage": "beta", "end_of_life": ""}}
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(ClusterSpecResource)


if __name__ == "__main__":
    main()
