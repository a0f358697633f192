# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs a resource as an Ansible module, where the task's host is not the control host itself."""
from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Options
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import Resource, run
from ansible_collections.kubermatic.caas.plugins.module_utils._system.run_identity import this_process


def only_as_action(options: Options, message: str) -> None:
    """For what needs Ansible's connection: it says so where it was shipped to a host all the same."""
    AnsibleModule(argument_spec=argument_spec(options), supports_check_mode=True).fail_json(msg=message)


def main(resource: type[Resource]) -> None:
    module = AnsibleModule(argument_spec=resource.ARGUMENT_SPEC, supports_check_mode=True, **resource.CONSTRAINTS)
    try:
        result = run(resource(module.params, holder=this_process(), check_mode=module.check_mode, progress=module.debug))
    except CaasError as error:
        module.fail_json(msg=error.line())
    module.exit_json(**result)
