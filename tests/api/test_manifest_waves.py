# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waves of a set of manifests: what is waited for, by this run or by the one after a killed one."""
from __future__ import annotations

import itertools
import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifests_resource import ManifestsResource
from api.bare_api import program
from api.kill import Killed, kill_before_write
from api.manifest_set import SERVER, SET, SETTINGS, WEB, ManifestSet, changed
from api.resources import Caller


def definition(name: str, group: str) -> dict[str, Any]:
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": f"{name}s.{group}"},
            "spec": {"group": group, "scope": "Namespaced", "names": {"plural": f"{name}s", "singular": name, "kind": name.capitalize()},
                     "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                         "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}


def in_wave(manifest: dict[str, Any], wave: str) -> dict[str, Any]:
    metadata = manifest["metadata"]
    return {**manifest, "metadata": {**metadata, "annotations": {"kubermatic.caas/wave": wave}}}


def test_a_wave_begins_when_the_one_before_is_ready(manifest_set: ManifestSet):
    options = {"set": "waves", "cluster": None, "namespace": ""}
    crd = definition("widget", f"{manifest_set.cluster}.example.org")
    after = in_wave({**SETTINGS, "metadata": {"name": "after", "namespace": manifest_set.namespace}}, "1")
    done = manifest_set.run([after, crd], **options)
    name = crd["metadata"]["name"]
    assert [line for line in done.said if line.startswith(("Create", "wave"))] == [
        f"Create CustomResourceDefinition {name}", done.said[1], f"Create ConfigMap {manifest_set.namespace}/after"]
    assert done.said[1].startswith("wave 0 ready after ") and done.said[1].endswith(f" s: CustomResourceDefinition {name}")
    assert not manifest_set.run([after, crd], **options).changed and manifest_set.seen.writes == []


def test_what_does_not_become_ready_is_named_with_its_reason_and_waited_for_again(manifest_set: ManifestSet):
    group = f"v1.{manifest_set.cluster}.example.org"
    service = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": group},
               "spec": {"group": group.removeprefix("v1."), "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 10,
                        "insecureSkipTLSVerify": True, "service": {"namespace": manifest_set.namespace, "name": "nobody"}}}
    after = in_wave({**SETTINGS, "metadata": {"name": "after", "namespace": manifest_set.namespace}}, "1")
    options = {"set": "late", "cluster": None, "wait_timeout": 1}
    with pytest.raises(NotReady, match=rf"APIService {group} is not ready after [0-9]+ s.*It is not Available: ServiceNotFound"):
        manifest_set.run([service, after], **options)
    assert not manifest_set.holds("ConfigMap", "after")
    with pytest.raises(NotReady):
        manifest_set.run([service, after], **options)
    assert manifest_set.seen.writes == []
    assert manifest_set.run([service, after], check_mode=True, **options).steps == [f"Create ConfigMap {manifest_set.namespace}/after"]
    assert manifest_set.run([], **options).steps == [f"Delete APIService {group}"]


def test_a_wave_after_what_is_created_begins_when_its_pods_have_started(manifest_set: ManifestSet):
    template = {**SERVER["spec"]["template"], "metadata": {"labels": {"app": "base"}}}
    base = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "base", "annotations": {"kubermatic.caas/wait": "started"}},
            "spec": {"selector": {"matchLabels": {"app": "base"}}, "template": template}}
    after = in_wave(SETTINGS, "1")
    with pytest.raises(NotReady, match=r"StatefulSet .*/base is not ready after [0-9]+ s"):
        manifest_set.run([base, after], wait_timeout=1)
    assert not manifest_set.holds("ConfigMap", "settings")
    manifest_set.run([])
    pod = manifest_set.api.create({"apiVersion": "v1", "kind": "Pod",
                                   "metadata": {"name": "base-0", "namespace": manifest_set.namespace, "labels": {"app": "base"}},
                                   "spec": template["spec"]})
    manifest_set.api.request("PUT", f"/api/v1/namespaces/{manifest_set.namespace}/pods/base-0/status", body={
        **pod, "status": {"phase": "Running", "podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}]}})
    with pytest.raises(NotReady, match="No controller has seen it yet"):
        manifest_set.run([base, after], wait_timeout=1)
    assert manifest_set.holds("ConfigMap", "settings")
    # it is there now: whoever changes it waits until it is ready, started or not
    base["spec"]["template"] = {**template, "spec": {**template["spec"], "hostname": "other"}}
    with pytest.raises(NotReady, match="No controller has seen it yet"):
        manifest_set.run([base, in_wave(changed(SETTINGS, colour="blue"), "1")], wait_timeout=1)
    assert manifest_set.holds("ConfigMap", "settings")["data"] == SETTINGS["data"]


def test_a_run_that_was_killed_while_it_waited_is_waited_for_by_the_next(manifest_set: ManifestSet):
    server = {**SERVER, "metadata": {"name": "web"}}
    with pytest.raises(NotReady, match="No controller has seen it yet"):
        manifest_set.run([server], wait_timeout=1)
    with pytest.raises(NotReady, match=r"Deployment .*/web is not ready after [0-9]+ s"):
        manifest_set.run([server], wait_timeout=1)
    assert manifest_set.seen.writes == []
    live = manifest_set.holds("Deployment", "web", "apps/v1")
    status = {"observedGeneration": live["metadata"]["generation"], "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1,
              "availableReplicas": 1}
    manifest_set.api.request("PUT", f"/apis/apps/v1/namespaces/{manifest_set.namespace}/deployments/web/status", body={**live, "status": status})
    done = manifest_set.run([server])
    assert done.said == [] and manifest_set.seen.writes == []
    assert {line.split()[0] for line in manifest_set.seen.requests} == {"list"}


def test_a_namespace_that_is_being_deleted_is_not_waited_for(manifest_set: ManifestSet):
    name = f"ending-{manifest_set.cluster}"
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    manifest_set.api.create(namespace)
    manifest_set.api.delete("v1", "Namespace", name)
    begin = time.monotonic()
    with pytest.raises(NotReady, match=f"Namespace {name} is not ready and won't be.*It is Terminating"):
        manifest_set.run([namespace], set="ending", cluster=None)
    assert time.monotonic() - begin < 5


def test_killed_before_any_of_its_requests_the_next_run_converges(manifest_set: ManifestSet, monkeypatch: pytest.MonkeyPatch):
    before, then = SET, [changed(SETTINGS, colour="blue"), WEB, SERVER, in_wave({**SETTINGS, "metadata": {"name": "new"}}, "1")]
    texts, deaths = [json.dumps(item) for item in then], 0
    for number in itertools.count(1):
        manifest_set.run(before)
        caller = Caller(manifest_set.kubeconfig, manifest_set.cluster)
        resource = caller.resource(ManifestsResource, set="shop", manifests=texts)
        kill_before_write(resource.seed, number, monkeypatch)
        try:
            run(resource)
        except Killed:
            deaths += 1
        else:
            break
        manifest_set.run(then)
        assert not manifest_set.run(then).changed and manifest_set.seen.writes == []
        names = {item["metadata"]["name"] for kind in ("ConfigMap", "Secret", "Service") for item in manifest_set.api.list(
            "v1", kind, manifest_set.namespace, "kubermatic.caas/set=shop")}
        assert names == {"settings", "web", "new"} and manifest_set.holds("ConfigMap", "settings")["data"] == {"colour": "blue"}
    # a dry run each for the new and the changed object, both of them, and the two that go
    assert deaths >= 6


@pytest.fixture
def strict_shop(manifest_set: ManifestSet) -> Iterator[ManifestSet]:
    """Pods without a security context are not let in, and the controllers that make pods run."""
    manifest_set.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": manifest_set.namespace, "labels": {
        "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted"}}})
    words = [program("kube-controller-manager"), "--kubeconfig", manifest_set.bare.kubeconfig("system:kube-controller-manager"),
             "--controllers=deployment-controller,replicaset-controller", "--leader-elect=false", "--secure-port=0"]
    with (manifest_set.bare.directory / "controllers.log").open("w") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        yield manifest_set
        process.terminate()


def test_pods_that_are_not_let_in_are_named_with_the_reason(strict_shop: ManifestSet):
    server = {**SERVER, "metadata": {"name": "web"}}
    looked = strict_shop.run([server], check_mode=True)
    assert looked.said[0].startswith("the server warns: would violate PodSecurity")
    # ends before its time: pods that are refused for 20 seconds are not waited for
    with pytest.raises(NotReady, match=r'Its pods can\'t be created: pods "web-.*violates PodSecurity "restricted'):
        strict_shop.run([server], wait_timeout=60)
