# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A customer is cluster-admin, so every byte that his API answers may be his. A call ends soon and small, as one line, whatever comes."""
from __future__ import annotations

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, Misunderstood, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.http_client import Doubt, Watch
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.limits import CUSTOMER
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock, ClockAhead
from api.hostile_api import HostileApi, Reply, answer, headers_without_end, slowly, without_end

QUICK = replace(CUSTOMER, silence=1.0, read=1.0, write=1.0, patience=3.0, come_back=1.0)
NODE = {"metadata": {"name": "web-1"}}
NODES = {"kind": "NodeList", "apiVersion": "v1", "items": [NODE]}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Reply], KubeApi]]:
    monkeypatch.setenv("no_proxy", "*")
    servers = []

    def opened(reply: Reply) -> KubeApi:
        servers.append(HostileApi(reply))
        return KubeApi.from_credentials(servers[-1].server, servers[-1].ca_pem, "", "", limits=QUICK, title="The API of cluster demo")

    yield opened
    for server in servers:
        server.close()


def always(*pieces: bytes) -> Reply:
    return lambda method, path: iter(pieces)


def failure_of(call: Callable[[], Any]) -> CaasError:
    with pytest.raises(CaasError) as error:
        call()
    line = error.value.line()
    assert "\n" not in line and line.isprintable() and len(line) < 2000
    return error.value


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize("body", [
    b"no JSON", b"{", b"", b"[]", b'"text"', b"null", b"7", b"{}", b'{"items": [1]}', b'{"items": {"a": 1}}', b'{"items": [{}]}', nested(100_000),
    b'{"items": [{"metadata": {"name": 7}}]}', b'{"items": [{"metadata": "x"}]}', b'{"items": [{"metadata": {"name": "a", "labels": ["x"]}}]}',
    b'{"items": [{"metadata": {"name": "a"}, "status": "boo"}]}', b'{"items": [{"metadata": {"name": "a"}, "status": {"conditions": [1]}}]}',
    b'{"items": [{"metadata": {"name": "a"}, "status": {"conditions": [{"type": 5}]}}]}', b'{"items": [{"metadata": {"name": "a"}, "spec": []}]}',
    b'{"items": [{"metadata": {"name": "a", "labels": {"a": "\\ud800"}}}]}', b'{"items": [{"metadata": {"name": "a"}, "kind": "Pod"}]}',
    b'{"items": [], "metadata": {"continue": 5}}', b'{"items": [], "metadata": {"continue": "again"}}', b'{"n": ' + b"9" * 10_000 + b"}", b"\xff\xfe{}",
    b"[" + b"0," * 2_000_000 + b"0]"])
def test_an_answer_of_another_shape_is_one_line(api: Callable[[Reply], KubeApi], body: bytes):
    error = failure_of(lambda: api(always(answer(body))).list("v1", "Node"))
    assert isinstance(error, Misunderstood)
    assert error.line().startswith("The API of cluster demo gave an answer that can't be understood (https://127.0.0.1:")


def test_text_in_place_of_json(api: Callable[[Reply], KubeApi]):
    assert isinstance(failure_of(lambda: api(always(answer(b"<html>", kind="text/html"))).list("v1", "Node")), Misunderstood)


@pytest.mark.parametrize("found", [{"metadata": {"name": "other"}}, {"kind": "Secret", "metadata": {"name": "web-1"}}, {}, [], "x", None])
def test_an_object_that_was_not_asked_for(api: Callable[[Reply], KubeApi], found: Any):
    one = api(always(answer(found)))
    assert isinstance(failure_of(lambda: one.get("v1", "Node", "web-1")), Misunderstood)


@pytest.mark.parametrize("document", [{}, {"resources": 1}, {"resources": [1]}, {"resources": [{"name": "../x", "kind": "A"}]}, []])
def test_a_discovery_that_tells_nothing(api: Callable[[Reply], KubeApi], document: Any):
    failure_of(lambda: api(always(answer(document))).resource("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent"))


def test_null_stands_for_a_field_that_is_not_set(api: Callable[[Reply], KubeApi]):
    nodes = {"items": [{"metadata": {"name": "a", "labels": None}, "spec": None, "status": {"conditions": None}}]}
    assert api(always(answer(nodes))).list("v1", "Node") == [{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}, "status": {}}]


@pytest.mark.parametrize("reply", [
    lambda method, path: slowly(answer(NODES)), lambda method, path: headers_without_end(), lambda method, path: slowly(b"HTTP/1.1 100 Continue\r\n\r\n" * 99),
    lambda method, path: slowly(answer(NODES, headers=["Transfer-Encoding: chunked"]).replace(b"Content-Length", b"X-Length") + b"1\r\na\r\n" * 99),
    lambda method, path: (b"" for dummy in iter(lambda: time.sleep(0.2), 1)), lambda method, path: (answer(NODES)[:-1], *slowly(b" " * 60))])
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_slow_answer_ends_with_its_time(api: Callable[[Reply], KubeApi], method: str, reply: Reply):
    one, began = api(reply), time.monotonic()
    error = failure_of(lambda: one.list("v1", "Node") if method == "GET" else one.patch("v1", "Node", "web-1", None, {}))
    # it may take a second, and the shortest of these answers takes thirty; a busy machine has its own seconds
    assert isinstance(error, Unreachable) and time.monotonic() - began < 10


def test_an_answer_without_end_takes_no_memory(api: Callable[[Reply], KubeApi]):
    one = api(lambda method, path: without_end())
    one.limits = replace(QUICK, read=30)
    tracemalloc.start()
    try:
        error = failure_of(lambda: one.list("v1", "Node"))
        dummy, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "more than 16 MB" in error.line() and peak < 100 << 20


def test_an_error_without_end_is_told_by_its_beginning(api: Callable[[Reply], KubeApi]):
    def reply(method: str, path: str) -> Iterator[bytes]:
        yield b"HTTP/1.1 500 Broken\r\nConnection: close\r\n\r\n"
        while True:
            yield b"blah " * 10_000

    error = failure_of(lambda: api(reply).list("v1", "Node"))
    assert isinstance(error, ApiError) and "500: blah blah" in error.line()


@pytest.mark.parametrize("asked", ["21600", "6", "Fri, 31 Dec 2999 23:59:59 GMT", "inf", "nan", "-5", "soon", "9" * 5000])
def test_nobody_is_waited_for_who_wants_to_be_left_alone_for_long(api: Callable[[Reply], KubeApi], asked: str):
    began = time.monotonic()
    error = failure_of(lambda: api(always(answer({}, status="503 Later", headers=[f"Retry-After: {asked}"]))).list("v1", "Node"))
    assert isinstance(error, ApiError) and error.status == 503 and time.monotonic() - began < 5


def test_who_asks_to_come_back_for_ever_is_given_up(api: Callable[[Reply], KubeApi]):
    began = time.monotonic()
    failure_of(lambda: api(always(answer({}, status="503 Later", headers=["Retry-After: 1"]))).list("v1", "Node"))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("warning", ['299 - "a\tb"', '299 - "\\u12"', '299 - "a\\"b"', '299 - "' + "x" * 50_000 + '"', ", ".join(['299 - "again"'] * 3000)])
def test_warnings_of_any_form(api: Callable[[Reply], KubeApi], warning: str):
    one = api(always(answer(NODES, headers=[f"Warning: {warning}"])))
    assert len(one.list("v1", "Node")) == 1
    assert len(one.warnings) < 60 and all(len(text) < 700 for text in one.warnings)


def test_a_compressed_answer_is_not_unpacked(api: Callable[[Reply], KubeApi]):
    assert "compressed" in failure_of(lambda: api(always(answer(b"\x1f\x8b", headers=["Content-Encoding: gzip"]))).list("v1", "Node")).line()


@pytest.mark.parametrize("details", ["x", 5, [], {"causes": "x"}, {"causes": [1]}, {"causes": [{"reason": 5}]}, {"causes": [None]}])
@pytest.mark.parametrize("path", ["/api/v1/nodes", "/api/v1/namespaces/a/secrets/b"])
def test_an_error_of_another_shape_is_an_error_all_the_same(api: Callable[[Reply], KubeApi], path: str, details: Any):
    body = {"kind": "Status", "code": "x", "reason": ["a"], "message": {"a": 1}, "details": details}
    assert "422" in failure_of(lambda: api(always(answer(body, status="422 No"))).request("GET", path)).line()


def test_a_list_comes_in_pages(api: Callable[[Reply], KubeApi]):
    def reply(method: str, path: str) -> Iterator[bytes]:
        page = int(path.partition("continue=p")[2] or 0)
        assert "limit=100" in path
        yield answer({"items": [{"metadata": {"name": f"web-{page}"}}], "metadata": {"continue": f"p{page + 1}"} if page < 3 else {}})

    assert [node["metadata"]["name"] for node in api(reply).list("v1", "Node")] == ["web-0", "web-1", "web-2", "web-3"]


def test_a_list_without_end_is_no_list(api: Callable[[Reply], KubeApi]):
    """Each page is small and quick, and there is always another one."""
    pages = iter(range(10 ** 9))
    one = api(lambda method, path: iter([answer({"items": [NODE] * 100, "metadata": {"continue": str(next(pages))}})]))
    one.limits = replace(QUICK, most_objects=1000)
    assert "its list has no end" in failure_of(lambda: one.list("v1", "Node")).line()
    # however many pages a quick machine reads in that time
    one.limits = replace(QUICK, patience=0.5, most_objects=10 ** 9)
    assert "no complete answer in" in failure_of(lambda: one.list("v1", "Node")).line()


def test_pages_of_a_state_that_is_gone_are_asked_for_anew(api: Callable[[Reply], KubeApi]):
    seen = []

    def reply(method: str, path: str) -> Iterator[bytes]:
        seen.append(path)
        if "continue" in path and len(seen) == 2:
            yield answer({"kind": "Status", "reason": "Expired"}, status="410 Gone")
        else:
            yield answer({"items": [NODE], "metadata": {} if "continue" in path else {"continue": "b"}})

    assert len(api(reply).list("v1", "Node")) == 2 and len(seen) == 4


def test_a_secret_is_not_quoted(api: Callable[[Reply], KubeApi]):
    line = failure_of(lambda: api(always(answer(b"very-secret"))).get("v1", "Secret", "a", "b")).line()
    assert "very-secret" not in line


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 99 Foo 2026", "Thu, 01 Jan 1970 00:00:00", "9" * 5000])
def test_a_time_that_is_none_is_not_believed(api: Callable[[Reply], KubeApi], date: str):
    one = api(always(answer(NODES, headers=[f"Date: {date}"])))
    one.list("v1", "Node")
    assert one.ahead == timedelta(0)


@pytest.mark.parametrize("hours", [-7, 0, 7])
def test_the_clock_of_a_server_is_known_by_its_answers(api: Callable[[Reply], KubeApi], hours: int):
    one = api(lambda method, path: [answer(NODES, headers=[f"Date: {format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)}"])])
    one.list("v1", "Node")
    assert abs(one.ahead - timedelta(hours=hours)) < timedelta(seconds=1)
    assert abs(ClockAhead(Clock(), lambda: one.ahead).now() - datetime.now(UTC) - timedelta(hours=hours)) < timedelta(seconds=1.5)


def but_well(reply: Reply, health: bytes = answer(b"ok", kind="text/plain")) -> Reply:
    """kube-apiserver itself answers at once: only what it hands on to a program of the customer is slow."""
    return lambda method, path: [health] if path == "/livez/etcd" else reply(method, path)


@pytest.mark.parametrize("reply", [lambda method, path: slowly(answer(NODES)), lambda method, path: headers_without_end()])
def test_an_answer_that_somebody_withholds_is_given_up_early(api: Callable[[Reply], KubeApi], reply: Reply):
    one = api(but_well(reply))
    one.limits = replace(QUICK, silence=30.0, read=30.0, doubt=1.0)
    begin = time.monotonic()
    error = failure_of(lambda: one.list("v1", "Node"))
    assert isinstance(error, Unreachable) and time.monotonic() - begin < 10
    assert "no complete answer in 1 s" in error.line() and "although kube-apiserver and etcd are healthy" in error.line()


@pytest.mark.parametrize("health", [answer(b"etcd failed", status="500 Internal Server Error"), b""])
def test_an_api_that_is_not_well_itself_has_all_its_time(api: Callable[[Reply], KubeApi], health: bytes):
    def late(method: str, path: str) -> Iterator[bytes]:
        time.sleep(2.5)
        yield answer(NODES)

    one = api(but_well(late, health))
    one.limits = replace(QUICK, silence=30.0, read=30.0, doubt=0.5)
    assert [node["metadata"]["name"] for node in one.list("v1", "Node")] == ["web-1"]


def test_a_doubt_that_comes_too_late_ends_nobody_elses_request():
    """The answer came while somebody was asked whether to give up; from then on the connection is another request's."""
    asked, answered = threading.Event(), threading.Event()

    def gives_up() -> bool:
        asked.set()
        answered.wait(5)
        return True

    ours, theirs = socket.socketpair()
    with ours, theirs:
        with Watch(30.0, Doubt(0.01, gives_up)) as watch:
            watch.see(SimpleNamespace(sock=ours))
            assert asked.wait(5)
        answered.set()
        time.sleep(0.2)
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x" and not watch.over
