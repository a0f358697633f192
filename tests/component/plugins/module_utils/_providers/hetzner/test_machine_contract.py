# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from component.plugins.module_utils._providers.machine_contract import MachineContract


class TestHetzner(MachineContract):
    provider = "hetzner"
