# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scripts in templates of the role seed, run as they are."""
from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

from unit.roles.test_seed_templates import render


def test_no_user_of_a_machine_comes_to_its_volumes(tmp_path: Path):
    """The script that makes a volume. A pod gets the volume itself mounted, and needs no way to it."""
    config = next(document for document in render("local-path-provisioner") if document["kind"] == "ConfigMap")["data"]
    base = tmp_path / "local-path-provisioner"
    base.mkdir(mode=0o755)
    for name in ("pvc-1", "pvc-2"):
        subprocess.run(["sh", "-c", config["setup"]], check=True, env={"VOL_DIR": str(base / name), "PATH": os.environ["PATH"]})
        assert stat.S_IMODE((base / name).stat().st_mode) & 0o007 == 0o007
        assert stat.S_IMODE(base.stat().st_mode) == 0o700
