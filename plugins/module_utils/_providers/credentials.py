# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""By what the add-ons of a cluster prove themselves to its cloud: what a user gave, and the Secret that it becomes."""
from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import LABEL_MANAGED_BY, MANAGED_BY, labels
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import SECRET, Integration
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import NAMESPACE
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import DESCRIPTIONS, INTEGRATIONS

_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}", re.ASCII)


def _of(provider: str) -> Integration:
    return INTEGRATIONS[provider]


def _title(provider: str) -> str:
    return DESCRIPTIONS[provider].title


def check_way(provider: str, way: str) -> None:
    """Raises InvalidInput if the provider has no such way to prove oneself."""
    if way not in _of(provider).credentials:
        raise InvalidInput(f"cloud_credentials: {way} is not supported with cloud_provider: {provider}", where="cloud_credentials",
                           why=f"machines of {_title(provider)} have no role to authenticate with",
                           fix=f"write cloud_credentials: {_of(provider).credentials[0]}, or leave it out")


def given(provider: str, way: str, params: Mapping[str, Any]) -> dict[str, str]:
    """Key of the Secret -> its value; {} if nothing is given, or nothing is to be stored. way: SECRET or MACHINES.

    Raises InvalidInput without a word of what was given.
    """
    check_way(provider, way)
    found = {key: params.get(option) or "" for key, option in _of(provider).keys.items()} if way == SECRET else {}
    for key, value in found.items():
        if value and not _TOKEN.fullmatch(value):
            raise InvalidInput(f"{_of(provider).keys[key]} is not valid", why="it holds white space or other characters that no credential has",
                               fix="look for a line break at its end")
    absent = [_of(provider).keys[key] for key, value in found.items() if not value]
    if absent and len(absent) < len(found):
        raise InvalidInput(f"Credentials for {_title(provider)} are given in part: {' and '.join(absent)} is missing", fix=_fix(provider))
    return {} if absent else found


def missing(provider: str, cluster: str) -> InvalidInput:
    return InvalidInput(f"No credentials for {_title(provider)} are given, and cluster {cluster} has none yet", where=f"cloud_provider: {provider}",
                        fix=_fix(provider) + (", or cloud_credentials: machines if their role allows it" if len(_of(provider).credentials) > 1 else ""))


def _fix(provider: str) -> str:
    return f"set {' and '.join(_of(provider).keys.values())} for this cluster, from an account of this customer"


def check_not_own(provider: str, cluster: str, given: Mapping[str, str], own: Collection[str]) -> None:
    """own: credentials by which the run itself acts. Raises InvalidInput if one of them would become the customer's."""
    for key, value in given.items():
        if value in own:
            raise InvalidInput(f"{_of(provider).keys[key]} is a credential that this run itself uses at {_title(provider)}", where=f"cluster {cluster}",
                               why="whoever may read Secrets in that cluster would have it",
                               fix="make another one, which may do no more than this cluster needs, and best in an account of this customer")


def holds_own(provider: str, cluster: str, secret: Mapping[str, Any] | None, own: Collection[str]) -> str:
    """A sentence if a live Secret holds a credential by which the run itself acts, else ""."""
    if not any(value in own for value in data_of(provider, secret).values()):
        return ""
    return (f"Secret {NAMESPACE}/{_of(provider).secret} of cluster {cluster} holds a credential that this run itself uses at {_title(provider)}. "
            f"Set {' and '.join(_of(provider).keys.values())}, and revoke that credential")


def data_of(provider: str, secret: Mapping[str, Any] | None) -> dict[str, str]:
    """What a live Secret holds for this provider, {} unless it holds all of it."""
    try:
        held = {key: base64.b64decode(((secret or {}).get("data") or {})[key]).decode() for key in _of(provider).keys}
    except (KeyError, ValueError):
        return {}
    return held if all(held.values()) else {}


def manifest(provider: str, cluster: str, data: Mapping[str, str]) -> dict[str, Any]:
    metadata = {"name": _of(provider).secret, "namespace": NAMESPACE, "labels": labels(cluster)}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque",
            "data": {key: base64.b64encode(value.encode()).decode("ascii") for key, value in data.items()}}


def is_ours(secret: Mapping[str, Any] | None) -> bool:
    return bool(secret) and ((secret or {})["metadata"].get("labels") or {}).get(LABEL_MANAGED_BY) == MANAGED_BY
