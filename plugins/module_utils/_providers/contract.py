# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a provider is: a folder here with description.py, which is data, and provider_client.py, which talks to it.

docs/contributing/add_a_provider.md is the recipe.
"""
from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._core import options
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import Found, Orphan, Said

if TYPE_CHECKING:
    from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool

SECRET, MACHINES = "secret", "machines"
CREDENTIALS = (SECRET, MACHINES)


@dataclass(frozen=True, slots=True)
class Option(options.Option):
    """An option that only this provider has. An inventory has a variable of the same name.

    credential: by which a run acts at the provider; such a one never becomes a customer's. names_credential: it says where one is.
    """

    credential: bool = False
    names_credential: bool = False


@dataclass(frozen=True, slots=True)
class Component:
    """An image that a cluster at this provider runs. image: with {registry} for the provider's own and {kubernetes} for Kubernetes' registry.

    version: with {minor} for that of Kubernetes. versions: minor release -> version, where that differs.
    unrecorded: the same for clusters whose record does not say it, with "" for all other minor releases. Never changed: it says what is there.
    """

    name: str
    image: str
    version: str
    versions: Mapping[str, str] = field(default_factory=dict)
    unrecorded: Mapping[str, str] = field(default_factory=dict)

    def of(self, minor: str) -> str:
        return self.versions.get(minor) or self.version.format(minor=minor)

    def was(self, minor: str) -> str:
        return self.unrecorded.get(minor) or self.unrecorded.get("", "").format(minor=minor) or self.of(minor)


@dataclass(frozen=True, slots=True)
class BalancerAnnotations:
    """Annotations of a Service that name its load balancer by id or name, and the one that says "true" if the balancer is not the cluster's."""

    id: str
    name: str
    disowned: str


@dataclass(frozen=True, slots=True)
class Integration:
    """For clusters with this cloud_provider: what runs in them for it.

    what: a sentence for users. driver: of its volumes, by CSI.
    provider_id: pattern of a Node's spec.providerID. machine_id: how it is made of a machine's {id} and {zone}. sample: one of them.
    secret: name of the Secret by which add-ons prove themselves. keys: each key of it with the option of cloud_credentials that fills it. key_texts: what
    those options are. credentials: ways to prove oneself.
    registry: of its own images, registry_text: of which. templates: add-on -> templates of role control_plane.
    balancer: what annotations of a Service of type LoadBalancer say of the load balancer.
    """

    what: str
    driver: str
    provider_id: re.Pattern[str]
    machine_id: str
    sample: str
    secret: str
    keys: Mapping[str, str]
    key_texts: Mapping[str, str]
    registry: str
    registry_text: str
    url_text: str
    components: tuple[Component, ...]
    templates: Mapping[str, Sequence[str]]
    stage: LaunchStage = LaunchStage.ALPHA
    credentials: tuple[str, ...] = (SECRET,)
    balancer: BalancerAnnotations | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """name: as in inventories, and of the folder. title: as people write it. stage: of its machines.

    url: where its API is usually. check_url: gives the address of another one as it is used, raises InvalidInput. url_aliases: of the option that names one.
    access: how modules reach it. ssh_user: the login user of its usual images. pool_options: those of a node pool that not all providers have.
    environment: option of a node pool -> variables of the environment that are used without it. resources: further options of module cloud_resources.
    nodes_at_public_addresses: a machine reaches the seed from its public address, so that this is the node's unless another is named.
    firewall_of_the_cluster: a pool's firewall stands before all machines of the cluster. library: what talks to it, as pip calls it.
    """

    name: str
    title: str
    url: str
    check_url: Callable[[str], str]
    access: tuple[Option, ...]
    stage: LaunchStage = LaunchStage.ALPHA
    ssh_user: str = "root"
    pool_options: tuple[str, ...] = ()
    environment: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    resources: tuple[Option, ...] = ()
    nodes_at_public_addresses: bool = False
    firewall_of_the_cluster: bool = False
    library: str = ""
    url_aliases: tuple[str, ...] = ()
    integration: Integration | None = None


class Machines(Protocol):
    """Machines of one cluster. All but create may be repeated.

    place: the part of the provider that these machines are in, "" if it shows all of them together. batch: how many machines one request makes. removes: how
    many one request removes. complaint: why it didn't make what it was asked for, if it said so.
    """

    name: str
    place: str
    batch: int
    removes: int
    complaint: str

    def machines(self) -> list[Machine]: ...
    def exists(self, machine_id: str) -> bool: ...
    def create(self, names: Sequence[str], pool: NodePool, request: str) -> None: ...
    def remove(self, machine_ids: Sequence[str]) -> None: ...
    def adopt(self, machine: Machine, pool: NodePool) -> None: ...


class Clock(Protocol):
    def monotonic(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...


class Run(Protocol):
    """The module's parameters for a provider. params: options of the module. uid: of the cluster, asked for at first use."""

    params: dict[str, Any]
    cluster: str
    uid: str
    check_mode: bool
    clock: Clock

    def progress(self, text: str) -> None: ...

    def must_hold_lock(self) -> None:
        """Raises if the lock of the cluster was lost."""


class PoolRun(Run, Protocol):
    """ends: the pool goes, and all that is its own."""

    pool: NodePool
    ends: bool

    def is_bound(self) -> bool:
        """The record says that the pool is at this provider, so an earlier run may have made something."""

    def noted_place(self) -> str:
        """The part of the provider that the record names, "" if it names none."""


class PoolAtProvider(ABC):
    """A node pool at this provider: its machines, and what they need beside them."""

    def __init__(self, run: PoolRun) -> None:
        self.run = run

    @property
    @abstractmethod
    def machines(self) -> Machines:
        """Where the machines are."""

    @abstractmethod
    def check_options(self) -> None:
        """Raises InvalidInput for options that can't be used. Sends no request."""

    @abstractmethod
    def price(self) -> str:
        """Of one machine, "" if it isn't known. Raises InvalidInput if the provider doesn't offer such machines. Asked before machines are made."""

    def missing(self, *, creates: bool) -> tuple[Step, ...]:
        """What machines need beside themselves and is not as wanted. Asked after the price. creates: machines are to be made."""
        return ()

    def make_missing(self, *, creates: bool) -> None:
        """Makes it, under the lock. Called if there was something to make, or machines need it."""

    def removable(self) -> tuple[Step, ...]:
        """What there is of the pool beside its machines, when it ends."""
        return ()

    def remove_removable(self) -> None:
        """Removes it, after the last machine went."""

    def left(self) -> list[str]:
        """What the provider still shows of the pool beside machines."""
        return []

    def host_keys(self, machine: Machine) -> list[str]:
        """SSH host keys of a machine, as far as the provider itself tells them."""
        return []


class ResourcesRun(Run, Protocol):
    def noted_places(self) -> frozenset[str]:
        """Parts of providers in which the cluster had something, as its record says."""


class ResourcesAtProvider(ABC):
    """What a cluster has at this provider, also what its own add-ons made. Every method may be called again."""

    def __init__(self, run: ResourcesRun) -> None:
        self.run = run

    @abstractmethod
    def check_options(self) -> None:
        """Raises InvalidInput for options that can't be used. Sends no request."""

    def places(self) -> tuple[str, ...]:
        """Parts of the provider, such as regions, if it has some. Raises InvalidInput."""
        return ()

    @abstractmethod
    def find(self, said: Said) -> Found:
        """ours, by the cluster's tag alone, in the order in which they can go. said: what may keep something."""

    @abstractmethod
    def exists(self, one: Orphan) -> bool:
        """Asks for this very thing, which is more up to date than a list."""

    @abstractmethod
    def remove(self, one: Orphan) -> None:
        """One that is gone already is as good. Raises ApiError, Refused or InvalidInput if it can't go (yet)."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What provider_client.py of a folder has as PROVIDER."""

    node_pool: type[PoolAtProvider]
    resources: type[ResourcesAtProvider]
