# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/reference/stages.md: how far each feature and version is trusted."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._model import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._model.launch_stage import LaunchStage
from reference_pages.markdown import MADE, table

MEANING = {
    LaunchStage.ALPHA: "It was seen to work. It may change or go without notice.",
    LaunchStage.BETA: "It is meant to stay. Not everything around it was tried yet.",
    LaunchStage.PUBLIC: "It is offered to everybody.",
    LaunchStage.DEPRECATED: "It still works, and will go.",
}


def page() -> str:
    return "\n".join((
        MADE + "# Launch stages\n",
        table(("stage", "meaning"), [(f"**{stage}**", MEANING[stage]) for stage in LaunchStage]),
        "## Kubernetes versions\n",
        table(("version", "stage"), [(row.kubernetes, str(row.stage)) for row in catalogue.ROWS])))
