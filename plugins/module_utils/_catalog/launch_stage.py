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
    LaunchStage.ALPHA: "It was not tried where it counts. It may change or be removed without notice",
    LaunchStage.BETA: "Seen to work by the tests of the collection. Changes are announced",
    LaunchStage.PUBLIC: "To be relied on. It goes only after it was deprecated",
    LaunchStage.DEPRECATED: "It works, and will be removed at a date that is shown",
}
# of what is not in the collection's data (any more)
UNKNOWN = "unknown"
# least trusted first
TRUST = (UNKNOWN, LaunchStage.ALPHA, LaunchStage.DEPRECATED, LaunchStage.BETA, LaunchStage.PUBLIC)
ALLOWED_BY_DEFAULT = (LaunchStage.BETA, LaunchStage.PUBLIC)
