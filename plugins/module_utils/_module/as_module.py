# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs a door as an Ansible module, where the task's host is not the control host itself."""
from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._module.door import Door, run
from ansible_collections.kubermatic.caas.plugins.module_utils._module.holder import this_process


def main(door: type[Door]) -> None:
    module = AnsibleModule(argument_spec=door.ARGUMENT_SPEC, supports_check_mode=True, **door.CONSTRAINTS)
    try:
        result = run(door(module.params, holder=this_process(), check_mode=module.check_mode, progress=module.debug))
    except CaasError as error:
        module.fail_json(msg=error.line())
    module.exit_json(**result)
