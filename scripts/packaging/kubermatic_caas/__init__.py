# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The command kubermatic-caas: what is installed, where, and how to call it."""
from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path


def collection() -> Path:
    """Directory of the installed collection."""
    return Path(__file__).resolve().parents[1] / "ansible_collections" / "kubermatic" / "caas"


def main() -> int:
    playbooks = sorted(path.stem for path in (collection() / "playbooks").glob("*.yml"))
    print(f"kubermatic.caas {version('kubermatic-caas')} in {collection()}\n\nPlaybooks:")
    for name in playbooks:
        print(f"  ansible-playbook -i INVENTORY kubermatic.caas.{name}")
    print(f"\nAn inventory to copy: {collection() / 'inventories'}\nDocumentation: {collection() / 'docs'}\nModules: ansible-doc -l kubermatic.caas")
    return 0


if __name__ == "__main__":
    sys.exit(main())
