# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""SSH keys of a node pool in a project at Hetzner Cloud. A project has each key only once, also if several users add it; those of the pool carry its labels."""
from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner import labels
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.api_client import HetznerApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.errors import UNIQUE
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import OWN_TAGS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.ssh_key import fingerprint, short


@dataclass(frozen=True, slots=True)
class Key:
    id: int
    name: str
    fingerprint: str


class HetznerKeys:
    """Of one pool of one cluster."""

    def __init__(self, api: HetznerApi, uid: str, cluster: str, pool: str) -> None:
        """uid: of the cluster."""
        self.api, self.uid, self.pool, self._prefix = api, labels.checked_uid(uid), pool, f"{OWN_TAGS}-{cluster}-{uid[:8]}-{pool}-"

    def name(self, public_key: str) -> str:
        """Says which key it is."""
        return self._prefix + short(public_key)

    def own(self) -> list[Key]:
        """Those that were made for the pool."""
        return [key for key, own in self._keys(labels.selector(self.uid)) if own.get(labels.CLUSTER) == self.uid and own.get(labels.POOL) == self.pool]

    def known(self, public_key: str) -> Key | None:
        """The project's, under whatever name."""
        wanted = fingerprint(public_key)
        return next((key for key, dummy in self._keys({"fingerprint": wanted}) if key.fingerprint == wanted), None)

    def is_known(self, public_key: str) -> bool:
        return self.known(public_key) is not None

    def _keys(self, query: dict[str, str]) -> list[tuple[Key, dict[str, str]]]:
        try:
            return [(Key(labels.number(one["id"]), str(one["name"]), str(one["fingerprint"])), labels.of(one)) for one in self.api.all("ssh_keys", query)]
        except (KeyError, TypeError, ValueError) as error:
            raise self.api.misunderstood("GET", "ssh_keys", f"a key in it is malformed ({type(error).__name__}: {error})") from None

    def make(self, public_key: str) -> None:
        """One that is there already is as good."""
        body = {"name": self.name(public_key), "public_key": public_key, "labels": {labels.CLUSTER: self.uid, labels.POOL: self.pool}}
        try:
            self.api.request("POST", "ssh_keys", body=body)
        except ApiError as error:
            if error.reason != UNIQUE:
                raise

    def remove(self, key: Key) -> None:
        """One that is gone already is as good."""
        self.api.request("DELETE", f"ssh_keys/{key.id}")
