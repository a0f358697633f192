# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Node pools at a cloud: a real API of a seed has lock, UID and notes, a cloud of the lab the machines, over HTTP and in simulated time."""
from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool_resource import NodePoolResource
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.api_url import DIGITALOCEAN_URL
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import Ec2Api
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.pool_resource import AwsNodePoolResource
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.pool_resource import DigitalOceanNodePoolResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import validated
from api import clusters
from api.bare_api import BareApi
from api.resources import Caller
from lab.cloud import providers
from lab.cloud.aws.ec2 import IMAGE, REGION
from lab.cloud.aws.server import ACCESS_KEY, SECRET_KEY
from lab.cloud.digitalocean.server import TOKEN
from lab.cloud.world import World

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE somebody"
_numbers = count(1)


@dataclass(frozen=True)
class Provider:
    """api: what the module talks to the cloud with. pool: options of the pool of most tests, more: good values of others. secret: nobody may see it.

    own_url: what the url option has if the provider's own API is meant. kill_every: runs are killed before every request, or every fourth one.
    trials: how many random ones.
    """

    name: str
    resource: type[NodePoolResource]
    api: type
    pool: dict[str, Any]
    more: dict[str, Any]
    credentials: dict[str, str]
    secret: str
    own_url: tuple[str | None, ...] = (None, "")
    kill_every: int = 1
    trials: int = 200

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """Name of the option."""
        return f"{self.name}_url"

    @contextlib.contextmanager
    def customers(self, bare: BareApi) -> Iterator[Customers]:
        with contextlib.ExitStack() as stack:
            yield Customers(self, bare, stack)


DIGITALOCEAN = Provider(
    "digitalocean", DigitalOceanNodePoolResource, DigitalOceanApi, {"pool": "web", "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64",
                                                                "ssh_cidrs": ["203.0.113.7/32"], "ssh_public_key": PUBLIC_KEY, "allowed_stages": ["alpha"]},
    {"network": "760e09ef-dc84-11e8-981e-3cfdfeaae000", "ssh_keys": []}, {"digitalocean_token": TOKEN}, TOKEN, own_url=(DIGITALOCEAN_URL,))
# boto3 takes its time: fewer of what is random or long
AWS = Provider(
    "aws", AwsNodePoolResource, Ec2Api, {"pool": "web", "region": REGION, "size": "t3.medium", "image": IMAGE, "allowed_stages": ["alpha"],
                                     "ssh_cidrs": ["203.0.113.7/32"], "ssh_public_key": PUBLIC_KEY},
    {"zones": [f"{REGION}a"], "public_address": True, "host_keys": False}, {"aws_access_key": ACCESS_KEY, "aws_secret_key": SECRET_KEY}, SECRET_KEY,
    kill_every=int(os.environ.get("KILL_EVERY", "4")), trials=int(os.environ.get("TRIALS", "8")))


@dataclass
class Customer:
    """One cluster in the real API, with an account at the cloud."""

    provider: Provider
    caller: Caller
    there: World

    def call(self, count: Any = None, check_mode: bool = False, **given: Any) -> dict[str, Any]:
        """given: options in place of the usual ones, None for those that are left out."""
        options = {**self.provider.pool, **self.provider.credentials, self.provider.url: self.there.cloud.url, "node_count": count, **given}
        return self._run(self.caller.resource(self.provider.resource, check_mode, **{name: value for name, value in options.items() if value is not None}))

    def good_options(self) -> dict[str, Any]:
        """Of nearly all options that there are, for a module as it stands in a playbook."""
        return {"seed_kubeconfig": self.caller.seed_kubeconfig, "cluster": self.caller.cluster, **self.provider.pool, "node_count": 1, "min_node_count": 0,
                "max_node_count": 5, "state": "present", "disk": 80, "tags": ["env:prod"], "ready_nodes": [f"{self.caller.cluster}-web-1"],
                "surplus": "remove", **self.provider.more, **self.provider.credentials, self.provider.url: self.there.cloud.url}

    def attempt(self, given: dict[str, Any]) -> None:
        """With any options. An error comes before anything is asked for at the cloud."""
        params = validated(f"{self.provider.name}_node_pool", self.provider.resource.ARGUMENT_SPEC, {}, given)
        if params[self.provider.url] in self.provider.own_url:
            params[self.provider.url] = self.there.cloud.url
        before = self.there.writes
        try:
            self._run(self.provider.resource(params, holder=self.caller.holder, check_mode=False, progress=self.caller.lines.append))
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
