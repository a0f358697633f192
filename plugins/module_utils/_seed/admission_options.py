# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of seed_admission. It has no resource: it acts over SSH, in plugin_utils/seed/admission.py."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.machine_rules import ROLES

REQUEST: dict[str, Any] = {
    "machine": {"type": "str", "required": True},
    "seed_role": {"type": "str", "choices": list(ROLES), "required": True},
    "address": {"type": "str", "required": True},
    "request": {"type": "str", "required": True},
    "recipient": {"type": "str", "required": True},
}
ARGUMENT_SPEC: dict[str, Any] = {
    "seed": {"type": "str", "required": True},
    "machine": {"type": "str", "required": True},
    "request": {"type": "dict", "required": True, "options": REQUEST},
}
