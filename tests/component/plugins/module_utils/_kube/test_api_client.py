# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How KubeApi speaks HTTP: to a server that misbehaves in ways that a healthy API server shows once in a while."""
from __future__ import annotations

import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import api_client as kube_api
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.limits import SEED
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._system.memory_file import MemoryFile

DROP = 0


class Server:
    """Answers with the given statuses, one after the other, then with 200. asked: what came."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.ca_pem, ca_key = x509.self_signed_ca("test")
        certificate, key = x509.issue(self.ca_pem, ca_key, cn="server", ips=["127.0.0.1"], usages=["server"], days=1)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        chain = MemoryFile(certificate + key)
        context.load_cert_chain(chain.path)
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                server.asked.append(f"{self.command} {self.path}")
                status = server.statuses.pop(0) if server.statuses else 200
                if status == DROP:
                    self.close_connection = True
                    return
                body = json.dumps({"kind": "Status", "message": "no"} if status >= 300 else {"ok": True}).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **server.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = answer

            def log_message(self, *dummy: Any) -> None:
                pass

        return Handler


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def api(server: Server) -> KubeApi:
    return KubeApi.from_credentials(f"https://127.0.0.1:{server.http.server_port}", server.ca_pem, "", "")


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("status", [429, 503])
def test_who_is_asked_to_come_back_does(server: Server, api: KubeApi, method: str, status: int):
    server.statuses, server.headers = [status, status], {"Retry-After": "0"}
    assert api.request(method, "/x") == {"ok": True} and len(server.asked) == 3


def test_a_server_that_does_not_ask_to_come_back_gets_no_second_request(server: Server, api: KubeApi):
    server.statuses = [503]
    with pytest.raises(ApiError) as error:
        api.request("GET", "/x")
    assert error.value.status == 503 and len(server.asked) == 1


def test_who_does_not_want_to_come_back_is_told_at_once_that_it_is_too_early(server: Server, api: KubeApi):
    server.statuses, server.headers = [503, 429], {"Retry-After": "0"}
    with pytest.raises(ApiError) as error:
        api.request("POST", "/x", come_back=False)
    assert error.value.status == 429 and len(server.asked) == 2


def test_a_server_that_always_asks_to_come_back_is_given_up(server: Server, api: KubeApi):
    server.statuses, server.headers = [429] * 20, {"Retry-After": "0"}
    with pytest.raises(ApiError) as error:
        api.request("GET", "/x")
    assert error.value.status == 429 and len(server.asked) == 6


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_a_broken_connection_is_tried_again_where_that_does_no_harm(server: Server, api: KubeApi, method: str):
    server.statuses = [DROP]
    assert api.request(method, "/x") == {"ok": True} and len(server.asked) == 2


def test_what_may_have_been_created_is_not_created_again(server: Server, api: KubeApi):
    server.statuses = [DROP]
    with pytest.raises(Unreachable):
        api.request("POST", "/x", body={})
    assert len(server.asked) == 1


def test_nobody_is_followed_to_another_place(server: Server, api: KubeApi):
    server.statuses, server.headers = [302], {"Location": "https://192.0.2.1/"}
    with pytest.raises(ApiError):
        api.request("GET", "/x")
    assert server.asked == ["GET /x"]


def test_an_answer_that_does_not_come_in_time_is_one_line(server: Server):
    access = kube_api.Access(f"https://127.0.0.1:{server.http.server_port}", ca_pem=server.ca_pem)
    server.http.shutdown()
    with pytest.raises(Unreachable, match="does not answer in time"):
        KubeApi(access, limits=replace(SEED, silence=0.2)).request("GET", "/x")


def test_warnings_are_kept_once(server: Server, api: KubeApi):
    server.headers = {"Warning": '299 - "would violate \\"restricted\\"", 299 - "other"'}
    api.request("GET", "/x")
    api.request("GET", "/x")
    assert api.warnings == ['would violate "restricted"', "other"]


def test_without_its_library_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kube_api, "MISSING", "No module named 'urllib3'")
    with pytest.raises(Exception, match=r"No module named 'urllib3'.*pip install urllib3"):
        KubeApi.from_credentials("https://192.0.2.1", "", "", "")
