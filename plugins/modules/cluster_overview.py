#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_overview
short_description: Show the clusters of all seeds of a run
description:
  - Prints one table of the results of M(kubermatic.caas.cluster_info), which each host of the play has in the variable C(status_info), or the same as JSON.
  - The module is for the playbook C(status) and uses its variables. It may change with any release.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.cluster_overview
attributes:
  check_mode:
    description: With C(--check) no file is written.
    support: full
"""

EXAMPLES = r"""
- name: Show all clusters
  kubermatic.caas.cluster_overview:
  run_once: true
"""

RETURN = r"""
path:
  description: The file that the module wrote.
  returned: with O(path)
  type: str
  sample: /home/admin/status.json
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import CLUSTER_OVERVIEW
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.only_as_action(CLUSTER_OVERVIEW, "kubermatic.caas.cluster_overview works from the control host, which knows what all seeds said.")


if __name__ == "__main__":
    main()
