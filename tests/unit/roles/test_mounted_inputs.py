# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pods are replaced when something changes that they mount: most programs read it once, when they start.

In each template, each line of each ConfigMap is changed in turn, and each value that the role hands to it; Secrets are changed by the hashes that modules tell.
"""
from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import INTEGRATIONS
from unit.roles import rendered as control_plane
from unit.roles import test_seed_templates as seed

# the one in C, which is several times as fast, where it is there
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# those that run pods
SEED_TEMPLATES = sorted(path.name for path in seed.TEMPLATES.glob("*.j2") if "containers:" in path.read_text())
# ConfigMap or Secret -> why pods stay when it changes
MAY_CHANGE = {
    "etcd-members": "read by a new member only; the pods of a cluster that changes its size stay",
    "etcd-server": "etcd reads it again for every connection",
    "etcd-peer": "etcd reads it again for every connection",
    "coredns-custom": "the customer's own; CoreDNS looks at it every 30 seconds",
}
# an object that others make -> the hash that changes with it
HASH_OF = {"kube-root-ca.crt": "ca-bundle"}
CREDENTIALS = {provider.secret for provider in INTEGRATIONS.values()}
WITH_CONFIG = [name for name in control_plane.TEMPLATES if "kind: ConfigMap" in control_plane.source(name)]


def mounted(template: dict[str, Any]) -> set[tuple[str, str]]:
    """Kind and name of what the pods of a pod template read."""
    found: set[tuple[str, str]] = set()
    pod = template["spec"]
    for volume in pod.get("volumes", []):
        for source in [volume, *volume.get("projected", {}).get("sources", [])]:
            if "configMap" in source:
                found.add(("ConfigMap", source["configMap"]["name"]))
            if "secret" in source:
                found.add(("Secret", source["secret"].get("secretName") or source["secret"]["name"]))
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        for item in container.get("env", []):
            for kind in ("ConfigMap", "Secret"):
                reference = item.get("valueFrom", {}).get(f"{kind[0].lower()}{kind[1:]}KeyRef")
                if reference:
                    found.add((kind, reference["name"]))
        assert "envFrom" not in container, "look at it here, too"
    return found


class Rendered:
    """The workloads of a template, and the data of its ConfigMaps."""

    def __init__(self, text: str) -> None:
        documents = [document for document in yaml.load_all(text, Loader=LOADER) if document]
        self.data = {item["metadata"]["name"]: item["data"] for item in documents if item["kind"] == "ConfigMap"}
        self.pods = {item["metadata"]["name"]: item["spec"]["template"] for item in documents
                     if item["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "CronJob")}


def overlooked(before: Rendered, after: Rendered) -> list[str]:
    """Workloads whose pods would go on with an old ConfigMap."""
    changed = {name for name in before.data if before.data[name] != after.data.get(name)}
    return sorted(f"{name} mounts {config}" for name, pod in before.pods.items() for kind, config in mounted(pod)
                  if kind == "ConfigMap" and config in changed - MAY_CHANGE.keys() and pod == after.pods[name])


def each_line_changed(source: str, data: dict[str, dict[str, str]]) -> Iterator[str]:
    """The source of a template, with another line changed each time that goes into a ConfigMap as it stands."""
    for values in data.values():
        for line in {line for text in values.values() for line in text.splitlines() if line.strip()}:
            for whole in {whole for whole in source.splitlines() if whole.strip() == line.strip()}:
                if source.count(whole + "\n") == 1:
                    yield source.replace(whole + "\n", whole + " changed\n")


def each_value_changed(values: Any) -> Iterator[Any]:
    """Values of the role, with another leaf changed each time."""
    if isinstance(values, dict):
        for key in values:
            for changed in each_value_changed(values[key]):
                yield {**values, key: changed}
        if not values:
            yield {"mode": "changed"}
    elif isinstance(values, list):
        yield [*values, "changed"]
    elif isinstance(values, bool):
        yield not values
    elif isinstance(values, int):
        yield values + 1
    elif isinstance(values, str):
        yield values + "9"


def rendered_source(template: str, source: str, tmp_path: Path) -> str:
    file = tmp_path / Path(template).name
    file.write_text(source)
    return control_plane.rendered(str(file), control_plane.VARIANTS["default"])


@pytest.mark.parametrize("template", WITH_CONFIG)
def test_a_changed_line_of_a_config_map_replaces_the_pods(template: str, tmp_path: Path):
    source = control_plane.source(template)
    before = Rendered(control_plane.render(template, "default"))
    for changed in each_line_changed(source, before.data):
        try:
            after = Rendered(rendered_source(template, changed, tmp_path))
        except yaml.YAMLError:
            continue
        assert overlooked(before, after) == []


@pytest.mark.parametrize("template", WITH_CONFIG)
def test_a_changed_value_that_a_config_map_holds_replaces_the_pods(template: str):
    before = Rendered(control_plane.render(template, "default"))
    for values in each_value_changed(control_plane.VARIANTS["default"]):
        after = Rendered(control_plane.rendered(template, values))
        assert overlooked(before, after) == []


@pytest.mark.parametrize("variant", ["default", "digitalocean", "aws"])
@pytest.mark.parametrize("template", control_plane.TEMPLATES)
def test_what_somebody_else_makes_replaces_the_pods_by_a_hash(template: str, variant: str):
    before = Rendered(control_plane.render(template, variant))
    for workload, pod in before.pods.items():
        for dummy, name in mounted(pod):
            if name in before.data or name in MAY_CHANGE:
                continue
            values = copy.deepcopy(control_plane.VARIANTS[variant])
            if name in CREDENTIALS:
                values["cloud"]["hash"] = "changed"
            else:
                values["pki"]["hashes"][HASH_OF.get(name, name)] = "changed"
            assert Rendered(control_plane.rendered(template, values)).pods[workload] != pod, f"{workload} would go on with the old {name}"


@pytest.mark.parametrize("template", SEED_TEMPLATES)
def test_a_changed_line_of_a_config_map_replaces_the_pods_of_the_seed(template: str):
    source = (seed.TEMPLATES / template).read_text()
    before = Rendered(seed.rendered(source))
    changes = list(each_line_changed(source, before.data))
    assert changes or not before.data
    for changed in changes:
        try:
            after = Rendered(seed.rendered(changed))
        except yaml.YAMLError:
            continue
        assert overlooked(before, after) == []


@pytest.mark.parametrize("template", SEED_TEMPLATES)
def test_a_changed_value_that_a_config_map_holds_replaces_the_pods_of_the_seed(template: str):
    source = (seed.TEMPLATES / template).read_text()
    before = Rendered(seed.rendered(source))
    for machine in each_value_changed(seed.MACHINE):
        assert overlooked(before, Rendered(seed.rendered(source, machine))) == []


def test_every_reason_is_still_needed():
    pods = [pod for template in control_plane.TEMPLATES for pod in Rendered(control_plane.render(template, "default")).pods.values()]
    assert {name for pod in pods for dummy, name in mounted(pod)} >= MAY_CHANGE.keys()
