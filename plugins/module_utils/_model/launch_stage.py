# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How far a feature or a version is trusted."""
from __future__ import annotations

from enum import StrEnum


class LaunchStage(StrEnum):
    ALPHA = "alpha"
    BETA = "beta"
    PUBLIC = "public"
    DEPRECATED = "deprecated"
