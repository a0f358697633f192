# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What all modules promise, in the same words.

The plain fragment is for modules that change something, `reads` for those that never do.
"""
from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Shows in check mode the steps that a real run would carry out now, and writes nothing.
    support: full
  diff_mode:
    description: Shows with C(--diff) what changes, without secrets.
    support: full
  idempotent:
    description: A second run with the same options changes nothing and sends no write request.
    support: full
  action_group:
    description: Takes defaults for the group by C(module_defaults).
    support: full
    membership:
      - kubermatic.caas.caas
"""
    READS = r"""
attributes:
  check_mode:
    description: Shows in check mode the steps that a real run would carry out now, and writes nothing.
    support: full
    details: Never writes, so check mode makes no difference.
  diff_mode:
    description: Shows with C(--diff) what changes, without secrets.
    support: none
    details: Never changes anything.
  idempotent:
    description: A second run with the same options changes nothing and sends no write request.
    support: full
  action_group:
    description: Takes defaults for the group by C(module_defaults).
    support: full
    membership:
      - kubermatic.caas.caas
"""
