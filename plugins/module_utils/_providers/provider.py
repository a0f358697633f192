# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Providers that a cluster can be tied to: how they call a machine, and the images of what runs in the cluster for them."""
from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import OWN_TAGS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import INTEGRATIONS

NO_PROVIDER = "none"
# of every driver for volumes
SIDECARS = ("csi_provisioner", "csi_attacher", "csi_resizer", "csi_node_driver_registrar")
# where add-ons are, and look for their Secret
NAMESPACE = "kube-system"


def cloud_images(versions: Mapping[str, str], kubernetes_registry: str, registries: Mapping[str, str]) -> dict[str, str]:
    """Component -> image, of all clouds. versions: of a row of the catalogue. registries: name of a provider -> where its own images are."""
    own = {component.name: f"{component.image.format(registry=registries[name], kubernetes=kubernetes_registry)}:{versions[component.name]}"
           for name, integration in INTEGRATIONS.items() for component in integration.components}
    return {**own, **{name: f"{kubernetes_registry}/sig-storage/{name.replace('_', '-')}:{versions[name]}" for name in SIDECARS}}


def provider_of(provider_id: str) -> str:
    """The one that calls a machine so, "" if none does."""
    return next((name for name, one in INTEGRATIONS.items() if one.provider_id.fullmatch(provider_id)), "")


def provider_id(provider: str, machine_id: str, zone: str = "") -> str:
    """What the provider calls a machine of that id, "" if it has no name for it."""
    integration = INTEGRATIONS.get(provider)
    text = integration.machine_id.format(id=machine_id, zone=zone) if integration else ""
    return text if text and provider_of(text) == provider else ""


def cluster_tag(uid: str) -> str:
    """What all things carry that were made for a cluster, at clouds whose tags are words. uid: of the cluster, as in its record."""
    return f"{OWN_TAGS}:{uid}"
