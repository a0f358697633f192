# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every Kubernetes version that a catalogue ever offered, with its whole row. The file only grows: clusters run with what it says."""
from __future__ import annotations

import json
from pathlib import Path

# version -> component -> version
ROWS: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
