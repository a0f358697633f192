# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One Kubernetes API over one kept connection, with objects as plain dicts. Its errors are lines for people."""
from __future__ import annotations

import json
import re
import shlex
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from ansible_collections.kubermatic.caas.plugins.module_utils._core import shapes
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, Misunderstood, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import kubeconfig_store as kubeconfig_file
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_errors import (
    LONGEST_MESSAGE,
    error_of,
    in_time,
    misunderstood,
    never_left,
    too_long,
    unreachable,
)
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.connection_client import MISSING, http_pool
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.http_client import PIECE, Answer, Doubt, Packed, TakesTooLong, TooBig, exchange
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.kinds import BUILT_IN, Resource, root
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.kubeconfig_store import Access
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.limits import SEED, Limits
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.retry import Repetition
from ansible_collections.kubermatic.caas.plugins.module_utils._system.memory_file import MemoryFile

if MISSING is None:
    import urllib3

FIELD_MANAGER = "kubermatic-caas"
CONNECT_TIMEOUT = 5.0
WELL_WITHIN = 1.0
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
MOST_WARNINGS = 50
_PLURAL = re.compile(r"[a-z0-9.-]{1,253}", re.ASCII)
_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\["\\])*)"')


def nothing() -> None:
    """The default of before_write: does nothing."""


class KubeApi:
    """Objects go in and come out as dicts in the form of their manifests.

    Calls raise Unreachable (no answer), Misunderstood (one that no Kubernetes API gives, or without end), Refused (401, 403) or ApiError (any other error).
    They are repeated by themselves where that is safe: when the server asks to come back (429, 503 with Retry-After) or the connection broke and a
    repetition does no harm. Whatever the server sends, a call ends in time: see limits.
    access, files: by which other connections to the same server can be made; files are paths of ca_certs, cert_file and key_file.
    warnings: what the server warned about so far, such as pods that its policy won't let run, each once.
    """

    def __init__(self, access: Access, *, limits: Limits = SEED, title: str = "The Kubernetes API") -> None:
        """title: how errors call it."""
        if MISSING:
            raise CaasError("The Python library urllib3 can't be used", where=sys.executable, why=MISSING,
                            fix="install it for this Python: pip install urllib3")
        self.server = access.server
        # the beginning of a command for people, who may have another cluster in mind
        self.kubectl = "kubectl"
        self.limits, self.title = limits, title
        # called before each request that may change something; what it raises keeps the request back
        self.before_write: Callable[[], None] = nothing
        self._ahead: timedelta | None = None
        self.warnings: list[str] = []
        self._discovered: dict[str, dict[str, Resource]] = {}
        self._headers = {"Accept": JSON, "User-Agent": FIELD_MANAGER}
        if access.token:
            self._headers["Authorization"] = f"Bearer {access.token}"
        # a connection reads these when it is opened, also when it is opened again
        self._files = {name: MemoryFile(text) for name, text in (
            ("ca_certs", access.ca_pem), ("cert_file", access.client_cert_pem), ("key_file", access.client_key_pem)) if text}
        self.access, self.files = access, {name: file.path for name, file in self._files.items()}
        self._pool = http_pool(access, self.files)

    @classmethod
    def from_kubeconfig(cls, path: str, allow_exec: bool = False) -> KubeApi:
        """By the current context of a kubeconfig. allow_exec: its program for credentials may be run. Raises InvalidInput."""
        access = kubeconfig_file.read(path, allow_exec=allow_exec)
        api = cls(kubeconfig_file.with_credentials(access, where=path))
        api.kubectl = f"kubectl --kubeconfig {shlex.quote(path)}"
        return api

    @classmethod
    def from_credentials(cls, server: str, ca_pem: str, client_cert_pem: str, client_key_pem: str, **words: Any) -> KubeApi:
        """server: URL; ca_pem: bundle of authorities that may have signed the server's certificate; words: as of the constructor."""
        return cls(Access(server, ca_pem=ca_pem, client_cert_pem=client_cert_pem, client_key_pem=client_key_pem), **words)

    def close(self) -> None:
        """Ends the connection and forgets the key. The object is of no use afterwards."""
        self._pool.clear()
        for file in self._files.values():
            file.close()

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        """One object, None if there is none."""
        path = self._path(api_version, kind, name, namespace)
        try:
            found = self._object("GET", path, self.request("GET", path), api_version, kind)
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        if found["metadata"]["name"] != name:
            raise self.misunderstood("GET", path, f"it is about {found['metadata']['name'][:80]}")
        return found

    def list(self, api_version: str, kind: str, namespace: str | None = None,
             label_selector: str | None = None, *, field_selector: str | None = None) -> list[dict[str, Any]]:
        """Objects of one kind, in one namespace or (without namespace) everywhere. label_selector: e.g. "a=b,c in (d, e)"; field_selector: e.g. "a=b"."""
        path = self.resource(api_version, kind).path(namespace=namespace)
        query = {name: text for name, text in (("labelSelector", label_selector), ("fieldSelector", field_selector)) if text}
        try:
            return self._pages(path, query, api_version, kind)
        except ApiError as error:
            # the state that the pages were of is gone
            if error.status != 410:
                raise
            return self._pages(path, query, api_version, kind)

    def _pages(self, path: str, query: dict[str, str], api_version: str, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        end, go_on = time.monotonic() + self.limits.patience, ""
        while True:
            answer = self.request("GET", path, {**query, "limit": str(self.limits.page), **({"continue": go_on} if go_on else {})})
            items, before = self._understood("GET", path, lambda given=answer: shapes.as_list(given, api_version, kind)), go_on
            found += items[0]
            go_on = items[1]
            if not go_on:
                return found
            if len(found) > self.limits.most_objects or not items[0] or go_on == before:
                raise self.misunderstood("GET", path, f"its list has no end ({len(found)} so far)")
            if time.monotonic() > end:
                raise too_long(self.title, self.server, "GET", path, self.limits.patience)

    def _object(self, method: str, path: str, answer: Any, api_version: str, kind: str) -> dict[str, Any]:
        return self._understood(method, path, lambda: shapes.as_object(answer, api_version, kind))

    def _understood(self, method: str, path: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except ValueError as error:
            raise self.misunderstood(method, path, str(error)) from None

    def misunderstood(self, method: str, path: str, why: str) -> Misunderstood:
        """The error that an answer is which has not the right shape."""
        return misunderstood(self.title, self.server, method, path, why)

    def apply(self, manifest: dict[str, Any], dry_run: bool = False, force: bool = True) -> dict[str, Any]:
        """Server-side apply: creates the object, or brings the fields that the manifest has to its values and takes away those that
        a former apply had. force: also fields that someone else set meanwhile, else ApiError 409 names him. Returns the object."""
        query = {"fieldManager": FIELD_MANAGER, "force": "true" if force else "false", **({"dryRun": "All"} if dry_run else {})}
        path = self._path_of(manifest)
        return self._object("PATCH", path, self.request("PATCH", path, query, manifest, APPLY_PATCH), manifest["apiVersion"], manifest["kind"])

    def create(self, manifest: dict[str, Any], dry_run: bool = False) -> dict[str, Any]:
        """A new object; ApiError 409 if there is one of this name. Returns it."""
        metadata = manifest.get("metadata") or {}
        resource = self.resource(manifest["apiVersion"], manifest["kind"])
        self._need_namespace(resource, metadata.get("namespace"))
        path = resource.path(namespace=metadata.get("namespace"))
        answer = self.request("POST", path, {"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})}, manifest)
        return self._object("POST", path, answer, manifest["apiVersion"], manifest["kind"])

    def replace(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """The whole object anew. With metadata.resourceVersion only if it is unchanged since, else ApiError 409. Returns it."""
        path = self._path_of(manifest)
        return self._object("PUT", path, self.request("PUT", path, {"fieldManager": FIELD_MANAGER}, manifest), manifest["apiVersion"], manifest["kind"])

    def patch(self, api_version: str, kind: str, name: str, namespace: str | None, body: dict[str, Any]) -> dict[str, Any]:
        """A merge patch of one object, which it returns."""
        path = self._path(api_version, kind, name, namespace)
        return self._object("PATCH", path, self.request("PATCH", path, {"fieldManager": FIELD_MANAGER}, body, MERGE_PATCH), api_version, kind)

    def delete(self, api_version: str, kind: str, name: str, namespace: str | None = None, *, uid: str | None = None,
               grace_period: int | None = None, orphan: bool = False) -> bool:
        """Deletes an object and in the background what it owns. uid: only this very object. grace_period: seconds. orphan: what it owns stays.

        False: it was gone already. An object with finalizers still exists for a while afterwards.
        """
        options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Orphan" if orphan else "Background"}
        if uid is not None:
            options["preconditions"] = {"uid": uid}
        if grace_period is not None:
            options["gracePeriodSeconds"] = grace_period
        try:
            self.request("DELETE", self._path(api_version, kind, name, namespace), body=options)
        except ApiError as error:
            if error.status == 404 or (error.status == 409 and uid is not None):
                return False
            raise
        return True

    def server_version(self) -> str:
        """Version of the API server, e.g. "1.36.3"."""
        found = self._understood("GET", "/version", lambda: shapes.fitting(self.request("GET", "/version"), shapes.VERSION))
        return found.get("gitVersion", "").removeprefix("v").partition("+")[0].partition("-")[0]

    def ready(self) -> bool:
        """True if the API server answers and says that it is ready."""
        try:
            self.request("GET", "/readyz")
        except Unreachable:
            return False
        except ApiError as error:
            if error.status >= 500:
                return False
            raise
        return True

    def allowed(self, verb: str, group: str, resource: str, namespace: str | None = None) -> bool:
        """May we? group: "" for the core group; resource: plural, such as "secrets" or "pods/eviction"; namespace: None for all."""
        plural, _slash, subresource = resource.partition("/")
        attributes = {"verb": verb, "group": group, "resource": plural, "subresource": subresource, "namespace": namespace or ""}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                  "spec": {"resourceAttributes": attributes}}
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        answer = self._understood("POST", path, lambda: shapes.fitting(self.request("POST", path, body=review), shapes.REVIEW))
        return bool(answer.get("status", {}).get("allowed"))

    def resource(self, api_version: str, kind: str) -> Resource:
        """Where a kind lives. Asks the server once for each group version that is not built in. Raises InvalidInput if it is unknown there."""
        known = BUILT_IN.get((api_version, kind)) or self._discover(api_version).get(kind)
        if known is None:
            raise InvalidInput(f"Kind {kind} of {api_version} is unknown", where=self.server,
                               fix="correct apiVersion and kind, or install what defines it first")
        return known

    def _discover(self, api_version: str) -> dict[str, Resource]:
        if api_version not in self._discovered:
            path = root(api_version)
            try:
                answer = self.request("GET", path)
            except ApiError as error:
                if error.status != 404:
                    raise
                return {}
            self._discovered[api_version] = self._understood("GET", path, lambda: _resources(api_version, answer))
        return self._discovered[api_version]

    def _path(self, api_version: str, kind: str, name: str, namespace: str | None) -> str:
        resource = self.resource(api_version, kind)
        self._need_namespace(resource, namespace)
        if not name:
            raise InvalidInput(f"A {kind} has no name", where=self.server, fix="set metadata.name")
        return resource.path(name, namespace)

    def _path_of(self, manifest: dict[str, Any]) -> str:
        metadata = manifest.get("metadata") or {}
        return self._path(manifest["apiVersion"], manifest["kind"], metadata.get("name", ""), metadata.get("namespace"))

    def _need_namespace(self, resource: Resource, namespace: str | None) -> None:
        if resource.namespaced and not namespace:
            raise InvalidInput(f"A {resource.kind} has no namespace", where=self.server, fix="set metadata.namespace")

    def request(self, method: str, path: str, query: dict[str, str] | None = None, body: Any = None,
                content_type: str | None = None, *, come_back: bool = True) -> Any:
        """Any call. path: with leading slash; body: sent as JSON unless it is text. come_back: also if the server says that it is too early (429);
        without it that is an ApiError at once. Returns parsed JSON, or text."""
        url = self.server + path + (f"?{urlencode(query)}" if query else "")
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = content_type or JSON
            body = body if isinstance(body, (str, bytes)) else json.dumps(body)
        if method != "GET" and "dryRun" not in (query or {}):
            self.before_write()
        begin = datetime.now(UTC)
        answer = self._sent(method, path, url, headers, body, come_back)
        self._compare_clocks(begin, answer)
        if answer.status >= 300:
            raise error_of(self.server, method, path, answer.status, answer.data, title=self.title)
        for text in _warnings(answer):
            if text not in self.warnings and len(self.warnings) < MOST_WARNINGS:
                self.warnings.append(text)
        return self._understood(method, path, lambda: _content(answer, self.limits.most_values))

    @property
    def ahead(self) -> timedelta:
        """By how much the server's clock is ahead of this machine's, to a second; 0 as long as the server has not said anything. It stays the same then."""
        return self._ahead or timedelta(0)

    def _compare_clocks(self, begin: datetime, answer: Answer) -> None:
        if self._ahead is not None:
            return
        try:
            said = parsedate_to_datetime(answer.headers.get("Date", ""))
        except (ValueError, TypeError, OverflowError):
            return
        if said.tzinfo is None:
            return
        # it said a second, and sent it somewhere in between
        off = said + timedelta(seconds=0.5) - (begin + (datetime.now(UTC) - begin) / 2)
        self._ahead = off if abs(off) > timedelta(seconds=2) else timedelta(0)

    def _sent(self, method: str, path: str, url: str, headers: dict[str, str], body: Any, come_back: bool) -> Answer:
        """Once, and again where that is safe: what is not idempotent only if it never left or was turned away unseen."""
        repeatable, whole = method != "POST", self.limits.whole(method)
        connect = min(CONNECT_TIMEOUT, whole)
        timeout = urllib3.Timeout(connect=connect, read=min(self.limits.silence, whole))
        doubt = Doubt(self.limits.doubt, self._is_well) if method == "GET" and self.limits.doubt else None
        repetition = Repetition(self.limits, repeatable=repeatable, come_back=come_back)
        while True:
            try:
                answer = exchange(self._pool, method, url, body=body, headers=headers, timeout=timeout, seconds=whole, most_bytes=self.limits.most_bytes,
                                  doubt=doubt)
            except TakesTooLong as error:
                raise too_long(self.title, self.server, method, path, error.seconds, repeatable=repeatable, withheld=error.doubted) from None
            except TooBig:
                raise self.misunderstood(method, path, f"it has more than {self.limits.most_bytes >> 20} MB") from None
            except Packed:
                raise self.misunderstood(method, path, "it is compressed, which was not asked for") from None
            except (urllib3.exceptions.HTTPError, OSError) as error:
                unsent = never_left(error, connect)
                pause = repetition.after_error(never_left=unsent, in_time=in_time(error))
                if pause is None:
                    raise unreachable(self.server, error, repeatable=repeatable or unsent, title=self.title) from None
            else:
                pause = repetition.after_answer(answer.status, answer.headers)
                if pause is None:
                    return answer
            time.sleep(pause)

    def _is_well(self) -> bool:
        """kube-apiserver answers at once, and says that its etcd does. It hands no request for that on, whatever the objects in it say."""
        try:
            answer = exchange(self._pool, "GET", f"{self.server}/livez/etcd", body=None, headers=self._headers, timeout=urllib3.Timeout(WELL_WITHIN),
                              seconds=WELL_WITHIN, most_bytes=PIECE)
        except (urllib3.exceptions.HTTPError, OSError, TooBig, Packed):
            return False
        return answer.status == 200


def _resources(api_version: str, answer: Any) -> dict[str, Resource]:
    """Kind -> where it lives, of a discovery document. Raises ValueError."""
    found = shapes.fitting(answer, shapes.DISCOVERY).get("resources", [])
    return {entry["kind"]: Resource(api_version, entry["kind"], entry["name"], bool(entry.get("namespaced")))
            for entry in found if entry.get("kind") and _PLURAL.fullmatch(entry.get("name", ""))}


def _warnings(answer: Answer) -> list[str]:
    """Texts of the header, such as: 299 - "would violate PodSecurity"."""
    found = (text for header in answer.headers.getlist("Warning")[:MOST_WARNINGS] for text in _WARNING.findall(header))
    return [re.sub(r"\\(.)", r"\1", text)[:LONGEST_MESSAGE] for text in found]


def _content(answer: Answer, most_values: int) -> Any:
    """Raises ValueError."""
    if not answer.headers.get("Content-Type", "").startswith(JSON):
        return answer.data.decode("utf-8", errors="replace")
    if sum(map(answer.data.count, (b",", b"[", b"{"))) > most_values:
        raise ValueError(f"it has more than {most_values} values")
    try:
        content = json.loads(answer.data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError:
        raise ValueError(f"it is not JSON, but begins with {answer.data[:40].decode('utf-8', 'replace')!r}") from None
    if b"\\ud" in answer.data.lower():
        # half of a character, which nothing could write again
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    return content
