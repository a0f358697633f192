# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A real web server that offers artefacts, and can be slow or wrong."""
from __future__ import annotations

import contextlib
import hashlib
import http.server
import io
import tarfile
import threading

from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o755
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


class Mirror:
    """Serves files from memory; counts requests. short: paths whose answer ends before it should; slow: path -> bytes a second, 0 for none.
    endless: paths whose answer never ends."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.short: set[str] = set()
        self.slow: dict[str, int] = {}
        self.endless: set[str] = set()
        self.over = threading.Event()
        self.asked: list[str] = []
        mirror = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                mirror.asked.append(self.path)
                content = mirror.files.get(self.path)
                if content is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                if self.path in mirror.endless:
                    self.end_headers()
                    self.repeat(content * 10_000)
                    return
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.path in mirror.slow:
                    self.drip(content, mirror.slow[self.path])
                else:
                    self.wfile.write(content[:-5] if self.path in mirror.short else content)

            def drip(self, content, speed):
                """Until the other side has had enough."""
                with contextlib.suppress(ConnectionError):
                    while not mirror.over.wait(0.1):
                        piece, content = content[:speed // 10], content[speed // 10:]
                        self.wfile.write(piece)

            def repeat(self, content):
                with contextlib.suppress(ConnectionError):
                    while not mirror.over.is_set():
                        self.wfile.write(content)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def offer(self, name: str, version: str, content: bytes, **words: str) -> Artefact:
        path = f"/{version}/{name}"
        self.files[path] = content
        self.files[f"{path}.sha256"] = hashlib.sha256(content).hexdigest().encode()
        return Artefact(name, version, self.url + path, f"{self.url}{path}.sha256", **words)


def wanted(mirror: Mirror, version: str = "1.0.0") -> list[Artefact]:
    suite = archive({"bin/suite": f"suite {version}".encode(), "bin/shim": b"shim"})
    return [mirror.offer("suite", version, suite, kind="tar", directory="/usr/local"),
            mirror.offer("tool", version, f"tool {version}".encode())]
