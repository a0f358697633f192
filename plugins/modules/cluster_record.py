#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_record
short_description: Note in the seed what a cluster is and how it is doing
description:
  - Keeps one record per cluster, a ConfigMap C(cluster-record) in its namespace, with what was wanted of the cluster, its phase, since when,
    the versions of all that runs, and the last errors.
  - The inventory plugin P(kubermatic.caas.clusters#inventory) and M(kubermatic.caas.cluster_info) read it.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.seed
  - kubermatic.caas.cluster
  - kubermatic.caas.attributes
options:
  phase:
    description:
      - The phase of the cluster. If not given, it stays as it is.
      - V(Creating) is for a cluster that never ran; one that did keeps its phase.
      - V(Running) also notes what runs, as O(runs) does, and forgets the last error.
    type: str
    choices: [Creating, Running, Updating, Deleting]
  spec:
    description: The cluster as M(kubermatic.caas.cluster_spec) returns it. What can be derived from the rest is not stored.
    type: dict
  last_error:
    description:
      - What went wrong last, as one line without secrets. An empty text forgets it.
      - Not noted without O(phase) if another run holds the lock, as the record is that one's.
    type: str
  node_error:
    description: What went wrong last with nodes or machines, as O(last_error) and beside it, as the control plane may be well.
    type: str
  runs:
    description:
      - Whether the control plane of O(spec) runs. Its version, and those of all components, are kept then as what runs.
      - Later runs go by them, whatever their release of the collection offers to new clusters.
    type: bool
    default: false
  free_lock:
    description: Whether the lock of the cluster is given back then, as by M(kubermatic.caas.cluster_lock). For the last task of a run.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Note that the cluster runs
  kubermatic.caas.cluster_record:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    phase: Running
    spec: "{{ spec.cluster }}"
"""

RETURN = r"""
phase:
  description: The phase after this module.
  returned: success
  type: str
  sample: Running
since:
  description: When that phase began, RFC 3339 in UTC.
  returned: success
  type: str
  sample: "2026-03-01T14:03:10Z"
last_error:
  description: What went wrong last, empty if nothing.
  returned: success
  type: str
  sample: ""
node_error:
  description: What went wrong last with nodes or machines, empty if nothing.
  returned: success
  type: str
  sample: ""
runs:
  description: Whether the record knows what runs.
  returned: success
  type: bool
  sample: true
steps:
  description: What was done, or in check mode would be done, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["Note phase Running in the record of cluster demo"]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(ClusterRecordResource)


if __name__ == "__main__":
    main()
