# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The host of the task, a machine of a seed, lets another one in. Runs on the control host; the host needs a POSIX shell, no Python."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import SEED_ADMISSION
from ansible_collections.kubermatic.caas.plugins.plugin_utils.over_ssh import OverSsh
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.admission import Admission
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Remote


class ActionModule(OverSsh):
    OPTIONS = SEED_ADMISSION

    def work(self, remote: Remote, params: dict[str, Any], say: Callable[[str], None]) -> Admission:
        return Admission(remote, params, say)
