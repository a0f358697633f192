# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever task of a cluster's creation fails: the record gets its reason."""
from __future__ import annotations

import re
from pathlib import Path

import yaml

ROLE = Path(__file__).resolve().parents[3] / "roles" / "control_plane"


def test_every_task_is_asked_what_it_said():
    registered = [task["register"] for task in yaml.safe_load((ROLE / "tasks" / "create.yml").read_text())]
    asked = yaml.safe_load((ROLE / "vars" / "main.yml").read_text())["control_plane_said"]
    assert [re.fullmatch(r"{{ (\w+) \| default\({}\) }}", text)[1] for text in asked] == registered
