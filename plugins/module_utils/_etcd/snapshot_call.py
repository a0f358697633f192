# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one call of gRPC that etcdctl can't make without a file in the pod: Maintenance/Snapshot. Bytes in, bytes out; others carry them.

etcd answers with the pages of its database and, as the last message, their SHA-256. HTTP/2 is spoken as far as this call needs it: headers of the answer are
not decoded, because the hash alone proves that the answer is whole.
"""
from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError

HASH = hashlib.sha256().digest_size
# what etcd may send before it hears that something was read
WINDOW = 4 << 20
# etcd sends 32 KiB at a time
LARGEST_MESSAGE = 4 << 20
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _GO_AWAY, _WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
_ACK = _END_STREAM = 1
_END_HEADERS, _PADDED = 4, 8
_INITIAL_WINDOW_SIZE = 4
_LARGEST_FRAME = 16384
_CALL = ((":method", "POST"), (":scheme", "https"), (":path", "/etcdserverpb.Maintenance/Snapshot"), (":authority", "etcd"),
         ("content-type", "application/grpc"), ("te", "trailers"))


class Broken(CaasError):
    """The answer is not a whole snapshot."""


@dataclass(frozen=True, slots=True)
class Message:
    """remaining: bytes that are to come after this blob."""

    blob: bytes
    remaining: int
    version: str


def request() -> bytes:
    """All that is sent before the first answer."""
    settings = struct.pack(">HI", _INITIAL_WINDOW_SIZE, WINDOW)
    # a message without fields: not compressed, of length 0
    return (_PREFACE + _frame(_SETTINGS, 0, 0, settings) + _frame(_WINDOW_UPDATE, 0, 0, struct.pack(">I", WINDOW))
            + _frame(_HEADERS, _END_HEADERS, 1, b"".join(_header(*pair) for pair in _CALL)) + _frame(_DATA, _END_STREAM, 1, bytes(5)))


class Answer:
    """What comes back. received returns messages; reply is to be sent after each of its calls."""

    def __init__(self) -> None:
        self.reply = b""
        self.ended = False
        self._frames, self._data, self._unconfirmed = bytearray(), bytearray(), 0

    def received(self, data: bytes) -> list[Message]:
        """Raises Broken if that is no answer to the call."""
        self._frames += data
        for kind, flags, stream, payload in self._whole_frames():
            self._take(kind, flags, stream, payload)
        return list(self._messages())

    def taken_reply(self) -> bytes:
        reply, self.reply = self.reply, b""
        return reply

    def _whole_frames(self) -> Iterator[tuple[int, int, int, bytes]]:
        begin = 0
        while len(self._frames) >= begin + 9:
            length = int.from_bytes(self._frames[begin:begin + 3])
            if length > _LARGEST_FRAME:
                raise Broken("etcd sent something else than a snapshot", why=f"a frame of HTTP/2 with {length} bytes")
            if len(self._frames) < begin + 9 + length:
                break
            kind, flags, stream = struct.unpack_from(">BBI", self._frames, begin + 3)
            yield kind, flags, stream & 0x7FFFFFFF, bytes(self._frames[begin + 9:begin + 9 + length])
            begin += 9 + length
        del self._frames[:begin]

    def _take(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == _DATA:
            self._data += payload[1:len(payload) - payload[0]] if flags & _PADDED and payload else payload
            self._confirm(len(payload))
        elif kind == _SETTINGS and not flags & _ACK:
            self.reply += _frame(_SETTINGS, _ACK, 0, b"")
        elif kind == _PING and not flags & _ACK:
            self.reply += _frame(_PING, _ACK, 0, payload)
        elif kind in (_RESET, _GO_AWAY):
            raise Broken("etcd ended the snapshot early", why=f"error {int.from_bytes(payload[-4:] if kind == _RESET else payload[4:8])} of HTTP/2")
        self.ended = self.ended or (stream == 1 and kind in (_DATA, _HEADERS) and bool(flags & _END_STREAM))

    def _confirm(self, size: int) -> None:
        self._unconfirmed += size
        if self._unconfirmed >= WINDOW // 4:
            increment = struct.pack(">I", self._unconfirmed)
            self.reply += _frame(_WINDOW_UPDATE, 0, 0, increment) + _frame(_WINDOW_UPDATE, 0, 1, increment)
            self._unconfirmed = 0

    def _messages(self) -> Iterator[Message]:
        begin = 0
        while len(self._data) >= begin + 5:
            compressed, length = struct.unpack_from(">BI", self._data, begin)
            if compressed or length > LARGEST_MESSAGE:
                raise Broken("etcd sent something else than a snapshot", why=f"a message of {length} bytes")
            if len(self._data) < begin + 5 + length:
                break
            yield message_of(bytes(self._data[begin + 5:begin + 5 + length]))
            begin += 5 + length
        del self._data[:begin]


def message_of(data: bytes) -> Message:
    """A SnapshotResponse: remaining_bytes is field 2, blob 3, version 4. Others are passed over."""
    found: dict[int, int | bytes] = {}
    place = 0
    while place < len(data):
        key, place = _number(data, place)
        value: int | bytes
        if key & 7 == 0:
            value, place = _number(data, place)
        elif key & 7 == 2:
            length, place = _number(data, place)
            value, place = data[place:place + length], place + length
        else:
            raise Broken("etcd sent something else than a snapshot", why=f"a field of wire type {key & 7}")
        found[key >> 3] = value
    if place > len(data):
        raise Broken("etcd sent something else than a snapshot", why="a field is longer than its message")
    blob, remaining, version = found.get(3, b""), found.get(2, 0), found.get(4, b"")
    if not isinstance(blob, bytes) or not isinstance(remaining, int) or not isinstance(version, bytes):
        raise Broken("etcd sent something else than a snapshot", why="a field has another type")
    return Message(blob, remaining, version.decode(errors="replace"))


class Checked:
    """The bytes of a snapshot on their way, which end with the SHA-256 of all before."""

    def __init__(self) -> None:
        self.size, self._sum, self._last = 0, hashlib.sha256(), b""

    def seen(self, data: bytes) -> None:
        self.size += len(data)
        self._last += data
        self._sum.update(self._last[:-HASH])
        self._last = self._last[-HASH:]

    def must_be_whole(self) -> None:
        if len(self._last) < HASH or not hmac.compare_digest(self._sum.digest(), self._last):
            raise Broken("The snapshot is not whole", why=f"its {self.size} bytes don't end with their SHA-256", fix="take another one")


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3) + struct.pack(">BBI", kind, flags, stream) + payload


def _header(name: str, value: str) -> bytes:
    """A literal of HPACK that is in no table. Both are shorter than 127 bytes."""
    return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A varint, and the place after it."""
    number = shift = 0
    while place < len(data) and shift < 64:
        byte = data[place]
        number, place, shift = number | (byte & 0x7F) << shift, place + 1, shift + 7
        if byte < 0x80:
            return number, place
    raise Broken("etcd sent something else than a snapshot", why="a number without end")
