# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of seed_certificates. It has no resource: it acts over SSH, in plugin_utils/seed/certificates.py."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki import RENEW_WITHIN_DAYS

ARGUMENT_SPEC: dict[str, Any] = {
    "seed": {"type": "str", "required": True},
    "machine": {"type": "str", "required": True},
    "seed_kubeconfig": {"type": "path"},
    "renew_within_days": {"type": "int", "default": RENEW_WITHIN_DAYS},
}
