# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hetzner Cloud's API over the session of hcloud.

Of hcloud only ClientBase is used. Not its request, as that
- sends a request again that got no answer in time, also one that makes a machine;
- waits by a clock of its own, and knows neither Retry-After nor how long this run has patience;
- reads whatever size of answer, and follows redirects with the token.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.description import DESCRIPTION
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.errors import HetznerErrors
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.rest_client import RestClient


class HetznerApi(RestClient):
    description, errors_class = DESCRIPTION, HetznerErrors
    # a project may ask 3600 times an hour, and at once what it saved up; beyond that it answers 429
    per_minute = 240
    per_page, most_pages = 50, 400
    unique_names = True

    def session(self) -> Any:
        from hcloud._client import ClientBase
        return ClientBase(self.token, endpoint=self.url)._session

    def has_more(self, answer: dict[str, Any]) -> bool:
        meta = answer.get("meta")
        pagination = meta.get("pagination") if isinstance(meta, dict) else None
        return isinstance(pagination, dict) and bool(pagination.get("next_page"))

    def waits(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """ratelimit-reset is when a project has saved up all of its requests again; one more is there after a second."""
        return {"Retry-After": headers.get("Retry-After", "")}

    def all(self, kind: str, query: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Each of a list; kind is its path and its key in the answer."""
        for items, dummy in self.pages(kind, kind, query):
            if not all(isinstance(one, dict) for one in items):
                raise self.misunderstood("GET", kind, f"it has no list of {kind}")
            yield from items
