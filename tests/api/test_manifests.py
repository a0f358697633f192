# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module manifests against a real Kubernetes API, whose audit log tells what was sent."""
from __future__ import annotations

import copy
import itertools
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._door.manifests import ManifestsDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import ApiError, InvalidInput, NotReady, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._module.door import run
from api.bare_api import BareApi, Seen, program
from api.doors import Caller
from api.kill import Killed, kill_before_write

SETTINGS = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"colour": "red", "size": "big"}}
TOKEN = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "token"}, "stringData": {"token": "a-long-and-unlikely-secret"}}
WEB = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
       "spec": {"selector": {"app": "web"}, "ports": [{"name": "https", "port": 443}]}}
SERVER = {
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "annotations": {"kubermatic.caas/wait": "false"}},
    "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"automountServiceAccountToken": False, "volumes": [{"name": "run", "emptyDir": {}}], "containers": [
            {"name": "web", "image": "web:1", "args": [], "env": [{"name": "MODE", "value": "fast"}], "ports": [{"containerPort": 443}],
             "resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}, "limits": {"memory": 2147483648}}}]}}}}
RULES = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "all"},
         "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}]}}
SET = [SETTINGS, TOKEN, WEB, SERVER, RULES]


@dataclass
class Ran:
    """said: the progress it printed."""

    result: dict[str, Any]
    said: list[str]

    @property
    def steps(self) -> list[str]:
        return self.result["steps"]

    @property
    def changed(self) -> bool:
        return self.result["changed"]


class Shop:
    """The set "shop" of one cluster, with everything that is sent for it."""

    def __init__(self, bare: BareApi, cluster: str) -> None:
        self.bare, self.cluster, self.namespace = bare, cluster, f"cluster-{cluster}"
        self.kubeconfig = bare.kubeconfig()
        self.api = bare.api("system:test")
        self.seen = Seen()

    def run(self, manifests: list[Any], **options: Any) -> Ran:
        texts = [item if isinstance(item, str) else json.dumps(item) for item in manifests]
        caller = Caller(self.kubeconfig, self.cluster)
        with self.bare.watched() as self.seen:
            return Ran(caller.call(ManifestsDoor, **{"set": "shop", "manifests": texts, **options}), caller.lines)

    def holds(self, kind: str, name: str, api_version: str = "v1") -> dict[str, Any] | None:
        return self.api.get(api_version, kind, name, self.namespace)

    def object_writes(self) -> list[str]:
        return [line for line in self.seen.writes if " leases " not in line]


@pytest.fixture
def shop(bare_api: BareApi, cluster: str) -> Shop:
    return Shop(bare_api, cluster)


def changed(manifest: dict[str, Any], **data: str) -> dict[str, Any]:
    result = copy.deepcopy(manifest)
    result["data"] = data
    return result


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
            (["kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {b: c, b: d}"], "The key 'b' is there twice"),
            ([{"apiVersion": "v1", "metadata": {"name": "a"}}], "has no kind"),
            ([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}], "ConfigMap has no name"),
            ([SETTINGS, SETTINGS], "ConfigMap .*settings is there twice"),
            (["just text"], "no manifest but str"),
            (["[1, 2]"], "no manifest but list"),
            ([{**SETTINGS, "metadata": {"name": "a", "namespace": "kube-system"}}], "may only write to namespace"),
            ([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}], "belongs to no namespace"),
            ([{**SETTINGS, "metadata": {"name": "a", "annotations": {"kubermatic.caas/wave": "soon"}}}], "as its wave"),
            ([{**SETTINGS, "metadata": {"name": "a", "labels": {"on": True}}}], "labels that are no text")):
        with pytest.raises(InvalidInput, match=line):
            shop.run(manifests)
        assert shop.seen.requests == []


def test_a_dictionary_is_no_manifest(shop: Shop):
    with pytest.raises(InvalidInput, match=r"item 1 of manifests.*to_nice_yaml"):
        Caller(shop.kubeconfig, shop.cluster).call(ManifestsDoor, set="shop", manifests=[SETTINGS])


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


def test_twenty_manifests_in_well_under_a_second(shop: Shop):
    many = [json.dumps({**SETTINGS, "metadata": {"name": f"settings-{number}"}}) for number in range(20)]
    caller = Caller(shop.kubeconfig, shop.cluster)
    begin = time.monotonic()
    assert len(caller.call(ManifestsDoor, set="shop", manifests=many)["steps"]) == 20
    created = time.monotonic() - begin
    begin = time.monotonic()
    assert not caller.call(ManifestsDoor, set="shop", manifests=many)["changed"]
    looked = time.monotonic() - begin
    print(f"20 manifests: created in {created:.2f} s, looked at in {looked:.2f} s")
    assert created < 1 and looked < 0.5


def definition(name: str, group: str) -> dict[str, Any]:
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": f"{name}s.{group}"},
            "spec": {"group": group, "scope": "Namespaced", "names": {"plural": f"{name}s", "singular": name, "kind": name.capitalize()},
                     "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                         "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}


def in_wave(manifest: dict[str, Any], wave: str) -> dict[str, Any]:
    metadata = manifest["metadata"]
    return {**manifest, "metadata": {**metadata, "annotations": {"kubermatic.caas/wave": wave}}}


def test_a_wave_begins_when_the_one_before_is_ready(shop: Shop):
    options = {"set": "waves", "cluster": None, "namespace": ""}
    crd = definition("widget", f"{shop.cluster}.example.org")
    after = in_wave({**SETTINGS, "metadata": {"name": "after", "namespace": shop.namespace}}, "1")
    done = shop.run([after, crd], **options)
    name = crd["metadata"]["name"]
    assert [line for line in done.said if line.startswith(("Create", "wave"))] == [
        f"Create CustomResourceDefinition {name}", done.said[1], f"Create ConfigMap {shop.namespace}/after"]
    assert done.said[1].startswith("wave 0 ready after ") and done.said[1].endswith(f" s: CustomResourceDefinition {name}")
    assert not shop.run([after, crd], **options).changed and shop.seen.writes == []


def test_what_does_not_become_ready_is_named_with_its_reason_and_waited_for_again(shop: Shop):
    group = f"v1.{shop.cluster}.example.org"
    service = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": group},
               "spec": {"group": group.removeprefix("v1."), "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 10,
                        "insecureSkipTLSVerify": True, "service": {"namespace": shop.namespace, "name": "nobody"}}}
    after = in_wave({**SETTINGS, "metadata": {"name": "after", "namespace": shop.namespace}}, "1")
    options = {"set": "late", "cluster": None, "wait_timeout": 1}
    with pytest.raises(NotReady, match=rf"APIService {group} is not ready after 1 s.*It is not Available: ServiceNotFound"):
        shop.run([service, after], **options)
    assert not shop.holds("ConfigMap", "after")
    with pytest.raises(NotReady):
        shop.run([service, after], **options)
    assert shop.seen.writes == []
    assert shop.run([service, after], check_mode=True, **options).steps == [f"Create ConfigMap {shop.namespace}/after"]
    assert shop.run([], **options).steps == [f"Delete APIService {group}"]


def test_a_run_that_was_killed_while_it_waited_is_waited_for_by_the_next(shop: Shop):
    server = {**SERVER, "metadata": {"name": "web"}}
    with pytest.raises(NotReady, match="No controller has seen it yet"):
        shop.run([server], wait_timeout=1)
    with pytest.raises(NotReady, match=r"Deployment .*/web is not ready after 1 s"):
        shop.run([server], wait_timeout=1)
    assert shop.seen.writes == []
    live = shop.holds("Deployment", "web", "apps/v1")
    status = {"observedGeneration": live["metadata"]["generation"], "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1,
              "availableReplicas": 1}
    shop.api.request("PUT", f"/apis/apps/v1/namespaces/{shop.namespace}/deployments/web/status", body={**live, "status": status})
    done = shop.run([server])
    assert done.said == [] and shop.seen.writes == []
    assert {line.split()[0] for line in shop.seen.requests} == {"list"}


def test_a_namespace_that_is_being_deleted_is_not_waited_for(shop: Shop):
    name = f"ending-{shop.cluster}"
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    shop.api.create(namespace)
    shop.api.delete("v1", "Namespace", name)
    begin = time.monotonic()
    with pytest.raises(NotReady, match=f"Namespace {name} is not ready and won't be.*It is Terminating"):
        shop.run([namespace], set="ending", cluster=None)
    assert time.monotonic() - begin < 5


def test_the_set_of_another_cluster_in_the_same_namespace_is_not_touched(shop: Shop):
    shop.run([SETTINGS])
    assert not shop.run([], cluster=None, namespace=shop.namespace).changed
    assert shop.holds("ConfigMap", "settings")


def test_killed_before_any_of_its_requests_the_next_run_converges(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    before, then = SET, [changed(SETTINGS, colour="blue"), WEB, SERVER, in_wave({**SETTINGS, "metadata": {"name": "new"}}, "1")]
    texts, deaths = [json.dumps(item) for item in then], 0
    for number in itertools.count(1):
        shop.run(before)
        caller = Caller(shop.kubeconfig, shop.cluster)
        door = caller.door(ManifestsDoor, set="shop", manifests=texts)
        kill_before_write(door.seed, number, monkeypatch)
        try:
            run(door)
        except Killed:
            deaths += 1
        else:
            break
        shop.run(then)
        assert not shop.run(then).changed and shop.seen.writes == []
        names = {item["metadata"]["name"] for kind in ("ConfigMap", "Secret", "Service") for item in shop.api.list(
            "v1", kind, shop.namespace, "kubermatic.caas/set=shop")}
        assert names == {"settings", "web", "new"} and shop.holds("ConfigMap", "settings")["data"] == {"colour": "blue"}
    # a dry run each for the new and the changed object, both of them, and the two that go
    assert deaths >= 6


def test_a_field_that_can_not_change_says_what_to_do(shop: Shop):
    shop.run([SERVER])
    other = copy.deepcopy(SERVER)
    other["spec"]["selector"]["matchLabels"] = other["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
    with pytest.raises(ApiError, match=r"immutable.*once Deployment .*/web is deleted"):
        shop.run([other, SETTINGS])
    assert shop.seen.writes == []


@pytest.fixture
def strict_shop(shop: Shop) -> Iterator[Shop]:
    """Pods without a security context are not let in, and the controllers that make pods run."""
    shop.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": shop.namespace, "labels": {
        "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted"}}})
    words = [program("kube-controller-manager"), "--kubeconfig", shop.bare.kubeconfig("system:kube-controller-manager"),
             "--controllers=deployment-controller,replicaset-controller", "--leader-elect=false", "--secure-port=0"]
    with (shop.bare.directory / "controllers.log").open("w") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        yield shop
        process.terminate()


def test_pods_that_are_not_let_in_are_named_with_the_reason(strict_shop: Shop):
    server = {**SERVER, "metadata": {"name": "web"}}
    looked = strict_shop.run([server], check_mode=True)
    assert looked.said[0].startswith("the server warns: would violate PodSecurity")
    with pytest.raises(NotReady, match=r'Its pods can\'t be created: pods "web-.*violates PodSecurity "restricted'):
        strict_shop.run([server], wait_timeout=8)
