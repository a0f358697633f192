# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files of _providers/ that name all providers, made from the folders that are there.

Ansible sends a module to another host with what it finds by imports that it can read, so they are written out. Clients are imported when they are needed.
"""
from __future__ import annotations

from pathlib import Path

PROVIDERS = Path("plugins/module_utils/_providers")
PREFIX = "ansible_collections.kubermatic.caas.plugins.module_utils._providers"
HEAD = """# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# Made by scripts/reference.py (make docs) from the folders that are here.
"""
DESCRIPTIONS = HEAD + '''"""What there is to know of each provider."""
from __future__ import annotations

%s

DESCRIPTIONS: dict[str, Description] = {
%s
}
'''
CLIENTS = HEAD + '''"""What talks to each provider, imported when it is needed, as it takes time."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from %s.contract import Provider

OwnCredentials = Callable[[Mapping[str, Any], Mapping[str, str]], set[Any]]
%s

PROVIDERS: dict[str, Callable[[], Provider]] = {%s}
# of those whose library knows credentials beside options and environment
OWN_CREDENTIALS: dict[str, Callable[[], OwnCredentials]] = {%s}
'''
FUNCTION = '''

def {name}{end}() -> {kind}:
    from {prefix}.{name}.{file} import {thing}
    return {thing}
'''


def _having(root: Path, file: str) -> list[str]:
    return sorted(path.parent.name for path in (root / PROVIDERS).glob(f"*/{file}.py"))


def _table(names: list[str], end: str = "") -> str:
    return ", ".join(f'"{name}": {name}{end}' for name in names)


def _descriptions(names: list[str]) -> str:
    lines = [f"from {PREFIX}.{name}.description import DESCRIPTION as {name.upper()}" for name in names]
    contract = f"from {PREFIX}.contract import Description"
    return DESCRIPTIONS % ("\n".join(sorted([*lines, contract])), "\n".join(f'    "{name}": {name.upper()},' for name in names))


def _clients(providers: list[str], own: list[str]) -> str:
    functions = [FUNCTION.format(name=name, end="", kind="Provider", prefix=PREFIX, file="provider_client", thing="PROVIDER") for name in providers]
    functions += [FUNCTION.format(name=name, end="_credentials", kind="OwnCredentials", prefix=PREFIX, file="own_credentials_store", thing="own_credentials")
                  for name in own]
    return CLIENTS % (PREFIX, "".join(functions), _table(providers), _table(own, "_credentials"))


def pages(root: Path) -> dict[str, str]:
    """Path -> text."""
    return {str(PROVIDERS / "shipped.py"): _descriptions(_having(root, "description")),
            str(PROVIDERS / "shipped_client.py"): _clients(_having(root, "provider_client"), _having(root, "own_credentials_store"))}
