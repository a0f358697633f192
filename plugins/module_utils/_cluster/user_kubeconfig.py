# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The kubeconfig that a user of a customer cluster gets: one cluster, one user, one context, everything inside."""
from __future__ import annotations

import base64
import sys
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError

try:
    import yaml
except ImportError:
    yaml = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class UserKubeconfig:
    """cluster, user: names. ca_pem: bundle of authorities of the server; certificate_pem, key_pem: of the user."""

    cluster: str
    user: str
    server: str
    ca_pem: str
    certificate_pem: str
    key_pem: str = field(repr=False)


def render(config: UserKubeconfig) -> str:
    entry = f"{config.user}@{config.cluster}"
    return _library().safe_dump({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": entry,
        "contexts": [{"name": entry, "context": {"cluster": config.cluster, "user": entry}}],
        "clusters": [{"name": config.cluster, "cluster": {"server": config.server,
                                                          "certificate-authority-data": _encoded(config.ca_pem)}}],
        "users": [{"name": entry, "user": {"client-certificate-data": _encoded(config.certificate_pem),
                                           "client-key-data": _encoded(config.key_pem)}}],
    }, sort_keys=False)


def parse(content: bytes) -> UserKubeconfig | None:
    """None if the text has not the form that render gives, so that another program wrote it."""
    library = _library()
    try:
        document = library.safe_load(content)
        (cluster,), (user,), (context,) = document["clusters"], document["users"], document["contexts"]
        name, separator, of_cluster = user["name"].rpartition("@")
        if not separator or of_cluster != cluster["name"] or context["name"] != user["name"]:
            return None
        return UserKubeconfig(cluster=str(of_cluster), user=str(name), server=str(cluster["cluster"]["server"]),
                              ca_pem=_decoded(cluster["cluster"]["certificate-authority-data"]),
                              certificate_pem=_decoded(user["user"]["client-certificate-data"]),
                              key_pem=_decoded(user["user"]["client-key-data"]))
    except (library.YAMLError, RecursionError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return None


def _library() -> Any:
    if yaml is None:
        raise CaasError("The Python library PyYAML is missing", where=sys.executable,
                        fix="install it for this Python: pip install PyYAML")
    return yaml


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _decoded(text: str) -> str:
    return base64.b64decode(text, validate=True).decode("ascii")
