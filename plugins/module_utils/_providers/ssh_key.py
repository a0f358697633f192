# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How providers call an SSH key."""
from __future__ import annotations

import base64
import hashlib


def fingerprint(public_key: str) -> str:
    """Such as 3b:16:e4:..."""
    digest = hashlib.md5(base64.b64decode(public_key.split()[1]), usedforsecurity=False).hexdigest()
    return ":".join(digest[at:at + 2] for at in range(0, len(digest), 2))


def short(public_key: str) -> str:
    """Says in a name which key it is."""
    return fingerprint(public_key).replace(":", "")[:8]
