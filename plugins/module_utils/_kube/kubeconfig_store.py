# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads a kubeconfig that holds everything itself. One that runs programs or reads other files is refused: anybody who can
change it could then run and read anything as the user of the control host."""
from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.url import has_user, hidden

try:
    import yaml
except ImportError:
    yaml = None  # type: ignore[assignment]

LARGEST = 1 << 20
_PROXIES = ("http", "https", "socks5", "socks5h")
_FILES = {"cluster": ("certificate-authority",), "user": ("client-certificate", "client-key", "tokenFile")}


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach one API server, and with which credentials. All certificates and keys are PEM text, "" if there is none."""

    server: str
    ca_pem: str = ""
    client_cert_pem: str = ""
    client_key_pem: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    tls_server_name: str = ""
    proxy_url: str = ""
    exec_config: dict[str, Any] | None = field(default=None, repr=False)


def read(path: str, *, allow_exec: bool = False) -> Access:
    """The current context of a kubeconfig. allow_exec: its program for credentials may be run. Raises InvalidInput."""
    try:
        with open(path, "rb") as file:
            raw = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        # no path has a null byte in it
        raise InvalidInput("The kubeconfig can't be read", where=path, why=getattr(error, "strerror", None) or str(error),
                           fix="give the path of a kubeconfig file") from None
    if len(raw) > LARGEST:
        raise InvalidInput("The kubeconfig is larger than 1 MiB", where=path, fix="give the path of a kubeconfig file")
    return parse(raw, where=path, allow_exec=allow_exec)


def parse(text: str | bytes, *, where: str, allow_exec: bool = False) -> Access:
    """The same from text. where: shown in errors."""
    if yaml is None:
        raise InvalidInput("The Python library PyYAML is missing", fix="install it for this Python: pip install PyYAML")
    try:
        # libyaml where it is there: every task reads its kubeconfig, and Python's own parser takes a hundredth of a second for one
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError):
        # PyYAML stumbles itself over tags such as !!timestamp before something that is no time;
        # the parser's text would quote the line, which may hold a key
        raise InvalidInput("The kubeconfig is not valid YAML", where=where, fix="give the path of a kubeconfig file") from None
    if not isinstance(document, dict) or document.get("kind", "Config") != "Config":
        raise InvalidInput("The file is not a kubeconfig", where=where, fix="give the path of a kubeconfig file")
    context = _named(document, "context", document.get("current-context"), where)
    cluster = _named(document, "cluster", context.get("cluster"), where)
    user = _named(document, "user", context.get("user"), where)
    _refuse_what_reaches_out(cluster, user, where, allow_exec)
    return Access(server=_server(cluster, where),
                  ca_pem=_pem(cluster, "certificate-authority-data", where),
                  client_cert_pem=_pem(user, "client-certificate-data", where),
                  client_key_pem=_pem(user, "client-key-data", where),
                  token=str(user.get("token") or ""),
                  tls_server_name=str(cluster.get("tls-server-name") or ""),
                  proxy_url=_proxy(cluster, where),
                  exec_config=user.get("exec"))


def _named(document: dict[str, Any], kind: str, name: Any, where: str) -> dict[str, Any]:
    if not name:
        missing = "current-context" if kind == "context" else f"{kind} in its current context"
        raise InvalidInput(f"The kubeconfig names no {missing}", where=where, fix="choose one: kubectl config use-context NAME")
    entries = document.get(f"{kind}s")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get("name") == name and isinstance(entry.get(kind), dict):
            return entry[kind]
    raise InvalidInput(f"The kubeconfig has no {kind} {str(name)!r}", where=where, why="its current context names it")


def _refuse_what_reaches_out(cluster: dict[str, Any], user: dict[str, Any], where: str, allow_exec: bool) -> None:
    inline = "write certificates and keys into it: kubectl config view --raw --flatten --minify"
    for kind, entry in (("cluster", cluster), ("user", user)):
        for key in _FILES[kind]:
            if entry.get(key):
                raise InvalidInput(f"The kubeconfig refers to another file by {key}", where=where, why="only content is allowed there",
                                   fix=inline)
    if user.get("auth-provider"):
        raise InvalidInput("The kubeconfig uses auth-provider", where=where, why="Kubernetes removed it in 1.26",
                           fix="use a client certificate or a token")
    if user.get("exec") and not allow_exec:
        raise InvalidInput("The kubeconfig runs a program for its credentials (exec)", where=where,
                           why="a file from elsewhere must not run programs here",
                           fix="use a client certificate, or the token of a service account")
    if user.get("username") or user.get("password"):
        raise InvalidInput("The kubeconfig uses a password", where=where, why="Kubernetes removed that in 1.19",
                           fix="use a client certificate or a token")
    if cluster.get("insecure-skip-tls-verify"):
        raise InvalidInput("The kubeconfig switches off the check of the server's certificate", where=where,
                           why="keys of clusters would be sent to any server that answers",
                           fix="put the CA certificate of the server into certificate-authority-data")


def _server(cluster: dict[str, Any], where: str) -> str:
    server = str(cluster.get("server") or "").rstrip("/")
    try:
        url = urlsplit(server)
        good = url.scheme == "https" and bool(url.hostname) and not url.query and not url.fragment and url.username is None
        _port = url.port
    except ValueError:
        good = False
    if not good:
        raise InvalidInput(f"The kubeconfig has {hidden(server)!r} as its server" if server else "The kubeconfig names no server", where=where,
                           fix="it must be a URL such as https://192.0.2.1:6443")
    return server


def _proxy(cluster: dict[str, Any], where: str) -> str:
    proxy = str(cluster.get("proxy-url") or "")
    try:
        url = urlsplit(proxy)
        good = not proxy or (url.scheme in _PROXIES and bool(url.hostname) and not url.query and not url.fragment and url.port != 0)
    except ValueError:
        good = False
    if not good or has_user(proxy):
        raise InvalidInput(f"The kubeconfig has {hidden(proxy)!r} as its proxy-url", where=where,
                           why="a user or password in it would be shown in messages" if has_user(proxy) else "",
                           fix="it must be a URL such as http://192.0.2.1:3128, without user and password")
    return proxy


def _pem(entry: dict[str, Any], key: str, where: str) -> str:
    value = entry.get(key) or ""
    try:
        return base64.b64decode(value, validate=True).decode("ascii")
    except (binascii.Error, TypeError, ValueError):
        raise InvalidInput(f"{key} in the kubeconfig is damaged", where=where, why="it is not PEM in base64") from None


def with_credentials(access: Access, *, where: str) -> Access:
    """Runs the program that the kubeconfig names for its credentials, if it names one and that was allowed in read()."""
    if access.exec_config is None:
        return access
    try:
        from kubernetes.config.config_exception import ConfigException
        from kubernetes.config.exec_provider import ExecProvider
        from kubernetes.config.kube_config import ConfigNode
    except ImportError as error:
        raise InvalidInput("The Python library kubernetes can't be used", why=str(error),
                           fix="install it for this Python: pip install kubernetes") from None
    try:
        status = ExecProvider(ConfigNode("exec", access.exec_config), None).run()
    except (ConfigException, OSError) as error:
        raise InvalidInput("The program for credentials that the kubeconfig names failed", where=where, why=str(error)) from None
    return replace(access, exec_config=None, token=str(status.get("token") or ""),
                   client_cert_pem=status.get("clientCertificateData") or "", client_key_pem=status.get("clientKeyData") or "")
