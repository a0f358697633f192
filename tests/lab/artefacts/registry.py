# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The registry that hosts pull from: crane's, on the blobs of the cache; it keeps manifests in memory and is told them at its start."""
from __future__ import annotations

import http.client
import time
from pathlib import Path

from .errors import BuildError
from .oci import MANIFEST_TYPE


def command(cache: Path, address: str) -> list[str]:
    """Runs in the foreground until it is ended. address: IP:PORT."""
    return [str(cache / "bin" / "crane"), "registry", "serve", "--disk", str(cache / "registry"), "--address", address]


def manifests(cache: Path) -> list[tuple[str, str, Path]]:
    """Repository, tag and file of every image."""
    root = cache / "registry" / "manifests"
    return [(str(path.parent.relative_to(root)), path.stem, path) for path in sorted(root.rglob("[!.]*.json"))]


def fill(cache: Path, address: str, seconds: float = 5.0) -> int:
    """Tells a registry that was just started (or runs) all images; returns how many. Waits so long until it listens."""
    found = manifests(cache)
    if not found:
        raise BuildError(f"There are no images in {cache / 'registry'}. Build them first: python3 tests/lab/build.py")
    connection = _connected(address, seconds)
    try:
        for repository, tag, path in found:
            connection.request("PUT", f"/v2/{repository}/manifests/{tag}", path.read_bytes(), {"Content-Type": MANIFEST_TYPE})
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            if answer.status != http.HTTPStatus.CREATED:
                raise BuildError(f"The registry at {address} refused {repository}:{tag}: {answer.status} {text.strip()}")
    finally:
        connection.close()
    return len(found)


def _connected(address: str, seconds: float) -> http.client.HTTPConnection:
    end = time.monotonic() + seconds
    while True:
        connection = http.client.HTTPConnection(address, timeout=10)
        try:
            connection.connect()
            return connection
        except OSError as error:
            if time.monotonic() > end:
                raise BuildError(f"No registry answers at {address} after {seconds:.0f} s: {error}") from None
            time.sleep(0.02)
