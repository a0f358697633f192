# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Collections that do similar work, for comparison only: in a place of their own, out of the package `ansible`, so that no Galaxy is needed."""
from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from lab.hosts import state

PACKAGE = "ansible==12.3.0"
COLLECTIONS = ("kubernetes.core", "community.digitalocean", "amazon.aws")
ROOT = Path(__file__).resolve().parents[2]


def place() -> Path:
    return state.cache() / "benchmark"


def inside(collection: str) -> str:
    return f"ansible_collections/{collection.replace('.', '/')}/"


def ensure() -> None:
    """Fetched once, then kept beside the lab's other artefacts; jsonpatch is what kubernetes.core needs beyond what this collection needs."""
    if all((place() / inside(name) / "MANIFEST.json").exists() for name in COLLECTIONS) and (place() / "python" / "jsonpatch.py").exists():
        return
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--target", str(place() / "python"), "--upgrade", "jsonpatch"], check=True)
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([*pip, "download", "--no-deps", "--dest", directory, PACKAGE], check=True)
        with zipfile.ZipFile(next(Path(directory).glob("*.whl"))) as wheel:
            for name in COLLECTIONS:
                members = [member for member in wheel.namelist() if member.startswith(inside(name))]
                # what tells that it is there comes last
                wheel.extractall(place(), sorted(members, key=lambda member: member.endswith("/MANIFEST.json")))


def version(collection: str) -> str:
    ensure()
    return json.loads((place() / inside(collection) / "MANIFEST.json").read_text())["collection_info"]["version"]


def environment() -> dict[str, str]:
    """For an ansible-playbook that knows them and this collection."""
    return {"ANSIBLE_COLLECTIONS_PATH": f"{ROOT / '.dev'}:{place()}", "PYTHONPATH": str(place() / "python")}
