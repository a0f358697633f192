# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Doors as a task would open them: with validated options, in check mode or not, and with what they say."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.kubermatic.caas.plugins.module_utils._module.door import Door, run
from ansible_collections.kubermatic.caas.plugins.module_utils._module.holder import of_process

RUN = of_process(1)


@dataclass
class Ran:
    result: dict[str, Any]
    said: list[str] = field(default_factory=list)

    @property
    def steps(self) -> list[str]:
        return self.result["steps"]

    @property
    def changed(self) -> bool:
        return self.result["changed"]


def open_door(door: type[Door], *, check_mode: bool = False, **options: Any) -> Ran:
    """Raises CaasError as the door does."""
    checked = ArgumentSpecValidator(door.ARGUMENT_SPEC, **door.CONSTRAINTS).validate(options)
    if checked.error_messages:
        raise ValueError("; ".join(map(str, checked.error_messages)))
    said: list[str] = []
    return Ran(run(door(checked.validated_parameters, holder=RUN, check_mode=check_mode, progress=said.append)), said)
