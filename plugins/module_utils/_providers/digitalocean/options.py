# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of every module that talks to DigitalOcean, described in the doc fragment `digitalocean`."""
from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import env_fallback

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.api_url import DIGITALOCEAN_URL

DIGITALOCEAN: dict[str, Any] = {
    "digitalocean_token": {"type": "str", "no_log": True, "fallback": (env_fallback, ["DIGITALOCEAN_TOKEN"])},
    "digitalocean_url": {"type": "str", "default": DIGITALOCEAN_URL},
}
