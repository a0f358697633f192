# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The program caas-lab, as people start it."""
from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_command_runs_from_anywhere_and_by_a_link(tmp_path: Path):
    link = tmp_path / "caas-lab"
    link.symlink_to(ROOT / "lab" / "caas-lab")
    done = subprocess.run([link, "--help"], cwd="/", text=True, capture_output=True, check=True)
    assert done.stdout.startswith("usage: caas-lab")
