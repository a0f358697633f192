#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_overview
short_description: Show the clusters of all seeds that a run has asked
description:
  - Prints one table of what M(kubermatic.caas.cluster_info) told of each host of the play in a variable C(status_info), or the same as JSON.
  - For the playbook C(status), whose variables it knows. They may change with any release.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
options:
  cluster:
    description: The one cluster that was asked for. It fails if no seed has it.
    type: str
  format:
    description: What is printed. V(json) is a mapping of seeds to their clusters, as RV(kubermatic.caas.cluster_info#module:clusters) has them.
    type: str
    choices: [table, json]
    default: table
  path:
    description: With O(format=json) a file to write, in place of printing it. Relative to the directory in which C(ansible-playbook) was called.
    type: path
  fail_if:
    description: As it was given to M(kubermatic.caas.cluster_info). It fails if that found bad clusters.
    type: str
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
  description: The file that was written.
  returned: with O(path)
  type: str
  sample: /home/admin/status.json
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.overview import ARGUMENT_SPEC


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="kubermatic.caas.cluster_overview works from the control host, which knows what all seeds said.")


if __name__ == "__main__":
    main()
