# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lab's mirror answers as a release host does."""
from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from lab.hosts.mirror_server import Mirror, byte_range


@pytest.mark.parametrize(("header", "part"), [
    (None, None), ("bytes=0-3", (0, 3)), ("bytes=4-", (4, 9)), ("bytes=-2", (8, 9)), ("bytes=-99", (0, 9)), ("bytes=8-99", (8, 9)),
    ("bytes=5-2", None), ("bytes=0-1,4-5", None), ("bytes=-", None), ("lines=1-2", None),
])
def test_byte_range(header: str | None, part: tuple[int, int] | None):
    assert byte_range(header, 10) == part


@pytest.mark.parametrize(("header", "size"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=0-", 0)])
def test_a_range_outside_of_the_file(header: str, size: int):
    with pytest.raises(ValueError):
        byte_range(header, size)


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "kubelet").write_bytes(b"0123456789")
    quiet = type("Quiet", (Mirror,), {"log_message": lambda *dummy: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def answer(url: str, method: str = "GET", **headers: str) -> tuple[int, bytes, str | None]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=headers), timeout=5) as reply:
            return reply.status, reply.read(), reply.headers["Content-Length"]
    except urllib.error.HTTPError as error:
        return error.code, b"", None


def test_files_whole_in_part_and_only_asked_about(mirror: str):
    assert answer(f"{mirror}/v1/kubelet") == (200, b"0123456789", "10")
    assert answer(f"{mirror}/v1/kubelet", Range="bytes=7-") == (206, b"789", "3")
    assert answer(f"{mirror}/v1/kubelet", "HEAD") == (200, b"", "10")


@pytest.mark.parametrize("path", ["/v1/kubeadm", "/v1", "/v1/../../etc/passwd", "/"])
def test_what_is_not_there(mirror: str, path: str):
    assert answer(mirror + path)[0] == 404


def test_nothing_of_the_file_is_asked(mirror: str):
    assert answer(f"{mirror}/v1/kubelet", Range="bytes=10-")[0] == 416
