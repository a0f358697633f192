# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The set "shop" of one cluster: its manifests, and how tests apply it."""
from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifests_resource import ManifestsResource
from api.bare_api import BareApi, Seen
from api.resources import Caller

SETTINGS = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"colour": "red", "size": "big"}}
TOKEN = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "token"}, "stringData": {"token": "a-long-and-unlikely-secret"}}
WEB = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
       "spec": {"selector": {"app": "web"}, "ports": [{"name": "https", "port": 443}]}}
SERVER = {
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "annotations": {"kubermatic.caas/wait": "false"}},
    "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"automountServiceAccountToken": False, "volumes": [{"name": "run", "emptyDir": {}}], "containers": [
            {"name": "web", "image": "web:1", "args": [], "env": [{"name": "MODE", "value": "fast"}], "ports": [{"containerPort": 443}],
             "resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}, "limits": {"memory": 2147483648}}}]}}}}
RULES = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "all"},
         "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}]}}
SET = [SETTINGS, TOKEN, WEB, SERVER, RULES]


@dataclass
class Ran:
    """said: the progress it printed."""

    result: dict[str, Any]
    said: list[str]

    @property
    def steps(self) -> list[str]:
        return self.result["steps"]

    @property
    def changed(self) -> bool:
        return self.result["changed"]


class ManifestSet:
    """The set "shop" of one cluster, with everything that is sent for it."""

    def __init__(self, bare: BareApi, cluster: str) -> None:
        self.bare, self.cluster, self.namespace = bare, cluster, f"cluster-{cluster}"
        self.kubeconfig = bare.kubeconfig()
        self.api = bare.api("system:test")
        self.seen = Seen()

    def run(self, manifests: list[Any], **options: Any) -> Ran:
        texts = [item if isinstance(item, str) else json.dumps(item) for item in manifests]
        caller = Caller(self.kubeconfig, self.cluster)
        with self.bare.watched() as self.seen:
            return Ran(caller.call(ManifestsResource, **{"set": "shop", "manifests": texts, **options}), caller.lines)

    def holds(self, kind: str, name: str, api_version: str = "v1") -> dict[str, Any] | None:
        return self.api.get(api_version, kind, name, self.namespace)

    def object_writes(self) -> list[str]:
        return [line for line in self.seen.writes if " leases " not in line]


def changed(manifest: dict[str, Any], **data: str) -> dict[str, Any]:
    result = copy.deepcopy(manifest)
    result["data"] = data
    return result
