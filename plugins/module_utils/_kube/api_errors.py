# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What went wrong with a Kubernetes API, told as one line."""
from __future__ import annotations

import json
import socket
import ssl
from typing import Any
from urllib.parse import unquote

from ansible_collections.kubermatic.caas.plugins.module_utils._core import shapes
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, Misunderstood, Refused, Unreachable

_VERBS = {"GET": "read", "POST": "create", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
LONGEST_MESSAGE = 600
ANY = "The Kubernetes API"


def never_left(error: Exception, connect_timeout: float) -> bool:
    """The request was not sent: there was no connection, or TLS didn't come about, which urllib3 reports as a read that took that long."""
    return any(type(cause).__name__ in ("NewConnectionError", "ConnectTimeoutError")
               or (type(cause).__name__ == "ReadTimeoutError" and f"(read timeout={connect_timeout})" in str(cause)) for cause in _causes(error))


def in_time(error: Exception) -> bool:
    """The connection broke, so no time was lost on a timeout."""
    return not any("Timeout" in type(cause).__name__ for cause in _causes(error))


def too_long(title: str, server: str, method: str, path: str, seconds: float, *, repeatable: bool = False, withheld: bool = False) -> Unreachable:
    """withheld: kube-apiserver and its etcd are well."""
    asked = f"asked to {_VERBS.get(method, method)} {_place(path)}"
    return Unreachable(f"{title} gave no complete answer in {seconds:.0f} s", where=server, repeatable=repeatable,
                       why=f"{asked}, although kube-apiserver and etcd are healthy" if withheld else asked,
                       fix="check whether an APIService points elsewhere (kubectl get apiservices)" if withheld else "find out what keeps it busy")


def misunderstood(title: str, server: str, method: str, path: str, why: str) -> Misunderstood:
    """An answer that no Kubernetes API gives."""
    # the beginning of a Secret is none of an error's words
    why = why.partition(", but begins")[0] if "/secrets" in path else why
    return Misunderstood(f"{title} gave an answer that can't be understood", where=server,
                         why=f"asked to {_VERBS.get(method, method)} {_place(path)}: {why}"[:LONGEST_MESSAGE],
                         fix="check what answers at this address, and whether an APIService points elsewhere (kubectl get apiservices)")


def unreachable(server: str, error: Exception, *, repeatable: bool, title: str = ANY) -> Unreachable:
    """error: what the HTTP library raised. repeatable: no harm is done if the request is sent again."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unreachable(f"{title} presents a certificate that is not trusted", where=server, why=cause.verify_message,
                               fix="check that the CA and the address in the kubeconfig belong to this server")
    why = _known(causes)
    return Unreachable(f"{title} can't be reached", where=server, why=why or _text(causes[-1]),
                       fix="check the address in the kubeconfig, the network, and that the server runs", repeatable=repeatable)


def _known(causes: list[BaseException]) -> str:
    for cause in reversed(causes):
        if isinstance(cause, ConnectionRefusedError):
            return "nothing listens there (connection refused)"
        if isinstance(cause, socket.gaierror):
            return f"its name can't be resolved ({cause.strerror})"
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed ({cause.reason or cause})"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    if any("Timeout" in type(cause).__name__ for cause in causes):
        return "it does not answer in time"
    return ""


def _causes(error: BaseException | None) -> Any:
    """The error and what lies behind it, outermost first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = getattr(error, "reason", None)
        inner = inner if isinstance(inner, BaseException) else next((part for part in error.args if isinstance(part, BaseException)), None)
        error = inner or error.__cause__ or error.__context__


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:LONGEST_MESSAGE]


def error_of(server: str, method: str, path: str, status: int, data: bytes, *, title: str = ANY) -> CaasError:
    """The error that an answer with a status of 300 or more is."""
    answer = _status_object(data)
    what = f"{title} did not {_VERBS.get(method, method)} {_place(path)}"
    why = _message(path, answer, data)
    if status == 401:
        return Refused(f"{title} rejected the credentials", where=server, why="the credentials are wrong, revoked or expired",
                       fix="get a new kubeconfig")
    if status == 403:
        return Refused(what, where=server, why=why, fix="")
    reason = answer.get("reason", "")[:80]
    return ApiError(what, status=status, reason=reason, where=server, why=f"{status} {reason}: {why}" if reason else f"{status}: {why}")


def _status_object(data: bytes) -> dict[str, Any]:
    try:
        answer = shapes.fitting(json.loads(data), shapes.STATUS)
    except (ValueError, RecursionError):
        return {}
    return answer if answer.get("kind") == "Status" else {}


def _message(path: str, answer: dict[str, Any], data: bytes) -> str:
    # messages about a Secret may quote its content
    if "/secrets" in path:
        causes = answer.get("details", {}).get("causes", [])
        fields = ", ".join(f"{cause.get('field', '?')} ({cause.get('reason', '?')})" for cause in causes)
        if answer.get("code") in (400, 422):
            return fields or "the content of the Secret is not valid"
    budgets = [str(cause.get("message")) for cause in answer.get("details", {}).get("causes", []) if cause.get("reason") == "DisruptionBudget"]
    if budgets:
        # names it, which the message does not
        return " ".join(budgets)[:LONGEST_MESSAGE]
    return str(answer.get("message") or data.decode("utf-8", errors="replace").strip() or "no reason given")[:LONGEST_MESSAGE]


def _place(path: str) -> str:
    """/apis/apps/v1/namespaces/demo/deployments/web -> deployments demo/web"""
    parts = [unquote(part) for part in path.split("/") if part]
    parts = parts[2:] if parts[:1] == ["api"] else parts[3:] if parts[:1] == ["apis"] else parts
    if parts[:1] == ["namespaces"] and len(parts) > 2:
        namespace, plural, *name = parts[1:]
        return f"{plural} {namespace}/{'/'.join(name)}" if name else f"{plural} in namespace {namespace}"
    return " ".join(["/".join(parts[:1]), "/".join(parts[1:])]).strip() or path
