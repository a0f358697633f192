# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The shell parts, and how tests run them on a directory in place of a host's root."""
from __future__ import annotations

import hashlib
from pathlib import Path

from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh import script
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Remote

PARTS = sorted(script.PARTS.glob("*.sh"))
SHELLS = [["dash"], ["bash"], ["busybox", "sh"]]


def run(host: Remote, parts, mode, *, files=(), artefacts=(), **config):
    return host.run(script.assemble(parts, mode=mode, files=files, artefacts=artefacts, config={"root": str(host.root), **config}))


def tree(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() + oct(path.stat().st_mode)
            for path in sorted(root.rglob("*")) if path.is_file() and path.name != "kubermatic-caas.lock"}
