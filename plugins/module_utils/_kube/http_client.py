# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One request and its answer over HTTP, with an end in time and in size whatever the other side sends: a byte a second, headers without end, no end at all.

A time limit of a socket begins anew with each byte, so a second thread ends the connection when the time of the whole is over.
"""
from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

PIECE = 64 << 10
_of_thread = threading.local()


@dataclass(frozen=True, slots=True)
class Answer:
    """headers: as urllib3 gives them; data: the body, not more than was asked for."""

    status: int
    headers: Any
    data: bytes


class TakesTooLong(TimeoutError):
    """The whole took longer than it may. seconds: how long that is. doubted: the client gave up earlier, because the check that it made meanwhile said so."""

    def __init__(self, seconds: float, *, doubted: bool = False) -> None:
        super().__init__("timed out as a whole")
        self.seconds, self.doubted = seconds, doubted


class TooBig(Exception):
    """The body is larger than it may be."""


class Packed(Exception):
    """The body is compressed although the request excludes it: its real size is unknown."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A check that the client makes after some seconds without a complete answer, to decide whether to give up."""

    seconds: float
    gives_up: Callable[[], bool]


class Watch:
    """Ends the connection of a request when its time is over. Used by the thread that sends it."""

    def __init__(self, seconds: float, doubt: Doubt | None = None) -> None:
        self.over, self._seconds, self._doubted = False, seconds, False
        self._connection: Any = None
        self._left, self._leaving = False, threading.Lock()
        doubtful = doubt is not None and doubt.seconds < seconds
        self._timer = self._after(doubt.seconds, partial(self._ask, doubt)) if doubtful else self._after(seconds, self._end)

    @staticmethod
    def _after(seconds: float, what: Callable[[], None]) -> threading.Timer:
        timer = threading.Timer(seconds, what)
        timer.daemon = True
        return timer

    def __enter__(self) -> Watch:
        _of_thread.watch = self
        self._timer.start()
        return self

    def __exit__(self, *dummy: object) -> None:
        _of_thread.watch = None
        with self._leaving:
            # from now on the connection may be another request's
            self._left = True
            self._timer.cancel()

    def must_go_on(self) -> None:
        """Raises TakesTooLong if the time is over: an end without a length looks like a good one."""
        if self.over:
            raise self.too_long()

    def too_long(self) -> TakesTooLong:
        return TakesTooLong(self._seconds, doubted=self._doubted)

    def see(self, connection: Any) -> None:
        self._connection = connection
        self.must_go_on()

    def _ask(self, doubt: Doubt) -> None:
        if doubt.gives_up():
            self._seconds, self._doubted = doubt.seconds, True
            self._end()
            return
        with self._leaving:
            if not self._left:
                self._timer = self._after(self._seconds - doubt.seconds, self._end)
                self._timer.start()

    def _end(self) -> None:
        with self._leaving:
            if self._left:
                return
            self.over = True
            sock = getattr(self._connection, "sock", None)
            # TLS in TLS, through a proxy
            sock = getattr(sock, "socket", sock)
            with suppress(OSError):
                # not that of the TLS layer, which would tear down what the other thread reads by
                socket.socket.shutdown(sock, socket.SHUT_RDWR) if isinstance(sock, socket.socket) else None


class _Seen:
    """A connection that its thread's watch knows."""

    def connect(self) -> None:
        _see(self)
        super().connect()  # type: ignore[misc]

    def request(self, *words: Any, **more: Any) -> Any:
        _see(self)
        return super().request(*words, **more)  # type: ignore[misc]


def _see(connection: Any) -> None:
    watch = getattr(_of_thread, "watch", None)
    if watch:
        watch.see(connection)


def watched(manager: Any) -> Any:
    """A urllib3.PoolManager whose connections can be ended by a Watch."""
    manager.pool_classes_by_scheme = {scheme: type(f"Watched{pool.__name__}", (pool,), {"ConnectionCls": type("Seen", (_Seen, pool.ConnectionCls), {})})
                                      for scheme, pool in manager.pool_classes_by_scheme.items()}
    return manager


def exchange(manager: Any, method: str, url: str, *, body: Any, headers: dict[str, str], timeout: Any, seconds: float, most_bytes: int,
             doubt: Doubt | None = None) -> Answer:
    """timeout: a urllib3.Timeout, for a connection and for silence. Sent once, followed nowhere. Raises TakesTooLong, TooBig, Packed or urllib3's HTTPError."""
    with Watch(seconds, doubt) as watch:
        try:
            response = manager.request(method, url, body=body, headers=headers, timeout=timeout, retries=False, redirect=False, preload_content=False)
            try:
                data = _body(response, most_bytes)
            except BaseException:
                response.close()
                raise
        except TooBig:
            raise
        except Exception as error:
            if watch.over:
                raise watch.too_long() from error
            raise
    if watch.over:
        response.close()
        raise watch.too_long()
    response.release_conn()
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Packed
    return Answer(response.status, response.headers, data)


def _body(response: Any, most_bytes: int) -> bytes:
    pieces, size = [], 0
    # an error needs no more than its message
    most = most_bytes if response.status < 300 else min(most_bytes, PIECE)
    while piece := response.read(PIECE, decode_content=False):
        size += len(piece)
        pieces.append(piece)
        if size > most:
            if response.status >= 300:
                response.close()
                break
            raise TooBig
    return b"".join(pieces)
