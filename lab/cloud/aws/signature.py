# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whose request it is: the signature of a request (version 4), computed anew from the secret key that the cloud knows."""
from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

_WORDS = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), "sha256").digest()


def signed_by(secrets: Mapping[str, str], method: str, path: str, headers: Mapping[str, str], data: bytes) -> tuple[str, str, str]:
    """The access key, the region and the service, "" for the first if the signature is not that of the key's secret."""
    given = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    found = _WORDS.fullmatch(given.get("authorization", ""))
    if not found:
        return "", "", ""
    key, day, region, service, names, signature = found.groups()
    lines = "".join(f"{name}:{given.get(name, '')}\n" for name in names.split(";"))
    request = f"{method}\n{path}\n\n{lines}\n{names}\n{_hash(data)}"
    scope = f"{day}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{given.get('x-amz-date', '')}\n{scope}\n{_hash(request.encode())}"
    secret = b"AWS4" + secrets.get(key, "").encode()
    for part in (day, region, service, "aws4_request"):
        secret = _mac(secret, part)
    right = key in secrets and hmac.compare_digest(_mac(secret, text).hex(), signature)
    return key if right else "", region, service
