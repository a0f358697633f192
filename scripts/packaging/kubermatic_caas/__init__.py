# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The command kubermatic-caas: runs a playbook with short output; without one it says what is installed, where, and how to call it."""
from __future__ import annotations

import os
import sys
from importlib.metadata import version
from pathlib import Path


def collection() -> Path:
    """Directory of the installed collection."""
    return Path(__file__).resolve().parents[1] / "ansible_collections" / "kubermatic" / "caas"


def playbooks() -> list[str]:
    return sorted(path.stem for path in (collection() / "playbooks").glob("*.yml"))


def about() -> str:
    return "\n".join([
        f"kubermatic.caas {version('kubermatic-caas')} in {collection()}\n\nPlaybooks:",
        *(f"  kubermatic-caas {name} -i INVENTORY" for name in playbooks()),
        "\nThe same with all that Ansible says of each task: ansible-playbook -i INVENTORY kubermatic.caas.NAME",
        f"\nAn inventory to copy: {collection() / 'inventories'}\nDocumentation: {collection() / 'docs'}\nModules: ansible-doc -l kubermatic.caas"])


def play(name: str, words: list[str]) -> None:
    """Becomes ansible-playbook. What the user chose to print the output stays."""
    os.environ.setdefault("ANSIBLE_STDOUT_CALLBACK", "kubermatic.caas.brief")
    program = Path(sys.executable).with_name("ansible-playbook")
    os.execv(program, [str(program), f"kubermatic.caas.{name}", *words])


def main() -> int:
    name, *words = sys.argv[1:] or [""]
    if name in playbooks():
        play(name, words)
    elif name and not name.startswith("-"):
        print(f"There is no playbook {name}, only {', '.join(playbooks())}. Nothing was changed.", file=sys.stderr)
        return 2
    print(about())
    return 0


if __name__ == "__main__":
    sys.exit(main())
