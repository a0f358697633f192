# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which providers there are: those whose folder is here. A caller gets the description of one; the code that talks to it is in providers_client.py."""
from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Options, from_variables
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import Component, Description, Integration, Option
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.shipped import DESCRIPTIONS

# of modules whose options differ by provider
ACCESS, RESOURCES, SPEC, CREDENTIALS = "access", "resources", "spec", "credentials"
# those that a cluster can be tied to by cloud_provider
INTEGRATIONS: Mapping[str, Integration] = {name: one.integration for name, one in DESCRIPTIONS.items() if one.integration}


def components() -> tuple[Component, ...]:
    """Of all providers."""
    return tuple(component for one in INTEGRATIONS.values() for component in one.components)


def versions(minor: str) -> dict[str, str]:
    """Component -> version beside a minor release of Kubernetes, of all providers."""
    return {one.name: one.of(minor) for one in components()}


def unrecorded_versions(minor: str) -> dict[str, str]:
    """The same of a cluster that was made before records held them."""
    return {one.name: one.was(minor) for one in components()}


def pool_options() -> dict[str, tuple[str, ...]]:
    """Option that not all providers have -> those that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for name, one in DESCRIPTIONS.items():
        for option in one.pool_options:
            found[option] = (*found.get(option, ()), name)
    return found


def options(kind: str, provider: str = "") -> Options:
    """Those of a module that providers bring along, or one of them. kind: ACCESS, RESOURCES, SPEC or CREDENTIALS."""
    return from_variables(*(option for name, one in DESCRIPTIONS.items() if provider in ("", name) for option in _OF[kind](one)))


def variables() -> set[str]:
    """Names of all options that providers bring along, which are variables of the same names."""
    return {name for kind in _OF for option in options(kind) for name in (option.name, *option.aliases)}


def _access(one: Description) -> tuple[Option, ...]:
    return (*one.access, Option(f"{one.name}_url", (f"Address of {one.title}'s API, if it is not the usual one.",), default=one.url, aliases=one.url_aliases))


def _resources(one: Description) -> tuple[Option, ...]:
    return (*_access(one), *one.resources)


def _spec(one: Description) -> tuple[Option, ...]:
    integration = one.integration
    return (Option(f"{one.name}_registry", (integration.registry_text,), default=integration.registry),
            Option(f"{one.name}_url", (integration.url_text,), default=one.url)) if integration else ()


def _credentials(one: Description) -> tuple[Option, ...]:
    """Those of the customer, and those of the run, which are only compared. No variable of the environment becomes a customer's."""
    integration = one.integration
    given = tuple(Option(option, (integration.key_texts[option],), secret=True) for option in integration.keys.values()) if integration else ()
    return (*given, *(_compared(option) for option in one.access if option.credential or option.names_credential)) if integration else ()


def _compared(option: Option) -> Option:
    beside = f", beside {' and '.join(f'E({name})' for name in option.environment)}" if option.environment else ""
    return Option(option.name, (f"Credential of the run itself{beside}. It is only compared, and never stored.",), secret=option.secret)


_OF = {ACCESS: _access, RESOURCES: _resources, SPEC: _spec, CREDENTIALS: _credentials}
