# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A stored snapshot is what etcd sent, or one line says why it can't be used. What a killed run left never counts."""
from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, LockHeld
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd import snapshot_manifest as manifests
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_call import Answer, Broken, Checked, message_of, request
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_cipher import CHUNK, Damaged, decrypted, encrypted, fingerprint, key_of
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_client import read_snapshot
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_store import DirectoryStore

KEY, SALT = bytes(range(32)), bytes(12)
MANIFEST = manifests.Manifest(1, "demo", "uid-1", "2026-01-31T12:00:00Z", "1.36.3", "3.6.15", 4711, 100, 150, "ab" * 32, fingerprint(KEY))
NAME = "demo-20260131T120000Z"


def sealed(data: bytes) -> bytes:
    return b"".join(encrypted([data], KEY, SALT))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
@pytest.mark.parametrize("piece", [1000, CHUNK, 1 << 22])
def test_what_was_encrypted_comes_back(size: int, piece: int):
    data = os.urandom(size)
    stored = b"".join(encrypted((data[begin:begin + piece] for begin in range(0, size, piece)), KEY, SALT))
    assert b"".join(decrypted((stored[begin:begin + piece] for begin in range(0, len(stored), piece)), KEY)) == data


@pytest.mark.parametrize("place", [0, 5, 16, 19, 20, 1000, CHUNK + 100, -1])
def test_a_flipped_byte_is_noticed(place: int):
    stored = bytearray(sealed(bytes(2 * CHUNK)))
    stored[place] ^= 1
    with pytest.raises(Damaged):
        list(decrypted([bytes(stored)], KEY))


@pytest.mark.parametrize("size", [0, 10, 16, 18, 1000, CHUNK + 36, CHUNK + 40, 2 * CHUNK])
def test_a_cut_file_is_noticed(size: int):
    """Also one that is cut between two chunks."""
    with pytest.raises(Damaged):
        list(decrypted([sealed(bytes(2 * CHUNK))[:size]], KEY))


def test_chunks_of_a_snapshot_keep_their_order_and_nothing_follows():
    stored, chunk = sealed(bytes(3 * CHUNK)), 4 + CHUNK + 16
    head, first, second, rest = stored[:16], stored[16:16 + chunk], stored[16 + chunk:16 + 2 * chunk], stored[16 + 2 * chunk:]
    for changed in (head + second + first + rest, head + first + rest, stored + first):
        with pytest.raises(Damaged):
            list(decrypted([changed], KEY))


def test_another_key():
    with pytest.raises(Damaged, match="not its key"):
        list(decrypted([sealed(b"pages")], bytes(32)))
    with pytest.raises(InvalidInput, match="It has 33 bytes, a key has 32"):
        key_of(bytes(33), "snapshot.key")


@pytest.mark.parametrize(("changes", "line"), [
    ({"cluster": "shop"}, "of cluster demo, not of shop"), ({"uid": "uid-2"}, "had this name before"), ({"key": ""}, "is encrypted"),
    ({"key": fingerprint(bytes(32))}, "not the key of the snapshot")])
def test_for_which_cluster_and_key_it_is(changes: dict[str, str], line: str):
    right = {"cluster": "demo", "uid": "uid-1", "key": fingerprint(KEY)}
    manifests.must_be_for(MANIFEST, **right, where="x")
    with pytest.raises(InvalidInput, match=line):
        manifests.must_be_for(MANIFEST, **{**right, **changes}, where="x")


@pytest.mark.parametrize(("size", "sha256", "line"), [(149, "ab" * 32, "is cut"), (151, "ab" * 32, "is damaged"), (150, "cd" * 32, "is damaged")])
def test_what_is_stored_is_what_was(size: int, sha256: str, line: str):
    manifests.must_be_stored(MANIFEST, size=150, sha256="ab" * 32, where="x")
    with pytest.raises(InvalidInput, match=line):
        manifests.must_be_stored(MANIFEST, size=size, sha256=sha256, where="x")


def test_a_manifest_comes_back_and_others_are_a_line():
    assert manifests.manifest_of(MANIFEST.text(), "x") == MANIFEST
    with pytest.raises(InvalidInput, match="by a later release"):
        manifests.manifest_of(replace(MANIFEST, format=2).text(), "x")
    for text in ("", "[]", "{}", "null", '{"format": true}', json.dumps({**asdict(MANIFEST), "size": "1"}), json.dumps({"format": 1})):
        with pytest.raises(InvalidInput, match="can't be used"):
            manifests.manifest_of(text, "x")


def test_only_whole_snapshots_of_the_cluster_count():
    files = [f"{NAME}.snapshot", f"{NAME}.json", "demo-2-20260131T120000Z.snapshot", "demo-2-20260131T120000Z.json", "demo-20260201T000000Z.snapshot",
             "demo-20260202T000000Z.snapshot.part", "demo-2-20260202T000000Z.snapshot.part", "notes.json", ".demo.lock"]
    assert manifests.names_of("demo", files) == [NAME]
    assert manifests.unfinished_of("demo", files) == ["demo-20260201T000000Z.snapshot", "demo-20260202T000000Z.snapshot.part"]
    assert manifests.name_of("demo", datetime(2026, 1, 31, 12, tzinfo=UTC)) == NAME
    assert manifests.superseded(["a", "b", "c"], 2) == ["a"]
    assert manifests.superseded(["a"], 2) == []


def test_the_store_writes_whole_files_for_its_owner_only(tmp_path: Path):
    store = DirectoryStore(str(tmp_path / "snapshots"))
    store.must_be_usable()
    assert store.list() == []
    store.write("a", [b"1", b"2"])

    def broken():
        yield b"1"
        raise CaasError("it broke")

    with pytest.raises(CaasError, match="it broke"):
        store.write("b", broken())
    assert (store.list(), b"".join(store.read("a"))) == (["a"], b"12")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "snapshots", tmp_path / "snapshots/a")] == [0o700, 0o600]
    with store.held("demo"), store.held("shop"), pytest.raises(LockHeld), store.held("demo"):
        pass
    (tmp_path / "snapshots").chmod(0o755)
    with pytest.raises(InvalidInput, match="Others may use it"):
        store.must_be_usable()


def frame(kind: int, flags: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3) + struct.pack(">BBI", kind, flags, 1) + payload


def message(blob: bytes) -> bytes:
    data = b"\x10\x05\x1a" + bytes([len(blob)]) + blob + b"\x22\x053.6.0"
    return struct.pack(">BI", 0, len(data)) + data


class Wire:
    """etcd, which answers in small pieces."""

    def __init__(self, data: bytes) -> None:
        self.pieces, self.sent = [data[begin:begin + 7] for begin in range(0, len(data), 7)], b""

    def send(self, data: bytes) -> None:
        self.sent += data

    def receive(self) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


PAGES = b"pages of a database"
WHOLE = frame(0, 0, message(PAGES)) + frame(0, 0, message(hashlib.sha256(PAGES).digest()))


def test_the_call_gives_what_etcd_sends():
    wire = Wire(frame(4, 0, b"") + frame(1, 4, b"headers") + frame(6, 0, bytes(8)) + WHOLE + frame(1, 5, b"trailers"))
    assert b"".join(read_snapshot(wire)) == PAGES + hashlib.sha256(PAGES).digest()
    assert wire.sent.startswith(request())
    assert message_of(message(PAGES)[5:]).version == "3.6.0"


@pytest.mark.parametrize("data", [
    b"", WHOLE, frame(0, 0, message(PAGES)) + frame(1, 5, b""), WHOLE.replace(b"pages", b"Pages") + frame(1, 5, b""), frame(3, 0, bytes(4)),
    frame(7, 0, bytes(8)), b"HTTP/1.1 400 Bad Request\r\n", frame(0, 0, b"\1" + bytes(4)), frame(0, 0, struct.pack(">BI", 0, 2) + b"\x1a\x7f"),
    frame(0, 0, struct.pack(">BI", 0, 2) + b"\x18\x01") + frame(1, 5, b"")])
def test_an_answer_that_is_not_whole_is_a_line(data: bytes):
    with pytest.raises(Broken):
        list(read_snapshot(Wire(data)))


def test_etcd_hears_that_its_pages_were_read():
    answer = Answer()
    for _number in range(100):
        answer.received(frame(0, 0, struct.pack(">BI", 0, 16379) + b"\x1a\xf8\x7f" + bytes(16376)))
    assert answer.taken_reply().count(b"\0\0\4\x08\0") == 2
    assert answer.taken_reply() == b""


def test_a_hash_may_come_in_two_pieces():
    checked = Checked()
    for part in (PAGES[:3], PAGES[3:] + hashlib.sha256(PAGES).digest()[:30], hashlib.sha256(PAGES).digest()[30:]):
        checked.seen(part)
    checked.must_be_whole()
