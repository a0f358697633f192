# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Encrypts a snapshot on its way, and decrypts it: AES-256-GCM in chunks, so that a snapshot of any size needs little memory.

    header       16 bytes: magic, then the 12 bytes of which this file's own key is made
    chunk        4 bytes of length, then ciphertext and tag. The nonce is the chunk's number and whether it is the last; the header is authenticated with it
"""
from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError as error:
    MISSING: str | None = str(error)
else:
    MISSING = None

MAGIC = b"CES1"
SALT = 12
HEADER = len(MAGIC) + SALT
CHUNK = 1 << 20
KEY = 32
_TAG = 16
HOW_TO_MAKE = "make one: (umask 077; head -c 32 /dev/urandom > snapshot.key), keep a copy elsewhere, and set snapshot_key_file to its path"


class Damaged(CaasError):
    """A stored snapshot is not what was written."""


def key_of(content: bytes, path: str) -> bytes:
    """Of a key file. Raises InvalidInput if that holds something else: a passphrase would be guessed sooner or later by whoever has the file."""
    if len(content) != KEY:
        raise InvalidInput(f"{path} holds no key for snapshots", where="snapshot_key_file", why=f"it has {len(content)} bytes, a key has {KEY}",
                           fix=HOW_TO_MAKE)
    return content


def fingerprint(key: bytes) -> str:
    """Tells keys apart, and nothing of the key."""
    return hashlib.sha256(b"kubermatic.caas snapshot key\0" + key).hexdigest()[:16]


def encrypted(blobs: Iterable[bytes], key: bytes, salt: bytes) -> Iterator[bytes]:
    """salt: random bytes, others for each file."""
    header = MAGIC + salt
    cipher = _cipher(key, salt)
    yield header
    number, waiting = 0, bytearray()
    for blob in blobs:
        waiting += blob
        while len(waiting) > CHUNK:
            yield _sealed(cipher, header, number, bytes(waiting[:CHUNK]), last=False)
            del waiting[:CHUNK]
            number += 1
    yield _sealed(cipher, header, number, bytes(waiting), last=True)


def decrypted(blobs: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """Raises Damaged at the first chunk that was changed, and if the last one is missing or something follows it."""
    reader = _Reader(blobs)
    header = reader.take(HEADER)
    if not header.startswith(MAGIC):
        raise Damaged("The snapshot is not encrypted as this release does it", why="it begins with other bytes")
    cipher = _cipher(key, header[len(MAGIC):])
    number = 0
    while True:
        length = int.from_bytes(reader.take(4))
        if not _TAG <= length <= CHUNK + _TAG:
            raise Damaged("The snapshot is damaged", why=f"chunk {number} has {length} bytes")
        sealed = reader.take(length)
        last = reader.at_end()
        try:
            yield cipher.decrypt(_nonce(number, last=last), sealed, header)
        except InvalidTag:
            raise Damaged("The snapshot is damaged or cut, or this is not its key", why=f"chunk {number} is not what was written") from None
        if last:
            return
        number += 1


class _Reader:
    def __init__(self, blobs: Iterable[bytes]) -> None:
        self.blobs, self.waiting = iter(blobs), bytearray()

    def take(self, size: int) -> bytes:
        self._fill(size)
        if len(self.waiting) < size:
            raise Damaged("The snapshot is cut", why=f"{size - len(self.waiting)} bytes are missing")
        taken = bytes(self.waiting[:size])
        del self.waiting[:size]
        return taken

    def at_end(self) -> bool:
        self._fill(1)
        return not self.waiting

    def _fill(self, size: int) -> None:
        while len(self.waiting) < size:
            blob = next(self.blobs, None)
            if blob is None:
                return
            self.waiting += blob


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY, salt=salt, info=b"kubermatic.caas snapshot").derive(key))


def _sealed(cipher: AESGCM, header: bytes, number: int, data: bytes, *, last: bool) -> bytes:
    sealed = cipher.encrypt(_nonce(number, last=last), data, header)
    return len(sealed).to_bytes(4) + sealed


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">3xQB", number, last)
