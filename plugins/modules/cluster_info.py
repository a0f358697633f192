#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_info
short_description: Show the state of the clusters of a seed
description:
  - Reads the record of every cluster, the readiness of its control plane and, through its own API, that of its nodes.
  - Never writes anything. What the module can't read is unknown, and the reason is in RV(clusters[].problems).
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cluster_info
  - kubermatic.caas.attributes.reads
"""

EXAMPLES = r"""
- name: Examine all clusters of seed fra1
  kubermatic.caas.cluster_info:
    seed_kubeconfig: ~/.kube/fra1
  register: info

- name: Show them
  ansible.builtin.debug:
    msg: "{{ info.table.splitlines() }}"
"""

RETURN = r"""
clusters:
  description: The clusters, sorted by name. Empty if there is none, or none of the name given.
  returned: success
  type: list
  elements: dict
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
    phase:
      description: V(Creating), V(Running), V(Updating), V(Deleting) or V(unknown).
      type: str
      returned: success
      sample: Running
    health:
      description:
        - The state of the cluster now, whatever its phase is. V(Running) if all of it is ready. V(Degraded) if a component, a node, an answer of its API, or a
          change of a component is missing. V(Down) if no kube-apiserver is ready or etcd has no majority. V(unknown) if the seed did not answer.
      type: str
      returned: success
      sample: Running
    since:
      description: When the phase began, RFC 3339 in UTC, empty if unknown.
      type: str
      returned: success
      sample: "2026-03-01T14:03:10Z"
    age:
      description: The time since then.
      type: str
      returned: success
      sample: 2d4h
    kubernetes_version:
      description: The version that runs, or is going to run; V(unknown) if there is no record.
      type: str
      returned: success
      sample: 1.36.3
    stage:
      description:
        - The least trusted launch stage of all that the cluster and its nodes use, from V(unknown) by V(alpha), V(deprecated) and V(beta) to V(public).
      type: str
      returned: success
      sample: beta
    features:
      description: The version and each feature that the cluster or its nodes use, with launch stage and, if it is deprecated, the date of its end of life.
      type: dict
      returned: success
      sample: {"kubernetes_version: 1.36.3": {"stage": "public", "end_of_life": ""}, "node_distribution: Debian 12": {"stage": "beta", "end_of_life": ""}}
    leaving:
      description: A line for each of these that is deprecated, with what to use instead.
      type: list
      elements: str
      returned: success
      sample: []
    upgrades:
      description: A line about a newer patch of the Kubernetes release that runs, and one about nodes whose kubelet is older than their control plane.
      type: list
      elements: str
      returned: success
      sample: []
    rollouts:
      description:
        - Component whose last change has not reached all pods, with a line about what it waits for. The cluster is then V(Degraded).
      type: dict
      returned: success
      sample: {}
    control_plane:
      description: Component and its number of replicas, ready and wanted.
      type: dict
      returned: success
      sample: {"etcd": {"ready": 1, "wanted": 1}}
    control_plane_ready:
      description: Whether all components have all replicas ready.
      type: bool
      returned: success
      sample: true
    etcd:
      description:
        - How full etcd is, in bytes. C(size) is that of the largest member's database, C(in_use) what a defragmentation would
          leave of it, and C(quota) how large it may become. They are null if no member answers or this kubeconfig may not ask.
        - C(alarms) are etcd's own, such as C(NOSPACE). C(notes) are lines about problems, such as members that wait for
          a machine or share one.
        - Null if there is no etcd, or if this kubeconfig may not see its pods.
      type: dict
      returned: success
      sample: {"size": 12582912, "in_use": 8388608, "quota": 2147483648, "alarms": [], "notes": []}
    nodes:
      description: Number of nodes, ready and in total; null if the API of the cluster can't be reached.
      type: dict
      returned: success
      sample: {"ready": 2, "total": 2}
    unlisted_nodes:
      description: Nodes that are neither in O(inventory_nodes) nor machines of a node pool. Empty without O(inventory_nodes), or if the API did not answer.
      type: list
      elements: str
      returned: success
      sample: []
    certificates:
      description:
        - V(first) is the certificate of the control plane, its CAs and its nodes that expires first; V(authority) the CA that does. Each has
          V(name), V(ends) and V(days_left), which is negative after the end, and is null if nothing is known.
        - V(seed) is the same for the seed, as far as the module can see it, that is of its API and its kubeconfig.
        - V(nodes_ending) are nodes whose serving certificate expires within 30 days, or at an unknown date, 100 at most. Runs store the date on the Node.
      type: dict
      returned: success
      sample: {"first": {"name": "etcd-server", "ends": "2027-11-27T17:41:23Z", "days_left": 364},
               "authority": {"name": "cluster-ca", "ends": "2036-11-24T17:41:22Z", "days_left": 3649}, "seed": null, "nodes_ending": []}
    certificate_notes:
      description: Sentences about certificates that expire within 90 days, CAs within 180 days.
      type: list
      elements: str
      returned: success
      sample: []
    last_error:
      description: The last error, empty if there is none.
      type: str
      returned: success
      sample: ""
    node_error:
      description: The last error of nodes or machines, empty if there is none.
      type: str
      returned: success
      sample: ""
    problems:
      description: What the module could not read, and why.
      type: list
      elements: str
      returned: success
      sample: []
bad:
  description: Names of the clusters that O(fail_if) asks for.
  returned: success
  type: list
  elements: str
  sample: []
seed_problems:
  description:
    - A line for each machine of the seed that is not ready, under pressure or cordoned, as far as the kubeconfig may look, and one about certificates
      of the seed that expire within 90 days.
  returned: success
  type: list
  elements: str
  sample: ["fra1-a has disk-pressure: 38 GiB of 252 free"]
table:
  description: The same as a text with one line per cluster, followed by the problems of the seed.
  returned: success
  type: str
  sample: |-
    CLUSTER  PHASE    SINCE  KUBERNETES  STAGE  CONTROL PLANE  ETCD                NODES      CERTIFICATES  LAST ERROR
    demo     Running  2d4h   1.36.3      beta   ready          12 MiB of 2.0 GiB  2/2 ready  364d          -
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.info_resource import ClusterInfoResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(ClusterInfoResource)


if __name__ == "__main__":
    main()
