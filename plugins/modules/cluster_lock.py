#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_lock
short_description: Take the lock of a cluster, or give it back
description:
  - Two runs never change one cluster at the same time. The lock is a Lease in the namespace of the cluster.
  - Modules that change something take it themselves and keep it for the run. This module takes it earlier, or gives it back at the end.
  - A lock is held for five minutes, and renewed while work goes on. If its holder ended on this machine, or the five minutes are over,
    it is taken over.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cluster_lock
  - kubermatic.caas.attributes
attributes:
  diff_mode:
    support: none
    details: There is nothing to compare.
"""

EXAMPLES = r"""
- name: Give back the lock of the cluster
  kubermatic.caas.cluster_lock:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    state: free
"""

RETURN = r"""
holder:
  description: Identity of this run (user, machine, process and when that began), empty if O(state=free).
  returned: success
  type: str
  sample: root@ops1 pid 4711 1234567/0a1b2c3d
steps:
  description: What was done, or in check mode would be done, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["Take the lock of cluster demo"]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(ClusterLockResource)


if __name__ == "__main__":
    main()
