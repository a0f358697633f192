# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# Made by scripts/reference.py (make docs) from the folders that are here.
"""What talks to each provider, imported when it is needed, as it takes time."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import Provider

OwnCredentials = Callable[[Mapping[str, Any], Mapping[str, str]], set[Any]]


def aws() -> Provider:
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.provider_client import PROVIDER
    return PROVIDER


def digitalocean() -> Provider:
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.provider_client import PROVIDER
    return PROVIDER


def hetzner() -> Provider:
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.provider_client import PROVIDER
    return PROVIDER


def aws_credentials() -> OwnCredentials:
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.own_credentials_store import own_credentials
    return own_credentials


PROVIDERS: dict[str, Callable[[], Provider]] = {"aws": aws, "digitalocean": digitalocean, "hetzner": hetzner}
# of those whose library knows credentials beside options and environment
OWN_CREDENTIALS: dict[str, Callable[[], OwnCredentials]] = {"aws": aws_credentials}
