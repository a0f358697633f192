# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""SSH keys of a node pool in an account at DigitalOcean. An account has each key only once, also if several users add it; those of the pool have its names."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import cluster_tag
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.ssh_key import fingerprint, short


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    name: str


class DigitalOceanKeys:
    """Of one pool of one cluster."""

    def __init__(self, api: DigitalOceanApi, uid: str, pool: str) -> None:
        """uid: of the cluster."""
        self.api, self._prefix = api, f"{cluster_tag(uid)}:{pool}:"

    def name(self, public_key: str) -> str:
        """Says which key it is."""
        return self._prefix + short(public_key)

    def own(self) -> list[Key]:
        """Those that were made for the pool."""
        try:
            return [Key(str(int(one["id"])), one["name"]) for items, dummy in self.api.pages("account/keys", "ssh_keys") for one in items
                    if str(one["name"]).startswith(self._prefix)]
        except (KeyError, TypeError, ValueError) as error:
            raise self.api.misunderstood("GET", "account/keys", f"a key in it is malformed ({type(error).__name__}: {error})") from None

    def is_known(self, public_key: str) -> bool:
        """Whether the account has it, under whatever name."""
        return self.api.find(f"account/keys/{fingerprint(public_key)}") is not None

    def make(self, public_key: str) -> None:
        """One that is there already is as good."""
        body: dict[str, Any] = {"name": self.name(public_key), "public_key": public_key}
        try:
            self.api.request("POST", "account/keys", body=body)
        except InvalidInput:
            if not self.is_known(public_key):
                raise

    def remove(self, key: Key) -> None:
        """One that is gone already is as good."""
        self.api.request("DELETE", f"account/keys/{key.id}")
