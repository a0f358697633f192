#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_lock
short_description: Take or release the lock of a cluster
description:
  - Two runs never change one cluster at the same time. The lock is a Lease in the namespace of the cluster.
  - Modules that change something take it themselves and keep it for the run. This module takes it earlier, or releases it at the end.
  - A lock expires after five minutes; runs renew it while they work. Another run takes it over if its holder ended on this machine, or if it has expired.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cluster_lock
  - kubermatic.caas.attributes
attributes:
  diff_mode:
    support: none
    details: The module has nothing to compare.
"""

EXAMPLES = r"""
- name: Release the lock of the cluster
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
  description: What the module did, or would do in check mode, as sentences.
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
