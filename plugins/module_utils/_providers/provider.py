# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clouds that a cluster can be tied to: how they call a machine, what runs in the cluster for them, and in which version."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import OWN_TAGS

NO_PROVIDER = "none"
SECRET, MACHINES = "secret", "machines"
CREDENTIALS = (SECRET, MACHINES)
# of every driver for volumes
SIDECARS = ("csi_provisioner", "csi_attacher", "csi_resizer", "csi_node_driver_registrar")
# where add-ons are, and look for their Secret
NAMESPACE = "kube-system"


@dataclass(frozen=True, slots=True)
class CloudProvider:
    """name: as in inventories; title: as people write it.

    driver: of its volumes, by CSI. provider_id: pattern of a Node's spec.providerID, sample: one of them. secret: name of the Secret
    and its keys, each with the option of cloud_credentials that fills it. credentials: ways to prove oneself. registry: of its own images.
    """

    name: str
    title: str
    driver: str
    provider_id: re.Pattern[str]
    sample: str
    secret: str
    keys: Mapping[str, str]
    credentials: tuple[str, ...]
    registry: str


PROVIDERS = {one.name: one for one in (
    # names of Secrets and keys are those that other tools for these clouds look for, too
    CloudProvider("digitalocean", "DigitalOcean", "dobs.csi.digitalocean.com", re.compile(r"digitalocean://[1-9][0-9]{0,15}", re.ASCII),
                  "digitalocean://3164444", "digitalocean", {"access-token": "cluster_digitalocean_token"}, (SECRET,), "docker.io/digitalocean"),
    CloudProvider("aws", "AWS", "ebs.csi.aws.com", re.compile(r"aws:///[a-z]{2}(-[a-z]+)+-[0-9][a-z]/i-[0-9a-f]{8,17}", re.ASCII),
                  "aws:///eu-central-1a/i-0123456789abcdef0", "aws-secret",
                  {"key_id": "cluster_aws_access_key", "access_key": "cluster_aws_secret_key"}, CREDENTIALS, "public.ecr.aws/ebs-csi-driver"))}


def cloud_images(versions: Mapping[str, str], kubernetes_registry: str, registries: Mapping[str, str]) -> dict[str, str]:
    """Component -> image, of all clouds. versions: of a row of the catalogue. registries: name of a provider -> where its own images are."""
    def image(place: str, component: str) -> str:
        return f"{place}:{versions[component]}"

    return {
        "digitalocean_cloud_controller_manager":
            image(f"{registries['digitalocean']}/digitalocean-cloud-controller-manager", "digitalocean_cloud_controller_manager"),
        "do_csi_plugin": image(f"{registries['digitalocean']}/do-csi-plugin", "do_csi_plugin"),
        "aws_cloud_controller_manager": image(f"{kubernetes_registry}/provider-aws/cloud-controller-manager", "aws_cloud_controller_manager"),
        "aws_ebs_csi_driver": image(f"{registries['aws']}/aws-ebs-csi-driver", "aws_ebs_csi_driver"),
        **{name: image(f"{kubernetes_registry}/sig-storage/{name.replace('_', '-')}", name) for name in SIDECARS},
    }


def provider_of(provider_id: str) -> CloudProvider | None:
    """The one that calls a machine so."""
    return next((one for one in PROVIDERS.values() if one.provider_id.fullmatch(provider_id)), None)


def provider_id(provider: str, machine_id: str, zone: str = "") -> str:
    """What the cloud calls a machine of that id, "" if it has no name for it. zone: only AWS's names have it."""
    text = f"{provider}:///{zone}/{machine_id}" if provider == "aws" else f"{provider}://{machine_id}"
    found = provider_of(text)
    return text if found and found.name == provider else ""


def cluster_tag(uid: str) -> str:
    """What all things carry that were made for a cluster, at clouds whose tags are words. uid: of the cluster, as in its record."""
    return f"{OWN_TAGS}:{uid}"
