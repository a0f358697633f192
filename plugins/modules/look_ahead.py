#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: look_ahead
short_description: Find out whether tasks of a role have anything to do
description:
  - Observes and plans what each task of a file would do, in their order, up to the first that has something to do. Changes nothing, and waits for what the
    tasks would wait for. So a run that has nothing to do needs one task instead of all of them.
  - The module is for the roles of this collection. If their tasks run on another host than the control host, it does nothing, and RV(unchanged) is false.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.look_ahead
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: Look whether anything is to be done
  kubermatic.caas.look_ahead:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    tasks: create.yml
  register: control_plane_look

- name: Create the control plane and the add-ons
  ansible.builtin.include_tasks: create.yml
  when: not control_plane_look.unchanged
"""

RETURN = r"""
unchanged:
  description: Whether nothing is to be done.
  returned: success
  type: bool
  sample: true
results:
  description: Name to the result that a task would have registered by that name. Empty if something is to be done.
  returned: success
  type: dict
  sample:
    control_plane_noted: {changed: false, phase: Running}
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import LOOK_AHEAD
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.only_as_action(LOOK_AHEAD, "kubermatic.caas.look_ahead works from the control host, where the files of roles are.")


if __name__ == "__main__":
    main()
