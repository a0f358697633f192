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
from api.resources import Caller
from api.shop import SERVER, SET, SETTINGS, WEB, Shop, changed


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
    with pytest.raises(NotReady, match=rf"APIService {group} is not ready after [0-9]+ s.*It is not Available: ServiceNotFound"):
        shop.run([service, after], **options)
    assert not shop.holds("ConfigMap", "after")
    with pytest.raises(NotReady):
        shop.run([service, after], **options)
    assert shop.seen.writes == []
    assert shop.run([service, after], check_mode=True, **options).steps == [f"Create ConfigMap {shop.namespace}/after"]
    assert shop.run([], **options).steps == [f"Delete APIService {group}"]


def test_a_wave_after_what_is_created_begins_when_its_pods_have_started(shop: Shop):
    template = {**SERVER["spec"]["template"], "metadata": {"labels": {"app": "base"}}}
    base = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "base", "annotations": {"kubermatic.caas/wait": "started"}},
            "spec": {"selector": {"matchLabels": {"app": "base"}}, "template": template}}
    after = in_wave(SETTINGS, "1")
    with pytest.raises(NotReady, match=r"StatefulSet .*/base is not ready after [0-9]+ s"):
        shop.run([base, after], wait_timeout=1)
    assert not shop.holds("ConfigMap", "settings")
    shop.run([])
    pod = shop.api.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "base-0", "namespace": shop.namespace, "labels": {"app": "base"}},
                           "spec": template["spec"]})
    shop.api.request("PUT", f"/api/v1/namespaces/{shop.namespace}/pods/base-0/status", body={
        **pod, "status": {"phase": "Running", "podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}]}})
    with pytest.raises(NotReady, match="No controller has seen it yet"):
        shop.run([base, after], wait_timeout=1)
    assert shop.holds("ConfigMap", "settings")
    # it is there now: whoever changes it waits until it is ready, started or not
    base["spec"]["template"] = {**template, "spec": {**template["spec"], "hostname": "other"}}
    with pytest.raises(NotReady, match="No controller has seen it yet"):
        shop.run([base, in_wave(changed(SETTINGS, colour="blue"), "1")], wait_timeout=1)
    assert shop.holds("ConfigMap", "settings")["data"] == SETTINGS["data"]


def test_a_run_that_was_killed_while_it_waited_is_waited_for_by_the_next(shop: Shop):
    server = {**SERVER, "metadata": {"name": "web"}}
    with pytest.raises(NotReady, match="No controller has seen it yet"):
        shop.run([server], wait_timeout=1)
    with pytest.raises(NotReady, match=r"Deployment .*/web is not ready after [0-9]+ s"):
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


def test_killed_before_any_of_its_requests_the_next_run_converges(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    before, then = SET, [changed(SETTINGS, colour="blue"), WEB, SERVER, in_wave({**SETTINGS, "metadata": {"name": "new"}}, "1")]
    texts, deaths = [json.dumps(item) for item in then], 0
    for number in itertools.count(1):
        shop.run(before)
        caller = Caller(shop.kubeconfig, shop.cluster)
        resource = caller.resource(ManifestsResource, set="shop", manifests=texts)
        kill_before_write(resource.seed, number, monkeypatch)
        try:
            run(resource)
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
    # ends before its time: pods that are refused for 20 seconds are not waited for
    with pytest.raises(NotReady, match=r'Its pods can\'t be created: pods "web-.*violates PodSecurity "restricted'):
        strict_shop.run([server], wait_timeout=60)
