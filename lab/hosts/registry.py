# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The registry finds layers on disk but keeps manifests in its memory: it is told them whenever it starts."""
from __future__ import annotations

import json
import urllib.request
from pathlib import Path

from .errors import LabError


def tell(url: str, content: Path) -> int:
    """Sends manifests/REPOSITORY/TAG.json of the registry's directory; how many there were."""
    manifests = content / "manifests"
    files = sorted(manifests.rglob("*.json"))
    for path in files:
        document = path.read_bytes()
        repository = path.parent.relative_to(manifests)
        request = urllib.request.Request(f"{url}/v2/{repository}/manifests/{path.stem}", data=document, method="PUT",
                                         headers={"Content-Type": json.loads(document)["mediaType"]})
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except OSError as error:
            raise LabError(f"The registry {url} does not take the image {repository}:{path.stem} ({error}). "
                           f"Remove {path} and build it again: lab/caas-lab build") from None
    return len(files)
