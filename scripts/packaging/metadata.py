# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One version (galaxy.yml) and one list of requirements (requirements.txt) for the wheel and the Galaxy artefact."""
from __future__ import annotations

import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class CollectionMetadata(MetadataHookInterface):
    def update(self, metadata: dict) -> None:
        root = Path(self.root)
        metadata["version"] = re.search(r"^version: (\S+)$", (root / "galaxy.yml").read_text(), re.MULTILINE).group(1)
        metadata["dependencies"] = (root / "requirements.txt").read_text().split()
