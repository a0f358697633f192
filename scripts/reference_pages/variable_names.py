# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A file of the product that names all variables which an inventory or a command line may say, beside those that providers bring along."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from reference_pages.role_specs import ROLES
from reference_pages.variables import INVENTORY, PLAYBOOKS

FILE = "plugins/module_utils/_core/variable_names.py"
TEXT = """# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# Made by scripts/reference.py (make docs) from the options of roles and playbooks.
\"\"\"Variables that an inventory or a command line may say, beside those that providers bring along.\"\"\"
from __future__ import annotations

NAMES = frozenset((
%s
))
"""


def pages() -> dict[str, str]:
    """Path -> text."""
    of_roles = {name for role in ROLES.values() for one in role.options for name in (one.name, *one.aliases)}
    names = {*of_roles, *INVENTORY, *(name for one in PLAYBOOKS.values() for name in one)} - registry.variables()
    return {FILE: TEXT % "\n".join(f'    "{name}",' for name in sorted(names))}
