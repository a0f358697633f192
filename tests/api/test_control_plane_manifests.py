# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a real API server says to the objects of the role control_plane, with pod security as a seed enforces it."""
from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifests_resource import ManifestsResource
from api.bare_api import BareApi
from api.resources import Caller
from unit.roles.rendered import CLOUD, TEMPLATES, VARIANTS, render

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
PAIRS = [(variant, template) for variant in VARIANTS for template in TEMPLATES]


def objects(variant: str, template: str) -> list[dict[str, Any]]:
    return [item for item in yaml.safe_load_all(render(template, variant)) if item]


@pytest.fixture(scope="module")
def restricted(bare_api: BareApi) -> str:
    """A namespace like those of clusters."""
    name = "cluster-judged"
    bare_api.api("system:setup").create({"apiVersion": "v1", "kind": "Namespace", "metadata": {
        "name": name, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}})
    return name


def strictly(bare_api: BareApi, manifest: dict[str, Any]) -> dict[str, Any]:
    """Creates it as a dry run; fields that the server doesn't know are errors."""
    api = bare_api.api("system:judge")
    resource = api.resource(manifest["apiVersion"], manifest["kind"])
    prefix = "/api/v1" if manifest["apiVersion"] == "v1" else f"/apis/{manifest['apiVersion']}"
    place = f"/namespaces/{manifest['metadata']['namespace']}" if resource.namespaced else ""
    return api.request("POST", f"{prefix}{place}/{resource.plural}", query={"dryRun": "All", "fieldValidation": "Strict"}, body=manifest)


@pytest.mark.parametrize(("variant", "template"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_the_server_takes_every_object(bare_api: BareApi, restricted: str, variant: str, template: str):
    for item in objects(variant, template):
        if template.startswith("seed/"):
            item["metadata"]["namespace"] = restricted
        assert strictly(bare_api, item)["metadata"]["name"] == item["metadata"]["name"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_pod_of_the_seed_passes_the_restricted_standard(bare_api: BareApi, restricted: str, variant: str):
    seen = 0
    for template in TEMPLATES:
        for item in objects(variant, template) if template.startswith("seed/") else ():
            if item["kind"] in WORKLOADS:
                body = item["spec"]["template"]
                claims = [{"name": claim["metadata"]["name"], "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}
                          for claim in item["spec"].get("volumeClaimTemplates", [])]
                spec = {**body["spec"], "volumes": [*body["spec"]["volumes"], *claims]}
                # a class of priority is the seed's to have
                spec.pop("priorityClassName", None)
                strictly(bare_api, {"apiVersion": "v1", "kind": "Pod", "spec": spec,
                                    "metadata": {**body["metadata"], "name": f"{item['metadata']['name']}-judged", "namespace": restricted}})
                seen += 1
    assert seen == 4


def test_the_restricted_standard_is_enforced_here(bare_api: BareApi, restricted: str):
    """Else the test above would prove nothing."""
    with pytest.raises(Exception, match="violates PodSecurity"):
        strictly(bare_api, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "root", "namespace": restricted},
                            "spec": {"containers": [{"name": "main", "image": "busybox"}]}})


@pytest.mark.parametrize("provider", ["digitalocean", "aws"])
def test_what_a_cloud_brings_along_is_applied_once_and_pruned_without_a_trace(bare_api: BareApi, provider: str):
    texts = [render(template, provider) for templates in CLOUD[provider].values() for template in templates]
    caller = Caller(bare_api.kubeconfig(), None)
    made = caller.call(ManifestsResource, set=f"cloud-{provider}", manifests=texts)
    with bare_api.watched() as seen:
        assert not caller.call(ManifestsResource, set=f"cloud-{provider}", manifests=texts)["changed"]
    assert seen.writes == []
    gone = caller.call(ManifestsResource, set=f"cloud-{provider}", manifests=[])
    assert len(gone["steps"]) == len(made["steps"]) > 15
