# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the playbook status says of the clusters of all seeds."""
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import status

# what cluster_info tells of a seed
Info = Mapping[str, Any]


def text(seeds: Mapping[str, Info], cluster: str | None, style: str) -> str:
    """seeds: name -> what is known of it. cluster: the one that is asked for, None for all."""
    if style == "json":
        return json.dumps({seed: info["clusters"] for seed, info in seeds.items()}, indent=2, sort_keys=True, ensure_ascii=False)
    return status.table_of_seeds(seeds, cluster)


def failure(seeds: Mapping[str, Info], cluster: str | None, fail_if: str | None) -> str:
    """Why a script gets an exit code that is not 0, "" if it does not."""
    if cluster and not any(info["clusters"] for info in seeds.values()):
        return f"There is no cluster {cluster} in {', '.join(seeds)}."
    return " ".join(f"{fail_if} or worse in seed {seed}: {', '.join(info['bad'])}." for seed, info in seeds.items() if info["bad"])
