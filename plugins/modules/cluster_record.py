#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_record
short_description: Store in the seed what a cluster is and its state
description:
  - Keeps one record per cluster, a ConfigMap C(cluster-record) in its namespace. It contains what the inventory asks for, the phase and its begin, the versions
    of all that runs, and the last errors.
  - The inventory plugin P(kubermatic.caas.clusters#inventory) and M(kubermatic.caas.cluster_info) read it.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cluster_record
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: Store that the cluster runs
  kubermatic.caas.cluster_record:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    phase: Running
    spec: "{{ spec.cluster }}"
"""

RETURN = r"""
phase:
  description: The phase after the module.
  returned: success
  type: str
  sample: Running
since:
  description: When that phase began, RFC 3339 in UTC.
  returned: success
  type: str
  sample: "2026-03-01T14:03:10Z"
last_error:
  description: The last error, empty if there is none.
  returned: success
  type: str
  sample: ""
node_error:
  description: The last error of nodes or machines, empty if there is none.
  returned: success
  type: str
  sample: ""
runs:
  description: Whether the record contains the versions that run.
  returned: success
  type: bool
  sample: true
steps:
  description: What the module did, or would do in check mode, as sentences.
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
