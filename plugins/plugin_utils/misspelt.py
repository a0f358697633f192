# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Warns of variables of a host that are misspelt."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.utils.display import Display

from ansible_collections.kubermatic.caas.plugins.module_utils._core.misspelt import line, misspelt
from ansible_collections.kubermatic.caas.plugins.module_utils._core.variable_names import NAMES
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.plugin_utils.terminal import printed

display = Display()


def warn(task_vars: Mapping[str, Any]) -> None:
    """Without the name of the host: Ansible prints the same line once, and what stands in group_vars is a variable of many hosts."""
    for name, meant in misspelt(task_vars, NAMES | registry.variables()).items():
        display.warning(printed(line(name, meant)))
