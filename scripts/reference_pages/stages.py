# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/reference/stages.md: how far each feature and version is trusted."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import features
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.features import Feature
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import ALLOWED_BY_DEFAULT, MEANING, LaunchStage
from reference_pages.markdown import MADE, code, table

PARTS = (
    ("Kubernetes versions", "", features.VERSIONS),
    ("Features of a cluster", "", features.CHOICES),
    ("Machines and nodes", "`status` shows them. No run refuses them: it measures what a host can do before it changes anything ([hosts](hosts.md)).\n\n",
     features.MACHINES),
    ("Seeds", "For operators of a seed. They have no effect on `allowed_stages` of its clusters.\n\n", features.SEEDS),
)


def row(feature: Feature) -> tuple[str, str, str]:
    return code(feature.name), f"**{feature.stage}**" + (f", will be removed on {feature.end_of_life}" if feature.end_of_life else ""), feature.what


def page() -> str:
    allowed = " and ".join(f"`{stage}`" for stage in ALLOWED_BY_DEFAULT)
    return "\n".join((
        MADE + "# Launch stages\n",
        table(("stage", "meaning"), [(f"**{stage}**", MEANING[stage] + ".") for stage in LaunchStage]),
        f"A cluster may use features at stage {allowed}. A run refuses the rest by name before it creates anything, unless `allowed_stages` of the cluster "
        "contains their stage. A cluster keeps what it has already. `status` shows the least trusted stage of what a cluster uses.\n",
        *(f"## {title}\n\n{note}" + table(("feature", "stage", "what it is"), map(row, part)) for title, note, part in PARTS)))
