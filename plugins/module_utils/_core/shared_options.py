# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options that several modules share, each described once in the doc fragment of the same name."""
from __future__ import annotations

from typing import Any

SEED: dict[str, Any] = {"seed_kubeconfig": {"type": "path", "required": True}}
CLUSTER: dict[str, Any] = {**SEED, "cluster": {"type": "str", "required": True}}
