# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module manifests against a real Kubernetes API, whose audit log tells what was sent."""
from __future__ import annotations

import copy
import time

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, InvalidInput, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifests_resource import ManifestsResource
from api.manifest_set import SERVER, SET, SETTINGS, TOKEN, ManifestSet, changed
from api.resources import Caller


def test_creates_a_set_and_then_leaves_it_alone(manifest_set: ManifestSet):
    first = manifest_set.run(SET)
    assert first.changed and first.steps == [
        f"Create {kind} {manifest_set.namespace}/{name}" for kind, name in (
            ("NetworkPolicy", "all"), ("ConfigMap", "settings"), ("Secret", "token"), ("Service", "web"), ("Deployment", "web"))]
    assert first.said[-5:] == first.steps
    assert len(manifest_set.object_writes()) == 5
    labels = manifest_set.holds("Service", "web")["metadata"]["labels"]
    assert labels == {"app.kubernetes.io/managed-by": "kubermatic.caas", "kubermatic.caas/set": "shop",
                      "kubermatic.caas/cluster": manifest_set.cluster}
    second = manifest_set.run(SET)
    assert not second.changed and second.steps == [] and second.result["diff"] == []
    assert manifest_set.seen.writes == [] and manifest_set.seen.dry_runs == []
    assert {line.split()[0] for line in manifest_set.seen.requests} == {"list"}


@pytest.mark.parametrize("before", [[], SET], ids=["empty", "full"])
@pytest.mark.parametrize("then", [SET, [changed(SETTINGS, colour="blue"), *SET[1:]], SET[1:], []], ids=["same", "modify", "delete", "all"])
def test_check_mode_shows_what_a_real_run_does_and_writes_nothing(manifest_set: ManifestSet, before: list, then: list):
    if before:
        manifest_set.run(before)
    looked = manifest_set.run(then, check_mode=True)
    assert manifest_set.seen.writes == []
    again = manifest_set.run(then, check_mode=True)
    assert again.steps == looked.steps and manifest_set.seen.writes == []
    assert [line.removeprefix("would: ") for line in looked.said] == looked.steps
    done = manifest_set.run(then)
    assert (done.steps, done.changed, done.result["diff"]) == (looked.steps, looked.changed, looked.result["diff"])
    assert not manifest_set.run(then).changed and manifest_set.seen.writes == []


def test_a_field_that_is_no_longer_in_the_manifest_goes(manifest_set: ManifestSet):
    manifest_set.run([SETTINGS])
    done = manifest_set.run([changed(SETTINGS, colour="red")])
    assert done.steps == [f"Update ConfigMap {manifest_set.namespace}/settings"]
    assert manifest_set.holds("ConfigMap", "settings")["data"] == {"colour": "red"}
    assert "-  size: big" not in done.result["diff"][0]["after"] and "size: big" in done.result["diff"][0]["before"]


@pytest.mark.parametrize("patch", [
    {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:evil"}]}}}},
    {"spec": {"template": {"spec": {"containers": [{"name": "web", "resources": {"requests": {"cpu": "2"}}}]}}}},
    {"spec": {"template": {"spec": {"containers": [{"name": "web", "args": ["--debug"]}]}}}},
    {"metadata": {"labels": {"kubermatic.caas/set": None}}},
    {"metadata": {"annotations": {"kubermatic.caas/applied": None}}}],
    ids=["image", "resources", "emptied list", "label", "annotation"])
def test_changes_by_hand_are_taken_back(manifest_set: ManifestSet, patch: dict):
    manifest_set.run(SET)
    path = f"/apis/apps/v1/namespaces/{manifest_set.namespace}/deployments/web"
    manifest_set.api.request("PATCH", path, {"fieldManager": "kubectl-edit"}, patch, "application/strategic-merge-patch+json")
    done = manifest_set.run(SET)
    assert done.steps == [f"Update Deployment {manifest_set.namespace}/web"]
    live = manifest_set.holds("Deployment", "web", "apps/v1")
    container = live["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "web:1" and container["resources"]["requests"]["cpu"] == "1" and not container.get("args")
    assert live["metadata"]["labels"]["kubermatic.caas/set"] == "shop"
    assert not manifest_set.run(SET).changed and manifest_set.seen.writes == []


def test_what_others_add_stays_and_costs_no_write(manifest_set: ManifestSet):
    manifest_set.run(SET)
    manifest_set.api.request("PATCH", f"/api/v1/namespaces/{manifest_set.namespace}/services/web", {"fieldManager": "customer"},
                             {"metadata": {"labels": {"team": "a"}}, "spec": {"ports": [{"name": "http", "port": 80}]}},
                             "application/strategic-merge-patch+json")
    assert not manifest_set.run(SET).changed and manifest_set.seen.writes == []
    assert [port["port"] for port in manifest_set.holds("Service", "web")["spec"]["ports"]] == [80, 443]


def test_what_is_deleted_by_hand_comes_back(manifest_set: ManifestSet):
    manifest_set.run(SET)
    manifest_set.api.delete("v1", "Service", "web", manifest_set.namespace)
    assert manifest_set.run(SET).steps == [f"Create Service {manifest_set.namespace}/web"]


def test_prune_takes_only_what_the_set_made(manifest_set: ManifestSet):
    manifest_set.run(SET)
    other = {**SETTINGS, "metadata": {"name": "other"}}
    manifest_set.run([other], set="other")
    for name, extra in (("copy", {}), ("owned", {"ownerReferences": [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "settings", "uid": manifest_set.holds("ConfigMap", "settings")["metadata"]["uid"]}]})):
        labels = manifest_set.holds("ConfigMap", "settings")["metadata"]["labels"]
        annotations = {"kubermatic.caas/applied": "0"} if extra else {}
        manifest_set.api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {
            "name": name, "namespace": manifest_set.namespace, "labels": labels, "annotations": annotations, **extra}})
    done = manifest_set.run([SERVER])
    assert sorted(done.steps) == [f"Delete {key}" for key in (
        f"ConfigMap {manifest_set.namespace}/settings", f"NetworkPolicy {manifest_set.namespace}/all", f"Secret {manifest_set.namespace}/token",
        f"Service {manifest_set.namespace}/web")]
    left = {item["metadata"]["name"] for item in manifest_set.api.list("v1", "ConfigMap", manifest_set.namespace)}
    assert left == {"other", "copy", "owned"}
    assert not manifest_set.run([SERVER], prune=False).changed


def test_prune_can_be_switched_off(manifest_set: ManifestSet):
    manifest_set.run(SET)
    assert not manifest_set.run([SERVER], prune=False).changed
    assert manifest_set.holds("Service", "web")


def test_what_is_to_be_left_is_neither_changed_nor_waited_for_nor_deleted(manifest_set: ManifestSet):
    manifest_set.run(SET)
    left = manifest_set.run([changed(SETTINGS, colour="blue"), *SET[1:]], leave=["ConfigMap/settings"])
    assert (left.steps, manifest_set.seen.writes, manifest_set.seen.dry_runs) == ([], [], [])
    assert left.said == [f"ConfigMap {manifest_set.namespace}/settings stays as it is for now, though it differs from what is wanted"]
    assert manifest_set.holds("ConfigMap", "settings")["data"] == SETTINGS["data"]
    assert {"kind": "ConfigMap", "name": "settings", "namespace": manifest_set.namespace} in left.result["objects"]
    awaited = {**SERVER, "metadata": {"name": "web"}}
    assert manifest_set.run([*SET[:3], awaited, SET[4]], leave=["Deployment/web"], wait_timeout=1).steps == []


def test_what_is_to_be_left_and_is_not_there_is_made(manifest_set: ManifestSet):
    assert manifest_set.run([SETTINGS], leave=["ConfigMap/settings"]).steps == [f"Create ConfigMap {manifest_set.namespace}/settings"]


def test_secrets_are_in_no_output(manifest_set: ManifestSet):
    outputs = [manifest_set.run([TOKEN], check_mode=True), manifest_set.run([TOKEN])]
    new = {**TOKEN, "stringData": {"token": "another-unlikely-secret"}}
    outputs += [manifest_set.run([new], check_mode=True), manifest_set.run([new]), manifest_set.run([])]
    for ran in outputs:
        text = repr(ran)
        assert ran.changed and "secret, sha256" in text and "unlikely" not in text
        assert "YS1sb25nLWFuZC11bmxpa2VseS1zZWNyZXQ" not in text and "YW5vdGhlci11bmxpa2VseS1zZWNyZXQ" not in text
    diff = outputs[3].result["diff"][0]
    assert diff["before"] != diff["after"]


def test_a_role_in_the_namespace_is_enough(manifest_set: ManifestSet):
    verbs = ["get", "list", "create", "patch", "delete", "update"]
    groups = ["", "apps", "networking.k8s.io", "coordination.k8s.io"]
    plurals = ["configmaps", "secrets", "services", "deployments", "networkpolicies", "leases"]
    manifest_set.api.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "caas", "namespace": manifest_set.namespace},
                             "rules": [{"apiGroups": groups, "resources": plurals, "verbs": verbs}]})
    manifest_set.api.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                             "metadata": {"name": "caas", "namespace": manifest_set.namespace},
                             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "caas"},
                             "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": f"operator-{manifest_set.cluster}"}]})
    manifest_set.kubeconfig = manifest_set.bare.kubeconfig(f"operator-{manifest_set.cluster}", ())
    deadline = time.monotonic() + 10
    while not (may := manifest_set.bare.api(f"operator-{manifest_set.cluster}", ()).allowed("list", "", "secrets", manifest_set.namespace)):
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    assert may
    assert len(manifest_set.run(SET).steps) == 5
    assert not manifest_set.run(SET).changed and manifest_set.seen.writes == []
    assert len(manifest_set.run([]).steps) == 5
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "job"}, "spec": {}}
    with pytest.raises(Refused, match="jobs"):
        manifest_set.run([job])
    assert manifest_set.seen.writes == []


def test_the_server_checks_everything_before_the_first_write(manifest_set: ManifestSet):
    broken = copy.deepcopy(SERVER)
    broken["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
    with pytest.raises(ApiError, match=r"deployments .*/web.*selector"):
        manifest_set.run([SETTINGS, broken])
    assert manifest_set.seen.writes == []


def test_bad_manifests_are_refused_before_anything_is_asked(manifest_set: ManifestSet):
    for manifests, line in (
            (["a: [b"], r"not valid YAML .*set shop, item 1 of manifests, line"),
            (["kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {b: c, b: d}"], "The key 'b' occurs twice"),
            ([{"apiVersion": "v1", "metadata": {"name": "a"}}], "has no kind"),
            ([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}], "ConfigMap has no name"),
            ([SETTINGS, SETTINGS], "ConfigMap .*settings occurs twice"),
            (["just text"], "no manifest but str"),
            (["[1, 2]"], "no manifest but list"),
            ([{**SETTINGS, "metadata": {"name": "a", "namespace": "kube-system"}}], "may only write to namespace"),
            ([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}], "is not namespaced"),
            ([{**SETTINGS, "metadata": {"name": "a", "annotations": {"kubermatic.caas/wave": "soon"}}}], "as its wave"),
            ([{**SETTINGS, "metadata": {"name": "a", "labels": {"on": True}}}], "labels that are not strings")):
        with pytest.raises(InvalidInput, match=line):
            manifest_set.run(manifests)
        assert manifest_set.seen.requests == []


def test_a_dictionary_is_no_manifest(manifest_set: ManifestSet):
    with pytest.raises(InvalidInput, match=r"item 1 of manifests.*to_nice_yaml"):
        Caller(manifest_set.kubeconfig, manifest_set.cluster).call(ManifestsResource, set="shop", manifests=[SETTINGS])


def test_an_invalid_name_is_one_line_of_the_server(manifest_set: ManifestSet):
    with pytest.raises(ApiError, match="RFC 1123"):
        manifest_set.run([{**SETTINGS, "metadata": {"name": "Not_Valid"}}])
    assert manifest_set.seen.writes == []


def test_a_set_of_the_seed_itself_holds_its_namespace_and_what_belongs_to_none(manifest_set: ManifestSet):
    def of_seed(name: str) -> list[dict]:
        metadata = {"name": "net", "namespace": name, "annotations": {"kubermatic.caas/wait": "false"}}
        return [{"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata,
                 "spec": {"selector": {"matchLabels": {"app": "net"}}, "template": {
                     "metadata": {"labels": {"app": "net"}}, "spec": {"containers": [{"name": "net", "image": "net:1"}]}}}},
                {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name},
                 "rules": [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}]},
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}]

    name = f"net-{manifest_set.cluster}"
    options = {"set": "network", "cluster": None}
    done = manifest_set.run(of_seed(name), **options)
    assert done.steps == [f"Create Namespace {name}", f"Create ClusterRole {name}", f"Create DaemonSet {name}/net"]
    assert not manifest_set.run(of_seed(name), **options).changed and manifest_set.seen.writes == []
    assert manifest_set.run([], **options).steps == [f"Delete DaemonSet {name}/net", f"Delete ClusterRole {name}"]
    assert manifest_set.api.get("v1", "Namespace", name)


def test_the_set_of_another_cluster_in_the_same_namespace_is_not_touched(manifest_set: ManifestSet):
    manifest_set.run([SETTINGS])
    assert not manifest_set.run([], cluster=None, namespace=manifest_set.namespace).changed
    assert manifest_set.holds("ConfigMap", "settings")


def test_a_field_that_can_not_change_says_what_to_do(manifest_set: ManifestSet):
    manifest_set.run([SERVER])
    other = copy.deepcopy(SERVER)
    other["spec"]["selector"]["matchLabels"] = other["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
    with pytest.raises(ApiError, match=r"immutable.*once Deployment .*/web is deleted"):
        manifest_set.run([other, SETTINGS])
    assert manifest_set.seen.writes == []
