# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files of _providers/ that name all providers.

Ansible sends to another host what it finds by imports that it can read, and the registry imports what it finds in folders.
"""
from __future__ import annotations

from pathlib import Path

PROVIDERS = Path("plugins/module_utils/_providers")
HEAD = """# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# Made by scripts/reference.py (make docs) from the folders that are here.
\"\"\"%s of all providers, for Ansible. It sends a module to another host with what it finds by such imports.\"\"\"
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
"""
IMPORT = "    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.%s import %s as %s  # noqa: F401\n"


def _page(root: Path, what: str, files: tuple[str, ...]) -> str:
    found = [path for path in sorted((root / PROVIDERS).glob("*/*.py")) if path.stem in files]
    return HEAD % what + "".join(IMPORT % (path.parent.name, path.stem, f"{path.parent.name}_{path.stem}") for path in found)


def pages(root: Path) -> dict[str, str]:
    """Path -> text."""
    return {str(PROVIDERS / "shipped.py"): _page(root, "Descriptions", ("description",)),
            str(PROVIDERS / "shipped_client.py"): _page(root, "Clients", ("provider_client", "own_credentials_store"))}
