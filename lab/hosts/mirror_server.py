# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Serves a directory over HTTP as a release host does: GET, HEAD and byte ranges. A process of its own, one per lab."""
from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO

RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte of what is asked for; None is the whole file. ValueError: nothing of the file."""
    match = RANGE.fullmatch(header or "")
    if not match or match.groups() == ("", ""):
        # several ranges, or no bytes: a server may then send everything
        return None
    first, last = match.groups()
    if not first:
        begin, end = max(size - int(last), 0), size - 1
    else:
        begin, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < int(first):
            return None
    if begin > end:
        raise ValueError(header)
    return begin, end


class Mirror(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "mirror"

    def do_GET(self) -> None:
        self._serve(self._send_part)

    def do_HEAD(self) -> None:
        self._serve(lambda file, begin, length: None)

    def _serve(self, send: Callable[[BinaryIO, int, int], None]) -> None:
        try:
            with open(self.translate_path(self.path), "rb") as file:
                begin, length = self._send_headers(os.fstat(file.fileno()).st_size)
                send(file, begin, length)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            self.send_error(HTTPStatus.NOT_FOUND)

    def _send_headers(self, size: int) -> tuple[int, int]:
        """First byte and number of bytes that are to follow."""
        try:
            part = byte_range(self.headers.get("Range"), size)
        except ValueError:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return 0, 0
        begin, end = part or (0, size - 1)
        self.send_response(HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(end - begin + 1))
        if part:
            self.send_header("Content-Range", f"bytes {begin}-{end}/{size}")
        self.end_headers()
        return begin, end - begin + 1

    def _send_part(self, file: BinaryIO, begin: int, length: int) -> None:
        file.seek(begin)
        while length and (block := file.read(min(length, 1 << 20))):
            self.wfile.write(block)
            length -= len(block)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", required=True)
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    ThreadingHTTPServer((options.address, options.port), partial(Mirror, directory=options.directory)).serve_forever()


if __name__ == "__main__":
    main()
