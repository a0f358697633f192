# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way from a seed to the API of a customer's cluster: a user who may read the cluster's CA in the seed can be its administrator."""
from __future__ import annotations

import base64
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import FIELD_MANAGER, KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.limits import CUSTOMER, Limits
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import must_agree


def open_cluster(seed: KubeApi, namespace: str, minutes: int = 60, limits: Limits = CUSTOMER) -> KubeApi:
    """The cluster's API, as an administrator by a certificate that is signed now, lives for so many minutes, and is stored nowhere.

    Reads Secret cluster-ca and ConfigMaps ca-bundle and endpoint of the cluster's namespace; sends nothing to the cluster yet.
    Raises NotReady if the cluster has none of them (yet).
    """
    authority = _data(seed, "Secret", "cluster-ca", namespace)
    bundle = _data(seed, "ConfigMap", "ca-bundle", namespace)
    endpoint = _data(seed, "ConfigMap", "endpoint", namespace)
    # it lives for minutes: what it takes to be valid at all
    must_agree(seed, x509.CLOCK_SKEW)
    try:
        certificate, key = x509.issue(_text(authority["tls.crt"]), _text(authority["tls.key"]), cn=FIELD_MANAGER,
                                      organizations=["system:masters"], minutes=minutes)
        server, trusted = server_url(endpoint["address"], int(endpoint["port"])), bundle["ca.crt"]
    except (KeyError, ValueError) as error:
        raise CaasError("The Secrets and ConfigMaps of the cluster in the seed are incomplete", where=f"namespace {namespace}",
                        why=f"{type(error).__name__}: {error}",
                        fix="run create_cluster for this cluster again") from None
    api = KubeApi.from_credentials(server, trusted, certificate, key, limits=limits, title=f"The API of cluster {namespace.removeprefix('cluster-')}")

    def before_write() -> None:
        # the lock is the same, and may be taken after this connection was opened
        seed.before_write()

    api.before_write = before_write
    return api


def server_url(address: str, port: str | int) -> str:
    """address: IP address or name."""
    return f"https://[{address}]:{port}" if ":" in address else f"https://{address}:{port}"


def _data(seed: KubeApi, kind: str, name: str, namespace: str) -> dict[str, Any]:
    found = seed.get("v1", kind, name, namespace)
    if found is None:
        raise NotReady(f"The cluster has no API yet: {kind} {namespace}/{name} is missing", where=seed.server,
                       fix="create the cluster: ansible-playbook kubermatic.caas.create_cluster")
    return found.get("data", {})


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode("ascii")
