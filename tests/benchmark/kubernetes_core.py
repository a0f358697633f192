# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The collection kubernetes.core, for comparison only: in a place of its own, out of the package `ansible`, so that no Galaxy is needed."""
from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from lab.hosts import state

PACKAGE = "ansible==12.3.0"
INSIDE = "ansible_collections/kubernetes/core/"
ROOT = Path(__file__).resolve().parents[2]


def place() -> Path:
    return state.cache() / "benchmark"


def ensure() -> None:
    """Fetched once, then kept beside the lab's other artefacts; jsonpatch is what the module needs beyond what this collection needs."""
    if (place() / "done").exists():
        return
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([*pip, "download", "--no-deps", "--dest", directory, PACKAGE], check=True)
        with zipfile.ZipFile(next(Path(directory).glob("*.whl"))) as wheel:
            wheel.extractall(place(), [name for name in wheel.namelist() if name.startswith(INSIDE)])
    subprocess.run([*pip, "install", "--target", str(place() / "python"), "--upgrade", "jsonpatch"], check=True)
    (place() / "done").touch()


def version() -> str:
    ensure()
    return json.loads((place() / INSIDE / "MANIFEST.json").read_text())["collection_info"]["version"]


def environment() -> dict[str, str]:
    """For an ansible-playbook that knows both collections."""
    return {"ANSIBLE_COLLECTIONS_PATH": f"{ROOT / '.dev'}:{place()}", "PYTHONPATH": str(place() / "python")}
