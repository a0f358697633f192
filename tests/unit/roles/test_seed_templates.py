# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The templates of the role seed are the manifests that they look like."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import files as seed_files

TEMPLATES = Path(__file__).resolve().parents[3] / "roles" / "seed" / "templates"
REGISTRIES = {"flannel_registry": "mirror.example.org/flannel", "local_path_registry": "mirror.example.org/rancher/", "busybox_registry": "mirror.example.org"}
MACHINE = {"address": "198.51.100.10", "seed_pod_cidr": "10.32.0.0/16", "images": seed_files.images(catalogue.lookup("1.36.3"), REGISTRIES)}


def rendered(source: str, machine: dict[str, Any] | None = None) -> str:
    return str.__str__(Templar(loader=DataLoader(), variables={"seed_machine": machine or MACHINE}).template(trust_as_template(source)))


def render(name: str) -> list[dict[str, Any]]:
    text = (TEMPLATES / f"{name}.yaml.j2").read_text()
    return [document for document in yaml.safe_load_all(rendered(text)) if document]


def containers(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    pods = [document["spec"]["template"]["spec"] for document in documents if document["kind"] in ("DaemonSet", "Deployment")]
    return [container for pod in pods for container in [*pod.get("initContainers", []), *pod["containers"]]]


@pytest.mark.parametrize("name", ["flannel", "local-path-provisioner"])
def test_every_image_comes_from_the_given_registries(name):
    images = {container["image"] for container in containers(render(name))}
    assert images
    assert images <= set(MACHINE["images"].values())
    assert all(image.startswith("mirror.example.org/") and "//" not in image for image in images)


@pytest.mark.parametrize("name", ["flannel", "local-path-provisioner"])
def test_every_volume_that_is_mounted_exists(name):
    for document in render(name):
        if document["kind"] not in ("DaemonSet", "Deployment"):
            continue
        pod = document["spec"]["template"]["spec"]
        mounts = {mount["name"] for container in [*pod.get("initContainers", []), *pod["containers"]] for mount in container["volumeMounts"]}
        assert mounts == {volume["name"] for volume in pod["volumes"]}


def test_flannel_uses_the_pods_network_and_reaches_the_api_without_a_service():
    documents = render("flannel")
    config = next(document for document in documents if document["kind"] == "ConfigMap")["data"]
    assert json.loads(config["net-conf.json"])["Network"] == "10.32.0.0/16"
    assert [plugin["type"] for plugin in json.loads(config["cni-conf.json"])["plugins"]] == ["flannel", "portmap"]
    environment = {item["name"]: item.get("value") for container in containers(documents) for item in container.get("env", [])}
    assert environment["KUBERNETES_SERVICE_HOST"] == "198.51.100.10"


def test_the_storage_class_is_the_default_and_waits_for_the_pod():
    (storage,) = [document for document in render("local-path-provisioner") if document["kind"] == "StorageClass"]
    assert storage["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}
    assert (storage["volumeBindingMode"], storage["reclaimPolicy"]) == ("WaitForFirstConsumer", "Delete")


def test_helper_pods_of_the_provisioner():
    documents = render("local-path-provisioner")
    config = next(document for document in documents if document["kind"] == "ConfigMap")["data"]
    assert yaml.safe_load(config["helperPod.yaml"])["spec"]["containers"][0]["image"] == MACHINE["images"]["busybox"]
    accounts = {document["metadata"]["name"] for document in documents if document["kind"] == "ServiceAccount"}
    environment = {item["name"]: item.get("value") for container in containers(documents) for item in container["env"]}
    assert environment["SERVICE_ACCOUNT_NAME"] in accounts


def test_the_seed_offers_clusters_a_priority_and_shows_it_to_everybody_who_has_access():
    offer, role, binding = render("seed-offer")
    assert offer["data"] == {"control_plane_priority_class": "system-cluster-critical"}
    assert {document["metadata"]["namespace"] for document in (offer, role, binding)} == {"kube-public"}
    assert role["rules"] == [{"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [offer["metadata"]["name"]], "verbs": ["get"]}]
    assert [subject["name"] for subject in binding["subjects"]] == ["system:authenticated"]


def test_what_makes_volumes_gives_way_to_no_control_plane():
    (pod,) = [document["spec"]["template"]["spec"] for document in render("local-path-provisioner") if document["kind"] == "Deployment"]
    assert pod["priorityClassName"] == "system-cluster-critical"
