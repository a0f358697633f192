# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A mirror that has what the lab's mirror has, but for one file that is not as it should be."""
from __future__ import annotations

import http.server
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


@contextmanager
def bad_mirror(good: str, file: str, fault: str) -> Iterator[str]:
    """Its URL. good: URL of the lab's mirror; file: the name that the path of the bad one ends with; fault: missing, short or changed."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bad = self.path.endswith(f"/{file}")
            if bad and fault == "missing":
                self.send_error(404)
                return
            with urllib.request.urlopen(good + self.path, timeout=30) as reply:
                content = reply.read()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if bad:
                content = content[:len(content) // 2] if fault == "short" else b"another" + content[7:]
            self.wfile.write(content)

        def log_message(self, *words: object) -> None:
            """Nobody reads it."""

    with http.server.ThreadingHTTPServer((str(urlsplit(good).hostname), 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://{server.server_address[0]}:{server.server_port}"
        server.shutdown()
