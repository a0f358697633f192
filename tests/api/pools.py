# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Node pools at a cloud: a real API of a seed has lock, UID and notes, a cloud of the lab the machines, over HTTP and in simulated time."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool_resource import NodePoolResource
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import validated
from api import clusters
from api.bare_api import BareApi
from api.resources import Caller
from worlds import providers
from worlds.world import World

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE somebody"
_numbers = count(1)


@dataclass(frozen=True)
class Provider:
    """api: what the module talks to the cloud with. pool: options of the pool of most tests, more: good values of others. secret: nobody may see it.

    kills: pools of runs that are killed: machines before and after, None for a pool that ends, and how many things it has then that are no machines.
    kill_every: before every request, or every fourth one. trials: how many random ones.
    """

    name: str
    api: type
    pool: dict[str, Any]
    more: dict[str, Any]
    credentials: dict[str, str]
    secret: str
    kills: tuple[tuple[int, int | None, int], ...]
    kill_every: int = 1
    trials: int = 200

    def __str__(self) -> str:
        return self.name

    @property
    def options(self) -> dict[str, Any]:
        return {"provider": self.name, **self.pool}

    @property
    def own_url(self) -> tuple[str | None, ...]:
        """What that option has if the provider's own API is meant."""
        usual = registry.DESCRIPTIONS[self.name].url
        return (usual,) if usual else (None, "")

    @property
    def url(self) -> str:
        """Name of the option."""
        return f"{self.name}_url"

    @contextlib.contextmanager
    def customers(self, bare: BareApi) -> Iterator[Customers]:
        with contextlib.ExitStack() as stack:
            yield Customers(self, bare, stack)


def known() -> tuple[Provider, ...]:
    """Of all providers that the product has: what the folder `providers` says of each."""
    return tuple(import_module(f"api.providers.{name}").PROVIDER for name in registry.DESCRIPTIONS)


@dataclass
class Customer:
    """One cluster in the real API, with an account at the cloud."""

    provider: Provider
    caller: Caller
    there: World

    def call(self, count: Any = None, check_mode: bool = False, **given: Any) -> dict[str, Any]:
        """given: options in place of the usual ones, None for those that are left out."""
        options = {**self.provider.options, **self.provider.credentials, self.provider.url: self.there.cloud.url, "node_count": count, **given}
        return self._run(self.caller.resource(NodePoolResource, check_mode, **{name: value for name, value in options.items() if value is not None}))

    def good_options(self) -> dict[str, Any]:
        """Of nearly all options that there are, for a module as it stands in a playbook."""
        return {"seed_kubeconfig": self.caller.seed_kubeconfig, "cluster": self.caller.cluster, **self.provider.options, "node_count": 1, "min_node_count": 0,
                "max_node_count": 5, "state": "present", "disk": 80, "tags": ["env:prod"], "ready_nodes": [f"{self.caller.cluster}-web-1"],
                "surplus": "remove", **self.provider.more, **self.provider.credentials, self.provider.url: self.there.cloud.url}

    def attempt(self, given: dict[str, Any]) -> None:
        """With any options. An error comes before anything is asked for at the cloud."""
        params = validated("node_pool", NodePoolResource.ARGUMENT_SPEC, {}, given)
        if params[self.provider.url] in self.provider.own_url:
            params[self.provider.url] = self.there.cloud.url
        before = self.there.writes
        try:
            self._run(NodePoolResource(params, holder=self.caller.holder, check_mode=False, progress=self.caller.lines.append))
        except CaasError:
            assert self.there.writes == before
            raise

    def _run(self, resource: NodePoolResource) -> dict[str, Any]:
        # the cloud's time, so that nothing is really waited for
        resource.clock = self.there.clock
        return run(resource)

    def somebody_else(self) -> Customer:
        """Another run for the same cluster."""
        return Customer(self.provider, Caller(self.caller.seed_kubeconfig, self.caller.cluster, holder="eve@ops2 pid 1 1/bbbbbbbb"), self.there)

    @property
    def namespace(self) -> str:
        return f"cluster-{self.caller.cluster}"

    @property
    def names(self) -> list[str]:
        """Of all machines that there are."""
        return self.there.all_names()


@dataclass
class Customers:
    """customers(lag=30): a new one. running: its cluster has a record. options: of the cloud's world."""

    provider: Provider
    bare: BareApi
    stack: contextlib.ExitStack

    def __call__(self, *, running: bool = True, **options: Any) -> Customer:
        name = f"pool{next(_numbers)}"
        caller = clusters.running(self.bare, name) if running else Caller(self.bare.kubeconfig(), name)
        return Customer(self.provider, caller, self.stack.enter_context(providers.world(self.provider.name, **options)))
