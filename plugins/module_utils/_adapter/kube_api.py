# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One Kubernetes API over one kept connection, with objects as plain dicts. Its errors are lines for people."""
from __future__ import annotations

import json
import re
import sys
from typing import Any
from urllib.parse import urlencode

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter import kubeconfig_file
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.api_errors import error_of, never_left, unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.http_pool import MISSING, http_pool
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.kinds import BUILT_IN, Resource, root
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.kubeconfig_file import Access
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.memory_file import MemoryFile
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import ApiError, CaasError, InvalidInput, Unreachable

if MISSING is None:
    import urllib3

    class _UnlessTooMany(urllib3.Retry):
        """Of requests that are turned away with 429 for what they ask, not for their number."""

        RETRY_AFTER_STATUS_CODES = frozenset({503})

FIELD_MANAGER = "kubermatic-caas"
TIMEOUT = 30.0
CONNECT_TIMEOUT = 5.0
JSON = "application/json"
APPLY_PATCH = "application/apply-patch+yaml"
_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\["\\])*)"')


class KubeApi:
    """Objects go in and come out as dicts in the form of their manifests.

    Calls raise Unreachable (no answer), Refused (401, 403) or ApiError (any other error). They are repeated by themselves where
    that is safe: when the server asks to come back (429, 503 with Retry-After) or the connection broke and a repetition does no harm.
    access, files: by which other connections to the same server can be made; files are paths of ca_certs, cert_file and key_file.
    warnings: what the server warned about so far, such as pods that its policy won't let run, each once.
    """

    def __init__(self, access: Access, *, timeout: float = TIMEOUT) -> None:
        """timeout: seconds until an answer must have come."""
        if MISSING:
            raise CaasError("The Python library urllib3 can't be used", where=sys.executable, why=MISSING,
                            fix="install it for this Python: pip install urllib3")
        self.server = access.server
        self.timeout = timeout
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
        return cls(kubeconfig_file.with_credentials(access, where=path))

    @classmethod
    def from_credentials(cls, server: str, ca_pem: str, client_cert_pem: str, client_key_pem: str) -> KubeApi:
        """server: URL; ca_pem: bundle of authorities that may have signed the server's certificate."""
        return cls(Access(server, ca_pem=ca_pem, client_cert_pem=client_cert_pem, client_key_pem=client_key_pem))

    def close(self) -> None:
        """Ends the connection and forgets the key. The object is of no use afterwards."""
        self._pool.clear()
        for file in self._files.values():
            file.close()

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        """One object, None if there is none."""
        try:
            return self.request("GET", self._path(api_version, kind, name, namespace))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, api_version: str, kind: str, namespace: str | None = None,
             label_selector: str | None = None) -> list[dict[str, Any]]:
        """Objects of one kind, in one namespace or (without namespace) everywhere. label_selector: e.g. "a=b,c in (d, e)"."""
        path = self.resource(api_version, kind).path(namespace=namespace)
        answer = self.request("GET", path, {"labelSelector": label_selector} if label_selector else None)
        return [{"apiVersion": api_version, "kind": kind, **item} for item in answer.get("items") or []]

    def apply(self, manifest: dict[str, Any], dry_run: bool = False, force: bool = True) -> dict[str, Any]:
        """Server-side apply: creates the object, or brings the fields that the manifest has to its values and takes away those that
        a former apply had. force: also fields that someone else set meanwhile, else ApiError 409 names him. Returns the object."""
        query = {"fieldManager": FIELD_MANAGER, "force": "true" if force else "false", **({"dryRun": "All"} if dry_run else {})}
        return self.request("PATCH", self._path_of(manifest), query, manifest, APPLY_PATCH)

    def create(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """A new object; ApiError 409 if there is one of this name. Returns it."""
        metadata = manifest.get("metadata") or {}
        resource = self.resource(manifest["apiVersion"], manifest["kind"])
        self._need_namespace(resource, metadata.get("namespace"))
        return self.request("POST", resource.path(namespace=metadata.get("namespace")), {"fieldManager": FIELD_MANAGER}, manifest)

    def replace(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """The whole object anew. With metadata.resourceVersion only if nobody wrote it since, else ApiError 409. Returns it."""
        return self.request("PUT", self._path_of(manifest), {"fieldManager": FIELD_MANAGER}, manifest)

    def delete(self, api_version: str, kind: str, name: str, namespace: str | None = None, *, uid: str | None = None,
               grace_period: int | None = None) -> bool:
        """Deletes an object and in the background what it owns. uid: only this very object. grace_period: seconds.

        False: it was gone already. An object with finalizers still exists for a while afterwards.
        """
        options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
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
        return self.request("GET", "/version")["gitVersion"].removeprefix("v").partition("+")[0].partition("-")[0]

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
        answer = self.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body=review)
        return bool(answer["status"].get("allowed"))

    def resource(self, api_version: str, kind: str) -> Resource:
        """Where a kind lives. Asks the server once for each group version that is not built in. Raises InvalidInput if it is unknown there."""
        known = BUILT_IN.get((api_version, kind)) or self._discover(api_version).get(kind)
        if known is None:
            raise InvalidInput(f"Kind {kind} of {api_version} is unknown", where=self.server,
                               fix="correct apiVersion and kind, or install what defines it first")
        return known

    def _discover(self, api_version: str) -> dict[str, Resource]:
        if api_version not in self._discovered:
            try:
                answer = self.request("GET", root(api_version))
            except ApiError as error:
                if error.status != 404:
                    raise
                return {}
            self._discovered[api_version] = {entry["kind"]: Resource(api_version, entry["kind"], entry["name"], entry["namespaced"])
                                             for entry in answer["resources"] if "/" not in entry["name"]}
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
        # what is not idempotent is sent again only if it never left or was turned away unseen
        retry = urllib3.Retry if come_back else _UnlessTooMany
        retries = retry(total=6, connect=2, read=0 if method == "POST" else 2, redirect=0, status=5, other=1,
                        allowed_methods=None, backoff_factor=0.2, raise_on_status=False, raise_on_redirect=False)
        connect = min(CONNECT_TIMEOUT, self.timeout)
        try:
            response = self._pool.request(method, url, body=body, headers=headers, retries=retries,
                                          timeout=urllib3.Timeout(connect=connect, read=self.timeout))
        except urllib3.exceptions.HTTPError as error:
            raise unreachable(self.server, error, repeatable=method != "POST" or never_left(error, connect)) from None
        if response.status >= 300:
            raise error_of(self.server, method, path, response.status, response.data)
        self.warnings += [text for text in _warnings(response) if text not in self.warnings]
        return _content(response)


def _warnings(response: Any) -> list[str]:
    """Texts of the header, such as: 299 - "would violate PodSecurity"."""
    return [json.loads(f'"{text}"') for header in response.headers.getlist("Warning") for text in _WARNING.findall(header)]


def _content(response: Any) -> Any:
    if response.headers.get("Content-Type", "").startswith(JSON):
        return json.loads(response.data)
    return response.data.decode("utf-8", errors="replace")
