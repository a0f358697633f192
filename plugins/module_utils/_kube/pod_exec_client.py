# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs a program in a container of a pod, through the API server, and returns what it printed."""
from __future__ import annotations

import json
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that ended. code: 0 if it did what was asked."""

    code: int
    output: str
    complaint: str


@dataclass(frozen=True, slots=True)
class Library:
    """What the packages kubernetes and websocket-client give for this."""

    ws_client: ModuleType
    websocket: ModuleType
    configuration: type


_loading = threading.Lock()


def library() -> Library:
    """Loaded when it is needed, as that takes a quarter of a second, and by one thread at a time.

    kubernetes imports its own modules in a circle: a thread that comes in the middle of that may get a half made one, which is an ImportError.
    """
    with _loading:
        try:
            import websocket
            from kubernetes.client import Configuration
            from kubernetes.stream import ws_client
        except ImportError as error:
            raise CaasError("The Python library kubernetes can't be used", where=sys.executable, why=str(error),
                            fix="install it for this Python: pip install kubernetes") from None
    return Library(ws_client, websocket, Configuration)


def run_in_pod(api: KubeApi, namespace: str, pod: str, container: str, command: Sequence[str], *, timeout: float = 30) -> Ended:
    """timeout: seconds until it must have ended. Raises Refused, or Unreachable if the pod can't be reached."""
    words = [("command", word) for word in command]
    given = library()
    path = f"{api.server}/api/v1/namespaces/{namespace}/pods/{pod}/exec"
    url = given.ws_client.get_websocket_url(path, [("container", container), ("stdout", "true"), ("stderr", "true"), *words])
    where = f"pod {namespace}/{pod}"
    given.websocket.setdefaulttimeout(timeout)
    try:
        client = given.ws_client.WSClient(configuration_of(api, given.configuration()), url, headers_of(api), capture_all=False)
        try:
            client.run_forever(timeout=timeout)
            if client.is_open():
                raise Unreachable(f"{command[0]} didn't end in {timeout:.0f} s", where=where)
            output, complaint = client.read_channel(1), client.read_channel(2)
            status = json.loads(client.read_channel(given.ws_client.ERROR_CHANNEL) or "{}")
        finally:
            client.close()
    except given.websocket.WebSocketBadStatusException as error:
        if error.status_code in (401, 403):
            raise Refused(f"This kubeconfig may not run a program in a pod (status {error.status_code})", where=where,
                          fix="bind the operator's Role of this collection in that namespace, or use another kubeconfig") from None
        raise Unreachable(f"{command[0]} could not be run", where=where, why=f"the seed answered with status {error.status_code}") from None
    except (given.websocket.WebSocketException, OSError, ValueError) as error:
        raise Unreachable(f"{command[0]} could not be run", where=where, why=str(error)) from None
    return Ended(exit_code(status), output, complaint)


def configuration_of(api: KubeApi, configuration: Any) -> Any:
    """The same server, authorities, certificate and proxy as the given connection has."""
    configuration.host = api.server
    configuration.ssl_ca_cert = api.files.get("ca_certs")
    configuration.cert_file, configuration.key_file = api.files.get("cert_file"), api.files.get("key_file")
    if api.access.tls_server_name:
        configuration.tls_server_name = configuration.assert_hostname = api.access.tls_server_name
    if api.access.proxy_url:
        configuration.proxy = api.access.proxy_url
    return configuration


def headers_of(api: KubeApi) -> dict[str, str]:
    return {"authorization": f"Bearer {api.access.token}"} if api.access.token else {}


def exit_code(status: dict[str, Any]) -> int:
    """Of the Status that ends the stream."""
    if status.get("status") == "Success":
        return 0
    causes = (status.get("details") or {}).get("causes") or []
    return next((int(cause["message"]) for cause in causes if cause.get("reason") == "ExitCode"), 1)
