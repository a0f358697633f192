#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_maintenance
short_description: Defragment the etcd of a cluster, and make a full one writable
description:
  - Defragments etcd, one member at a time and the leader last, to free the space that deleted data left in its database. It does so only if at least half of a
    database of 128 MiB or more is unused, or a tenth of the quota if 80 % of the quota are used.
  - A member answers no requests during its defragmentation. They wait.
  - An etcd that is full has raised the alarm C(NOSPACE) and accepts no writes. The module then removes old revisions (compaction), defragments all members, and
    clears the alarm. If the database is still full then, it says so and leaves the alarm.
  - A cluster with a single member is unavailable meanwhile. If that would take longer than two seconds and there is no alarm, the module does nothing without
    O(interruption).
  - While a member is missing, the module defragments nothing unless etcd is full.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.etcd_maintenance
  - kubermatic.caas.attributes
seealso:
  - module: kubermatic.caas.cluster_info
  - module: kubermatic.caas.etcd_members
"""

EXAMPLES = r"""
- name: Defragment etcd
  kubermatic.caas.etcd_maintenance:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
"""

RETURN = r"""
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["Defragment etcd-0, which has 512 MiB and uses 40 MiB"]
undone:
  description: A line for each useful step that the module did not do, and why.
  returned: success
  type: list
  elements: str
  sample: []
etcd:
  description: As RV(kubermatic.caas.cluster_info#module:clusters.etcd), after the work.
  returned: success
  type: dict
  sample: {"size": 41943040, "in_use": 41943040, "quota": 2147483648, "alarms": [], "notes": []}
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.maintenance_resource import EtcdMaintenanceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(EtcdMaintenanceResource)


if __name__ == "__main__":
    main()
