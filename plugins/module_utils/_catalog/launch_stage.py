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


MEANING = {
    LaunchStage.ALPHA: "It was not yet tried under real conditions. It may change or be removed without notice",
    LaunchStage.BETA: "The tests of the collection cover it. The changelog announces changes",
    LaunchStage.PUBLIC: "You can rely on it. It is deprecated before it is removed",
    LaunchStage.DEPRECATED: "It works. The collection stops offering it after a date that status and runs show",
}
# of what is not in the collection's data (any more)
UNKNOWN = "unknown"
# least trusted first
TRUST = (UNKNOWN, LaunchStage.ALPHA, LaunchStage.DEPRECATED, LaunchStage.BETA, LaunchStage.PUBLIC)
ALLOWED_BY_DEFAULT = (LaunchStage.BETA, LaunchStage.PUBLIC)
