# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes the host of the task a machine of a seed. Runs on the control host; the host needs a POSIX shell, no Python."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import SEED_NODE, TAKEN_LATER
from ansible_collections.kubermatic.caas.plugins.plugin_utils.over_ssh import OverSsh
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.first import FirstMachine
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.joining import JoiningMachine
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.machine import SeedMachine
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Remote


class ActionModule(OverSsh):
    OPTIONS = SEED_NODE
    ALSO_CHECKED = TAKEN_LATER

    def work(self, remote: Remote, params: dict[str, Any], say: Callable[[str], None]) -> SeedMachine:
        if params["state"] == "fit":
            return SeedMachine(remote, params, say)
        return (JoiningMachine if params["server"] else FirstMachine)(remote, params, say)
