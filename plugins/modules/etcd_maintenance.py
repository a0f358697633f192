#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_maintenance
short_description: Looks after the etcd of a cluster
description:
  - Gives back the room that deleted data left in etcd's database (defragmentation), one member at a time and the leader last. It is done only where at least
    half of a database of 128 MiB or more is unused, or a tenth of the quota if 80 % of the quota are taken.
  - A member answers nobody while it is defragmented. Requests that went to it wait meanwhile.
  - An etcd that is full has raised the alarm C(NOSPACE) and takes nothing new. Its history is forgotten (compaction), all members are defragmented, and the
    alarm is taken back. If the database is still full then, the module says so and leaves the alarm.
  - With a single member, the cluster is away for that time. If that is longer than two seconds and there is no alarm, nothing is done without O(interruption).
  - While a member is away, nothing is defragmented unless etcd is full.
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
- name: Etcd has room
  kubermatic.caas.etcd_maintenance:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
"""

RETURN = r"""
steps:
  description: What was done, in check mode what would be done, each as a sentence.
  returned: success
  type: list
  elements: str
  sample: ["Defragment etcd-0, which has 512 MiB and uses 40 MiB"]
undone:
  description: A line for what would be worthwhile and was left, and why.
  returned: success
  type: list
  elements: str
  sample: []
etcd:
  description: As RV(kubermatic.caas.cluster_info#module:clusters.etcd), after what was done.
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
