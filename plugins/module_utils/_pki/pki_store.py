# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Secrets and ConfigMaps of one namespace in which a control plane's PKI is kept."""
from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi


class PkiStore:
    """labels: of every object that is written. load() first; writes keep what was loaded up to date."""

    def __init__(self, api: KubeApi, namespace: str, labels: Mapping[str, str]) -> None:
        self.api, self.namespace, self.labels = api, namespace, dict(labels)
        self._data: dict[tuple[str, str], dict[str, str]] = {}

    def load(self) -> None:
        """Two requests, whatever there is. Objects count by name, so that one restored from a backup without labels counts."""
        self.load_secrets()
        for item in self.api.list("v1", "ConfigMap", self.namespace):
            self._keep("ConfigMap", item)

    def load_secrets(self) -> None:
        for item in self.api.list("v1", "Secret", self.namespace):
            self._keep("Secret", item)

    def raw(self, kind: str, name: str) -> dict[str, str] | None:
        """data of an object as the API has it (of a Secret in base64), None if there is no such object."""
        return self._data.get((kind, name))

    def config_map(self, name: str) -> dict[str, str]:
        """Empty if there is none."""
        return dict(self.raw("ConfigMap", name) or {})

    def secret(self, name: str) -> dict[str, str]:
        """Decoded; empty if there is none. What isn't text reads as damaged text."""
        return {key: base64.b64decode(value).decode("utf-8", errors="replace")
                for key, value in (self.raw("Secret", name) or {}).items()}

    def create_secret(self, name: str, data: Mapping[str, str]) -> bool:
        """False, and the present one is loaded, if another run made it in the meantime: it is never overwritten."""
        try:
            self._keep("Secret", self.api.create(self._secret(name, data, "Opaque")))
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
            self._keep("Secret", self.api.get("v1", "Secret", name, self.namespace) or {"metadata": {"name": name}})
            return False
        return True

    def apply_tls_secret(self, name: str, certificate: str, key: str) -> None:
        self._keep("Secret", self.api.apply(self._secret(name, {"tls.crt": certificate, "tls.key": key}, "kubernetes.io/tls")))

    def apply_config_map(self, name: str, data: Mapping[str, str]) -> None:
        self._keep("ConfigMap", self.api.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": self._metadata(name),
                                                "data": dict(data)}))

    def _keep(self, kind: str, item: Mapping[str, Any]) -> None:
        self._data[kind, item["metadata"]["name"]] = dict(item.get("data") or {})

    def _secret(self, name: str, data: Mapping[str, str], secret_type: str) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": "Secret", "metadata": self._metadata(name), "type": secret_type,
                "data": {key: base64.b64encode(value.encode()).decode("ascii") for key, value in data.items()}}

    def _metadata(self, name: str) -> dict[str, Any]:
        return {"name": name, "namespace": self.namespace, "labels": self.labels}
