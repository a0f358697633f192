# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module manifests against a real Kubernetes API, whose audit log tells what was sent."""
from __future__ import annotations

import copy
import time

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, InvalidInput, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifests_resource import ManifestsResource
from api.resources import Caller
from api.shop import SERVER, SET, SETTINGS, TOKEN, Shop, changed


def test_creates_a_set_and_then_leaves_it_alone(shop: Shop):
    first = shop.run(SET)
    assert first.changed and first.steps == [
        f"Create {kind} {shop.namespace}/{name}" for kind, name in (
            ("NetworkPolicy", "all"), ("ConfigMap", "settings"), ("Secret", "token"), ("Service", "web"), ("Deployment", "web"))]
    assert first.said[-5:] == first.steps
    assert len(shop.object_writes()) == 5
    labels = shop.holds("Service", "web")["metadata"]["labels"]
    assert labels == {"app.kubernetes.io/managed-by": "kubermatic.caas", "kubermatic.caas/set": "shop",
                      "kubermatic.caas/cluster": shop.cluster}
    second = shop.run(SET)
    assert not second.changed and second.steps == [] and second.result["diff"] == []
    assert shop.seen.writes == [] and shop.seen.dry_runs == []
    assert {line.split()[0] for line in shop.seen.requests} == {"list"}


@pytest.mark.parametrize("before", [[], SET], ids=["empty", "full"])
@pytest.mark.parametrize("then", [SET, [changed(SETTINGS, colour="blue"), *SET[1:]], SET[1:], []], ids=["same", "modify", "delete", "all"])
def test_check_mode_shows_what_a_real_run_does_and_writes_nothing(shop: Shop, before: list, then: list):
    if before:
        shop.run(before)
    looked = shop.run(then, check_mode=True)
    assert shop.seen.writes == []
    again = shop.run(then, check_mode=True)
    assert again.steps == looked.steps and shop.seen.writes == []
    assert [line.removeprefix("would: ") for line in looked.said] == looked.steps
    done = shop.run(then)
    assert (done.steps, done.changed, done.result["diff"]) == (looked.steps, looked.changed, looked.result["diff"])
    assert not shop.run(then).changed and shop.seen.writes == []


def test_a_field_that_is_no_longer_in_the_manifest_goes(shop: Shop):
    shop.run([SETTINGS])
    done = shop.run([changed(SETTINGS, colour="red")])
    assert done.steps == [f"Update ConfigMap {shop.namespace}/settings"]
    assert shop.holds("ConfigMap", "settings")["data"] == {"colour": "red"}
    assert "-  size: big" not in done.result["diff"][0]["after"] and "size: big" in done.result["diff"][0]["before"]


@pytest.mark.parametrize("patch", [
    {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:evil"}]}}}},
    {"spec": {"template": {"spec": {"containers": [{"name": "web", "resources": {"requests": {"cpu": "2"}}}]}}}},
    {"spec": {"template": {"spec": {"containers": [{"name": "web", "args": ["--debug"]}]}}}},
    {"metadata": {"labels": {"kubermatic.caas/set": None}}},
    {"metadata": {"annotations": {"kubermatic.caas/applied": None}}}],
    ids=["image", "resources", "emptied list", "label", "annotation"])
def test_changes_by_hand_are_taken_back(shop: Shop, patch: dict):
    shop.run(SET)
    path = f"/apis/apps/v1/namespaces/{shop.namespace}/deployments/web"
    shop.api.request("PATCH", path, {"fieldManager": "kubectl-edit"}, patch, "application/strategic-merge-patch+json")
    done = shop.run(SET)
    assert done.steps == [f"Update Deployment {shop.namespace}/web"]
    live = shop.holds("Deployment", "web", "apps/v1")
    container = live["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "web:1" and container["resources"]["requests"]["cpu"] == "1" and not container.get("args")
    assert live["metadata"]["labels"]["kubermatic.caas/set"] == "shop"
    assert not shop.run(SET).changed and shop.seen.writes == []


def test_what_others_add_stays_and_costs_no_write(shop: Shop):
    shop.run(SET)
    shop.api.request("PATCH", f"/api/v1/namespaces/{shop.namespace}/services/web", {"fieldManager": "customer"},
                     {"metadata": {"labels": {"team": "a"}}, "spec": {"ports": [{"name": "http", "port": 80}]}},
                     "application/strategic-merge-patch+json")
    assert not shop.run(SET).changed and shop.seen.writes == []
    assert [port["port"] for port in shop.holds("Service", "web")["spec"]["ports"]] == [80, 443]


def test_what_is_deleted_by_hand_comes_back(shop: Shop):
    shop.run(SET)
    shop.api.delete("v1", "Service", "web", shop.namespace)
    assert shop.run(SET).steps == [f"Create Service {shop.namespace}/web"]


def test_prune_takes_only_what_the_set_made(shop: Shop):
    shop.run(SET)
    other = {**SETTINGS, "metadata": {"name": "other"}}
    shop.run([other], set="other")
    for name, extra in (("copy", {}), ("owned", {"ownerReferences": [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "settings", "uid": shop.holds("ConfigMap", "settings")["metadata"]["uid"]}]})):
        labels = shop.holds("ConfigMap", "settings")["metadata"]["labels"]
        annotations = {"kubermatic.caas/applied": "0"} if extra else {}
        shop.api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {
            "name": name, "namespace": shop.namespace, "labels": labels, "annotations": annotations, **extra}})
    done = shop.run([SERVER])
    assert sorted(done.steps) == [f"Delete {key}" for key in (
        f"ConfigMap {shop.namespace}/settings", f"NetworkPolicy {shop.namespace}/all", f"Secret {shop.namespace}/token",
        f"Service {shop.namespace}/web")]
    left = {item["metadata"]["name"] for item in shop.api.list("v1", "ConfigMap", shop.namespace)}
    assert left == {"other", "copy", "owned"}
    assert not shop.run([SERVER], prune=False).changed


def test_prune_can_be_switched_off(shop: Shop):
    shop.run(SET)
    assert not shop.run([SERVER], prune=False).changed
    assert shop.holds("Service", "web")


def test_what_is_to_be_left_is_neither_changed_nor_waited_for_nor_deleted(shop: Shop):
    shop.run(SET)
    left = shop.run([changed(SETTINGS, colour="blue"), *SET[1:]], leave=["ConfigMap/settings"])
    assert (left.steps, shop.seen.writes, shop.seen.dry_runs) == ([], [], [])
    assert left.said == [f"ConfigMap {shop.namespace}/settings stays as it is for now, though it differs from what is wanted"]
    assert shop.holds("ConfigMap", "settings")["data"] == SETTINGS["data"]
    assert {"kind": "ConfigMap", "name": "settings", "namespace": shop.namespace} in left.result["objects"]
    awaited = {**SERVER, "metadata": {"name": "web"}}
    assert shop.run([*SET[:3], awaited, SET[4]], leave=["Deployment/web"], wait_timeout=1).steps == []


def test_what_is_to_be_left_and_is_not_there_is_made(shop: Shop):
    assert shop.run([SETTINGS], leave=["ConfigMap/settings"]).steps == [f"Create ConfigMap {shop.namespace}/settings"]


def test_secrets_are_in_no_output(shop: Shop):
    outputs = [shop.run([TOKEN], check_mode=True), shop.run([TOKEN])]
    new = {**TOKEN, "stringData": {"token": "another-unlikely-secret"}}
    outputs += [shop.run([new], check_mode=True), shop.run([new]), shop.run([])]
    for ran in outputs:
        text = repr(ran)
        assert ran.changed and "secret, sha256" in text and "unlikely" not in text
        assert "YS1sb25nLWFuZC11bmxpa2VseS1zZWNyZXQ" not in text and "YW5vdGhlci11bmxpa2VseS1zZWNyZXQ" not in text
    diff = outputs[3].result["diff"][0]
    assert diff["before"] != diff["after"]


def test_a_role_in_the_namespace_is_enough(shop: Shop):
    verbs = ["get", "list", "create", "patch", "delete", "update"]
    groups = ["", "apps", "networking.k8s.io", "coordination.k8s.io"]
    plurals = ["configmaps", "secrets", "services", "deployments", "networkpolicies", "leases"]
    shop.api.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "caas", "namespace": shop.namespace},
                     "rules": [{"apiGroups": groups, "resources": plurals, "verbs": verbs}]})
    shop.api.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                     "metadata": {"name": "caas", "namespace": shop.namespace},
                     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "caas"},
                     "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": f"operator-{shop.cluster}"}]})
    shop.kubeconfig = shop.bare.kubeconfig(f"operator-{shop.cluster}", ())
    deadline = time.monotonic() + 10
    while not (may := shop.bare.api(f"operator-{shop.cluster}", ()).allowed("list", "", "secrets", shop.namespace)):
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    assert may
    assert len(shop.run(SET).steps) == 5
    assert not shop.run(SET).changed and shop.seen.writes == []
    assert len(shop.run([]).steps) == 5
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "job"}, "spec": {}}
    with pytest.raises(Refused, match="jobs"):
        shop.run([job])
    assert shop.seen.writes == []


def test_the_server_checks_everything_before_the_first_write(shop: Shop):
    broken = copy.deepcopy(SERVER)
    broken["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
    with pytest.raises(ApiError, match=r"deployments .*/web.*selector"):
        shop.run([SETTINGS, broken])
    assert shop.seen.writes == []


def test_bad_manifests_are_refused_before_anything_is_asked(shop: Shop):
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
            shop.run(manifests)
        assert shop.seen.requests == []


def test_a_dictionary_is_no_manifest(shop: Shop):
    with pytest.raises(InvalidInput, match=r"item 1 of manifests.*to_nice_yaml"):
        Caller(shop.kubeconfig, shop.cluster).call(ManifestsResource, set="shop", manifests=[SETTINGS])


def test_an_invalid_name_is_one_line_of_the_server(shop: Shop):
    with pytest.raises(ApiError, match="RFC 1123"):
        shop.run([{**SETTINGS, "metadata": {"name": "Not_Valid"}}])
    assert shop.seen.writes == []


def test_a_set_of_the_seed_itself_holds_its_namespace_and_what_belongs_to_none(shop: Shop):
    def of_seed(name: str) -> list[dict]:
        metadata = {"name": "net", "namespace": name, "annotations": {"kubermatic.caas/wait": "false"}}
        return [{"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata,
                 "spec": {"selector": {"matchLabels": {"app": "net"}}, "template": {
                     "metadata": {"labels": {"app": "net"}}, "spec": {"containers": [{"name": "net", "image": "net:1"}]}}}},
                {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name},
                 "rules": [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}]},
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}]

    name = f"net-{shop.cluster}"
    options = {"set": "network", "cluster": None}
    done = shop.run(of_seed(name), **options)
    assert done.steps == [f"Create Namespace {name}", f"Create ClusterRole {name}", f"Create DaemonSet {name}/net"]
    assert not shop.run(of_seed(name), **options).changed and shop.seen.writes == []
    assert shop.run([], **options).steps == [f"Delete DaemonSet {name}/net", f"Delete ClusterRole {name}"]
    assert shop.api.get("v1", "Namespace", name)


def test_the_set_of_another_cluster_in_the_same_namespace_is_not_touched(shop: Shop):
    shop.run([SETTINGS])
    assert not shop.run([], cluster=None, namespace=shop.namespace).changed
    assert shop.holds("ConfigMap", "settings")


def test_a_field_that_can_not_change_says_what_to_do(shop: Shop):
    shop.run([SERVER])
    other = copy.deepcopy(SERVER)
    other["spec"]["selector"]["matchLabels"] = other["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
    with pytest.raises(ApiError, match=r"immutable.*once Deployment .*/web is deleted"):
        shop.run([other, SETTINGS])
    assert shop.seen.writes == []
