# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a certificate says, free of any library's types."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

KEY_TYPES = ("ecdsa-p256", "rsa-2048")


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """not_before, not_after: aware, UTC. ips: canonical text. usages: of "client" and "server".

    key_type: one of KEY_TYPES, or another name such as "rsa-4096" for a key that was not made here.
    fingerprint: SHA-256 over the DER form, 64 hex digits. issuer_fingerprint: that of the authority whose signature was
    verified on it, "" if none of those offered signed it. key_matches: None if no key was offered.
    """

    common_name: str
    organizations: frozenset[str]
    dns: frozenset[str]
    ips: frozenset[str]
    usages: frozenset[str]
    not_before: datetime
    not_after: datetime
    key_type: str
    is_authority: bool
    fingerprint: str
    issuer_fingerprint: str = ""
    key_matches: bool | None = None
