# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Objects as they are in the API now, by key."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.kube_api import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import ApiError, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._model.objects import ObjectKey, key_of


def listed(api: KubeApi, kinds: Iterable[tuple[str, str]], *, namespace: str, selector: str,
           needed: set[tuple[str, str]]) -> dict[ObjectKey, dict[str, Any]]:
    """All labelled objects of the kinds, by one request per kind. namespace: "" for all.

    needed: kinds that must be readable; others are left out where the API has none of them or doesn't show them to us.
    """
    found: dict[ObjectKey, dict[str, Any]] = {}
    for api_version, kind in kinds:
        try:
            objects = api.list(api_version, kind, namespace or None, selector)
        except (Refused, ApiError) as error:
            if (api_version, kind) in needed or (isinstance(error, ApiError) and error.status != 404):
                raise
            continue
        found.update((key_of(item), item) for item in objects)
    return found


def current(api: KubeApi, manifest: dict[str, Any]) -> dict[str, Any] | None:
    """The object that a manifest names, None if there is none."""
    metadata = manifest["metadata"]
    return api.get(manifest["apiVersion"], manifest["kind"], metadata["name"], metadata.get("namespace"))


def predicted(api: KubeApi, manifest: dict[str, Any], *, exists: bool) -> dict[str, Any] | None:
    """What the object would be after applying the manifest, by the server's word, which also checks it.

    None for a new object that can't be judged before others exist (its namespace, the role that it binds).
    """
    try:
        return api.apply(manifest, dry_run=True)
    except ApiError as error:
        if error.status == 404 and not exists:
            return None
        if error.status == 422 and exists:
            key = key_of(manifest)
            raise ApiError(error.what, status=error.status, reason=error.reason, where=error.where, why=error.why,
                           fix=f"what can't change in place comes anew once {key} is deleted; look first what that takes away") from None
        raise
