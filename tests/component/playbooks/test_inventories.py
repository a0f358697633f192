# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The inventories that users copy, read by Ansible itself."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("directory", sorted(path for path in (ROOT / "inventories").iterdir() if path.is_dir()), ids=lambda path: path.name)
def test_the_inventories_to_copy_are_read_by_ansible(directory: Path):
    done = subprocess.run([Path(sys.executable).with_name("ansible-inventory"), "-i", directory, "--list"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "WARNING" not in done.stderr, done.stderr
    listed = yaml.safe_load(done.stdout)
    for cluster in listed["clusters"]["hosts"]:
        assert f"cluster_{cluster.replace('-', '_')}" in listed, f"{cluster} has no group of its own"
        assert {"seed", "kubernetes_version"} <= set(listed["_meta"]["hostvars"][cluster])
    for node in listed.get("nodes", {}).get("hosts", []):
        assert listed["_meta"]["hostvars"][node]["cluster"] in listed["clusters"]["hosts"]
    for seed in listed["seeds"]["hosts"]:
        assert {"seed_kubeconfig", "seed_address"} <= set(listed["_meta"]["hostvars"][seed])
