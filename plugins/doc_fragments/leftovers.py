# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the modules for what a cluster made at its cloud."""
from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(listed) only looks.
      - V(noted) also notes in the record of the cluster what its own objects want to keep, so that it stays when the cluster itself doesn't answer any more.
      - V(absent) notes it, deletes it, and asks the cloud again until nothing is left. Only for a cluster in phase C(Deleting).
    type: str
    choices: [listed, noted, absent]
    default: listed
  wait_timeout:
    description: How many seconds it may take until all is gone.
    type: int
    default: 600
notes:
  - A cluster that never had to do with this cloud, or is not there any more, has nothing there. Then no credentials are needed.
"""
