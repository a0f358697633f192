# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clouds that a cluster can be tied to: how they call a machine, what runs in the cluster for them, and in which version."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.kubermatic.caas.plugins.module_utils._model.machine import OWN_TAGS

NO_PROVIDER = "none"
SECRET, MACHINES = "secret", "machines"
CREDENTIALS = (SECRET, MACHINES)
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

# AWS releases its cloud controller manager with each minor release of Kubernetes; DigitalOcean's is one for all that it offers
_AWS_CLOUD_CONTROLLER_MANAGER = {"1.33": "v1.33.4", "1.34": "v1.34.4", "1.35": "v1.35.3", "1.36": "v1.36.2", "1.37": "v1.37.1"}
_DIGITALOCEAN_CLOUD_CONTROLLER_MANAGER, _DO_CSI_PLUGIN, _AWS_EBS_CSI_DRIVER = "v0.1.71", "v4.16.0", "v1.59.0"
_CSI = {"csi_provisioner": "v6.1.0", "csi_attacher": "v4.10.0", "csi_resizer": "v2.0.0", "csi_node_driver_registrar": "v2.15.0"}
# newer ones ask for VolumeAttributesClasses of version v1, which came with 1.34
_CSI_BEFORE_1_34 = {"csi_provisioner": "v5.0.2", "csi_attacher": "v4.6.1", "csi_resizer": "v1.11.2", "csi_node_driver_registrar": "v2.11.1"}


def cloud_images(minor_release: str, kubernetes_registry: str, registries: Mapping[str, str]) -> dict[str, str]:
    """Component -> image, of all clouds. minor_release: of Kubernetes, "1.36". registries: name of a provider -> where its own images are."""
    sidecars = _CSI_BEFORE_1_34 if minor_release == "1.33" else _CSI
    return {
        "digitalocean_cloud_controller_manager":
            f"{registries['digitalocean']}/digitalocean-cloud-controller-manager:{_DIGITALOCEAN_CLOUD_CONTROLLER_MANAGER}",
        "do_csi_plugin": f"{registries['digitalocean']}/do-csi-plugin:{_DO_CSI_PLUGIN}",
        "aws_cloud_controller_manager": f"{kubernetes_registry}/provider-aws/cloud-controller-manager:{_AWS_CLOUD_CONTROLLER_MANAGER[minor_release]}",
        "aws_ebs_csi_driver": f"{registries['aws']}/aws-ebs-csi-driver:{_AWS_EBS_CSI_DRIVER}",
        **{name: f"{kubernetes_registry}/sig-storage/{name.replace('_', '-')}:{version}" for name, version in sidecars.items()},
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
