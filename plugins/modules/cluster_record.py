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
  - kubermatic.caas.options.cluster_record
  - kubermatic.caas.attributes
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
