# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DigitalOcean's API v2 over the session of python-digitalocean.

Of python-digitalocean 1.17 only BaseAPI is used. Not its get_data, and so none of its classes, as get_data
- knows no status beyond 404 and drops the headers: 429 with Retry-After looks like any other error;
- takes a page that was refused for the end of a list (it merges the error into the result): machines would be made a second time;
- asks for the next page at whatever address the last one names, with the token;
- waits for ever unless an environment variable says otherwise, and reads whatever size of answer.
Droplet.create_multiple moreover returns the action of the first machine only.
"""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.description import DESCRIPTION
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.errors import DigitalOceanErrors
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.rest_client import RestClient


class DigitalOceanApi(RestClient):
    description, errors_class = DESCRIPTION, DigitalOceanErrors
    # the limit is 250 a minute for the whole account; a little is left to others
    per_minute = 240
    per_page, most_pages = 200, 100

    def session(self) -> Any:
        from digitalocean.baseapi import BaseAPI
        return BaseAPI(token=self.token)._session

    def has_more(self, answer: dict[str, Any]) -> bool:
        links = answer.get("links")
        pages = links.get("pages") if isinstance(links, dict) else None
        return isinstance(pages, dict) and bool(pages.get("next"))


def total(answer: dict[str, Any]) -> int:
    """How many there are on all pages of a list, 0 if the API doesn't say."""
    meta = answer.get("meta")
    found = meta.get("total") if isinstance(meta, dict) else None
    return found if isinstance(found, int) else 0
