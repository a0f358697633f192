# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""This checkout as a collection, wherever it lies and whatever is installed. Runs without this use the collection that ansible-playbook finds."""
from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def as_collection(directory: Path) -> Path:
    """A path of collections on which this checkout is."""
    (directory / "ansible_collections" / "kubermatic").mkdir(parents=True)
    (directory / "ansible_collections" / "kubermatic" / "caas").symlink_to(ROOT)
    return directory


def environment(collections: Path) -> dict[str, str]:
    """For programs of Ansible that shall find it on that path."""
    return {"ANSIBLE_COLLECTIONS_PATH": str(collections), "ANSIBLE_NOCOLOR": "1"}
