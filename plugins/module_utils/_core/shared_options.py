# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options that several modules share, each described once in the doc fragment of the same name."""
from __future__ import annotations

from typing import Any

SEED: dict[str, Any] = {"seed_kubeconfig": {"type": "path", "required": True}}
CLUSTER: dict[str, Any] = {**SEED, "cluster": {"type": "str", "required": True}}
AWS: dict[str, Any] = {
    "aws_access_key": {"type": "str", "no_log": False},
    "aws_secret_key": {"type": "str", "no_log": True},
    "aws_session_token": {"type": "str", "no_log": True},
    "aws_profile": {"type": "str"},
    "aws_url": {"type": "str", "aliases": ["endpoint_url"], "default": ""},
}
