# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One version (galaxy.yml) and one list of requirements (requirements.txt) for the wheel and the Galaxy artefact.

The wheel leaves the libraries of clouds to extras.
"""
from __future__ import annotations

import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

PROVIDERS = Path("plugins/module_utils/_providers")


class CollectionMetadata(MetadataHookInterface):
    def update(self, metadata: dict) -> None:
        root = Path(self.root)
        metadata["version"] = re.search(r"^version: (\S+)$", (root / "galaxy.yml").read_text(), re.MULTILINE).group(1)
        everything = (root / "requirements.txt").read_text().split()
        # extras whose libraries only users of that provider need
        extras = sorted(path.parent.name for path in (root / PROVIDERS).glob("*/description.py"))
        clouds = [one for extra in extras for one in metadata["optional-dependencies"][extra]]
        unknown = set(clouds) - set(everything)
        if unknown:
            raise ValueError(f"pyproject.toml and requirements.txt say different things of {', '.join(sorted(unknown))}")
        metadata["dependencies"] = [one for one in everything if one not in clouds]
