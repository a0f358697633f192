# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Objects as they are in the API now, by key."""
from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.objects import ObjectKey, key_of
from ansible_collections.kubermatic.caas.plugins.module_utils._system.parallel import side_by_side


def listed(api: KubeApi, kinds: Iterable[tuple[str, str]], *, namespace: str, selector: str,
           needed: set[tuple[str, str]]) -> dict[ObjectKey, dict[str, Any]]:
    """All labelled objects of the kinds, by one request per kind. namespace: "" for all.

    needed: kinds that must be readable; others are left out where the API has none of them or doesn't show them to us.
    """
    def of_kind(name: tuple[str, str]) -> list[dict[str, Any]]:
        try:
            return api.list(*name, namespace or None, selector)
        except (Refused, ApiError) as error:
            if name in needed or (isinstance(error, ApiError) and error.status != 404):
                raise
            return []

    return {key_of(item): item for objects in side_by_side(of_kind, kinds) for item in objects}


def current(api: KubeApi, manifest: dict[str, Any]) -> dict[str, Any] | None:
    """The object that a manifest names, None if there is none."""
    metadata = manifest["metadata"]
    return api.get(manifest["apiVersion"], manifest["kind"], metadata["name"], metadata.get("namespace"))


def present(api: KubeApi, manifests: Iterable[dict[str, Any]]) -> dict[ObjectKey, dict[str, Any]]:
    """Those objects that manifests name and that are there."""
    manifests = list(manifests)
    return by_key(manifests, side_by_side(lambda manifest: current(api, manifest), manifests))


def by_key(manifests: Iterable[dict[str, Any]], objects: Iterable[dict[str, Any] | None]) -> dict[ObjectKey, dict[str, Any]]:
    """objects: of each manifest, None for those that are left out."""
    return {key_of(manifest): found for manifest, found in zip(manifests, objects, strict=True) if found is not None}


def predicted(api: KubeApi, manifests: Iterable[dict[str, Any]], *, existing: Collection[ObjectKey]) -> dict[ObjectKey, dict[str, Any]]:
    """What objects would be after applying the manifests, by the server's word, which also checks them.

    Without a new one that can't be judged before others exist (its namespace, the role that it binds). existing: those that are known to be there.
    """
    manifests = list(manifests)
    return by_key(manifests, side_by_side(lambda manifest: _predicted(api, manifest, exists=key_of(manifest) in existing), manifests))


def is_of_an_object(prediction: dict[str, Any] | None) -> bool:
    """What a dry run would create has no version."""
    return bool(prediction and prediction["metadata"].get("resourceVersion"))


def _predicted(api: KubeApi, manifest: dict[str, Any], *, exists: bool) -> dict[str, Any] | None:
    try:
        return api.apply(manifest, dry_run=True)
    except ApiError as error:
        if error.status == 404 and not exists:
            return None
        if error.status == 422 and (exists or current(api, manifest)):
            key = key_of(manifest)
            raise ApiError(error.what, status=error.status, reason=error.reason, where=error.where, why=error.why,
                           fix=f"what can't change in place comes anew once {key} is deleted; look first what that takes away") from None
        raise
