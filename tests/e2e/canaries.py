# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets of a cluster in every form in which they could be seen somewhere, and the search for them."""
from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from e2e.world import World

PRIVATE_KEY = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----\s+(.*?)-----END", re.DOTALL)
SHORTEST, PART = 24, 32


def wrapped(value: bytes) -> Iterator[str]:
    """value as it looks inside of something that was encoded in base64, wherever it stands there."""
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + value)
        # the ends depend on the neighbours
        yield text[4:len(text) // 4 * 4 - 4].decode()


def forms(secret: str) -> set[str]:
    found = {secret, secret.encode().hex(), *wrapped(secret.encode())}
    return {form for form in found if len(form) >= SHORTEST}


def of_keys(text: str) -> set[str]:
    """Of the private keys in a text: the part of each that holds the secret number."""
    found: set[str] = set()
    for kind, body in PRIVATE_KEY.findall(text):
        der = base64.b64decode(body)
        # the number comes after the head: RFC 5915 (7 bytes), or within PKCS#8 (36 bytes); what follows is public
        number = der[7:39] if kind.startswith("EC ") else der[36:68]
        line = "".join(body.split())[:64]
        found |= {line, number.hex(), *forms(line), *wrapped(number)}
    return {form for form in found if len(form) >= SHORTEST}


def of_tokens(tokens: Iterable[str]) -> set[str]:
    """Of JSON web tokens: the signature, without which the rest is of no use."""
    found: set[str] = set()
    for token in tokens:
        found |= forms(token.rpartition(".")[2].strip()[:PART])
    return found


def of_namespace(world: World, namespace: str) -> set[str]:
    found: set[str] = set()
    for secret in world.objects(None, "secrets", "-n", namespace):
        for value in (secret.get("data") or {}).values():
            text = base64.b64decode(value).decode(errors="replace")
            found |= of_keys(text)
            for key in re.findall(r"secret: (\S+)", text):
                found |= forms(key)
    return found


def of_kubeconfig(path: Path) -> set[str]:
    found = set()
    for key in re.findall(r"client-key-data: (\S+)", path.read_text()):
        found |= {key[:64]} | of_keys(base64.b64decode(key).decode())
    return found


def seen(canaries: set[str], texts: Iterable[bytes]) -> list[str]:
    """Where they stand, a few words before each; never the secret itself."""
    whole = re.compile(b"|".join(re.escape(form.encode()) for form in sorted(canaries)))
    return [f"{text[max(0, match.start() - 80):match.start()]!r}" for text in texts for match in whole.finditer(text)]


def seen_in_files(canaries: set[str], words: list[str], directories: Iterable[str]) -> list[str]:
    """Names of files that hold one. words: what runs a command there, such as podman exec; the secrets go to its stdin."""
    done = subprocess.run([*words, "grep", "-rlaF", "--devices=skip", "-f", "-", *directories], input="\n".join(sorted(canaries)), text=True,
                          capture_output=True, check=False, timeout=300)
    assert done.returncode in (0, 1, 2), done.stderr
    return done.stdout.splitlines()
