# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs upgrade_plan inside ansible-playbook."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.plan_resource import UpgradePlanResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import InProcess


class ActionModule(InProcess):
    RESOURCE = UpgradePlanResource
