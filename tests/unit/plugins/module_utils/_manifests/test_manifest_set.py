# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import base64
import copy

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifest_set import SetName, wanted_objects

CLUSTER_WIDE = {"Namespace", "ClusterRole"}
OF = SetName("shop", "demo")

ITSELF: dict = {}
ITSELF["a"] = [ITSELF]


def manifest(kind="ConfigMap", name="a", wave=None, **more):
    annotations = {"annotations": {"kubermatic.caas/wave": wave}} if wave else {}
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **annotations}, **more}


def objects(*manifests, of=OF, scope="cluster-demo"):
    return wanted_objects(manifests, of, scope=scope, is_namespaced=lambda api_version, kind: kind not in CLUSTER_WIDE)


def test_order_is_by_wave_then_kind_then_as_given():
    found = objects(manifest("Deployment", "early"), manifest("Service", "late", wave="10"), manifest("Service", "b"), manifest("Service", "a"),
                    manifest("Secret", "s"), manifest("Deployment", "next", wave="2"))
    assert [(item.wave, item.key.name) for item in found] == [(0, "s"), (0, "b"), (0, "a"), (0, "early"), (2, "next"), (10, "late")]


def test_labels_and_namespace_are_added_and_the_authors_stay():
    given = manifest()
    given["metadata"]["labels"] = {"app": "web"}
    before = copy.deepcopy(given)
    metadata = objects(given)[0].manifest["metadata"]
    assert metadata["labels"] == {"app": "web", "app.kubernetes.io/managed-by": "kubermatic.caas", "kubermatic.caas/set": "shop",
                                  "kubermatic.caas/cluster": "demo"}
    assert metadata["namespace"] == "cluster-demo" and given == before


def test_a_set_without_cluster_has_no_cluster_label_and_looks_for_none():
    alone = SetName("network")
    assert "kubermatic.caas/cluster" not in alone.labels()
    assert alone.selector() == "kubermatic.caas/set=network,!kubermatic.caas/cluster"
    assert OF.selector() == "kubermatic.caas/set=shop,kubermatic.caas/cluster=demo"


def test_the_fingerprint_changes_with_content_only():
    def mark(given):
        return objects(given)[0].manifest["metadata"]["annotations"]["kubermatic.caas/applied"]
    first = mark(manifest(data={"a": "1", "b": "2"}))
    assert mark(manifest(data={"b": "2", "a": "1"})) == first
    assert mark(manifest(data={"a": "1"})) != first


@pytest.mark.parametrize(("changed", "same"), [({"kubermatic.caas/hash-kube-apiserver": "2"}, True), ({"kubermatic.caas/hash-other": "1"}, False),
                                               ({"text": "2"}, False)])
def test_the_fingerprint_does_not_change_with_what_pods_have_read(changed: dict[str, str], same: bool):
    """playbook renew replaces pods for the sake of new certificates, and create_cluster finds nothing to do afterwards."""
    def mark(annotations):
        template = {"metadata": {"annotations": annotations}, "spec": {}}
        return objects(manifest("Deployment", spec={"template": template}))[0].manifest["metadata"]["annotations"]["kubermatic.caas/applied"]
    before = {"kubermatic.caas/hash-kube-apiserver": "1", "text": "1"}
    assert (mark({**before, **changed}) == mark(before)) is same


@pytest.mark.parametrize("spec", [None, 1, {}, {"template": None}, {"template": {"metadata": None}}, {"template": {"metadata": {"annotations": [1]}}}])
def test_the_fingerprint_of_anything(spec):
    assert len(objects(manifest("Thing", spec=spec))[0].manifest["metadata"]["annotations"]["kubermatic.caas/applied"]) == 16


def test_string_data_becomes_data():
    secret = objects(manifest("Secret", stringData={"key": "text"}, data={"other": "b3RoZXI="}))[0].manifest
    assert "stringData" not in secret
    assert secret["data"] == {"other": "b3RoZXI=", "key": base64.b64encode(b"text").decode()}


def test_nobody_waits_for_an_object_that_says_so():
    waits = manifest("Deployment", "a")
    lazy = manifest("Deployment", "b")
    lazy["metadata"]["annotations"] = {"kubermatic.caas/wait": "false"}
    assert [item.awaited for item in objects(waits, lazy)] == [True, False]


def test_anything_goes_without_scope():
    found = objects(manifest("Namespace", "n"), {**manifest(), "metadata": {"name": "a", "namespace": "n"}}, scope="")
    assert [str(item.key) for item in found] == ["Namespace n", "ConfigMap n/a"]


@pytest.mark.parametrize(("given", "scope", "line"), [
    ([["no", "manifest"]], "x", "no manifest but list"),
    ([{"kind": "ConfigMap", "metadata": {"name": "a"}}], "x", "has no apiVersion"),
    ([{"apiVersion": "v1", "kind": "ConfigMap"}], "x", "has no name"),
    ([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": 5}}], "x", "has no name"),
    ([manifest(), manifest()], "x", "ConfigMap x/a occurs twice"),
    ([manifest("Namespace")], "x", "is not namespaced"),
    ([manifest()], "", "ConfigMap a has no namespace"),
    ([{**manifest(), "metadata": {"name": "a", "namespace": "y"}}], "x", "is for namespace y"),
    ([manifest(wave="-1")], "x", "'-1' as its wave"),
    ([{**manifest(), "metadata": {"name": "a", "annotations": {"kubermatic.caas/wait": "no"}}}], "x", "has 'no' as its kubermatic.caas/wait"),
    ([{**manifest(), "metadata": {"name": "a", "labels": {"x": 1}}}], "x", "put each value in quotes"),
    ([{**manifest(), "apiVersion": ".."}], "x", "'..' as its apiVersion"),
    ([manifest("../secrets")], "x", "'../secrets' as its kind"),
    ([{**manifest(), "metadata": {"name": "a", "namespace": 5}}], "x", "a namespace that is not a string"),
    ([manifest("Secret", data=True, stringData={"a": "b"})], "x", "Secret a has data that is not a mapping"),
    ([manifest("Secret", stringData=["a"])], "x", "Secret a has stringData that is not a mapping"),
    ([{**manifest(), 1: 1}], "x", "has the key 1 that is not a string"),
    ([manifest("Deployment", spec={"list": [{"of": {None: 1}}]})], "x", "Deployment a has the key None that is not a string"),
    ([manifest(data=ITSELF)], "x", "ConfigMap a contains a reference to itself"),
], ids=str)
def test_bad_input_is_one_line(given, scope, line):
    with pytest.raises(InvalidInput) as error:
        objects(*given, scope=scope)
    assert line.lower() in error.value.line().lower() and "set shop" in error.value.line()


@pytest.mark.parametrize("name", ["", "a b", "-a", "a" * 64, "ä"])
def test_a_name_that_is_no_label(name):
    with pytest.raises(InvalidInput, match="Set name"):
        objects(of=SetName(name))
