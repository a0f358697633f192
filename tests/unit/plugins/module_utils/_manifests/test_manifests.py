# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import copy

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.objects import key_of
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests import manifests
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifest_set import SetName, wanted_objects


def config_map(name="a", wave="0", **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "annotations": {"kubermatic.caas/wave": wave}}, "data": data}


def wanted(*given):
    return wanted_objects(given, SetName("shop"), scope="ns", is_namespaced=lambda api_version, kind: True)


def live(*given, **metadata):
    """The objects as the server would show them."""
    found = {}
    for item in wanted(*given):
        stored = copy.deepcopy(item.manifest)
        stored["metadata"].update({"uid": "1", "resourceVersion": "2", **metadata})
        found[key_of(stored)] = stored
    return found


def titles(want, have, predicted=None, prune=True):
    return manifests.plan(want, have, predicted or {}, prune=prune, as_text=repr).titles()


@pytest.mark.parametrize(("want", "have", "steps"), [
    ([config_map()], [], ["Create ConfigMap ns/a"]),
    ([config_map()], [config_map()], []),
    ([config_map(x="1")], [config_map(x="2")], ["Update ConfigMap ns/a"]),
    ([], [config_map()], ["Delete ConfigMap ns/a"]),
    ([config_map("b")], [config_map("a")], ["Create ConfigMap ns/b", "Delete ConfigMap ns/a"]),
    ([config_map("late", "1"), config_map("early")], [], ["Create ConfigMap ns/early", "Create ConfigMap ns/late"]),
    ([], [], []),
], ids=str)
def test_steps(want, have, steps):
    assert titles(wanted(*want), live(*have)) == steps


def test_only_what_may_differ_costs_a_dry_run():
    want = wanted(config_map("same"), config_map("new"), config_map("other", x="1"))
    have = live(config_map("same"), config_map("other", x="2"))
    assert [item.key.name for item in manifests.undecided(want, have)] == ["new", "other"]


def test_the_servers_word_counts():
    want, have = wanted(config_map(x="1000m")), live(config_map(x="1"))
    key = want[0].key
    same = copy.deepcopy(have[key])
    same["metadata"]["resourceVersion"] = "3"
    assert titles(want, have, {key: same}) == []


@pytest.mark.parametrize("metadata", [
    {"ownerReferences": [{"kind": "Service", "name": "a"}]}, {"annotations": {}}, {"deletionTimestamp": "2026-01-01T00:00:00Z"}],
    ids=["owned by another", "not applied by us", "already going"])
def test_labels_alone_make_no_object_ours(metadata):
    assert titles(wanted(), live(config_map(), **metadata)) == []


@pytest.mark.parametrize("kind", ["Namespace", "PersistentVolumeClaim", "PersistentVolume", "CustomResourceDefinition"])
def test_what_holds_more_than_the_set_stays(kind):
    assert titles(wanted(), live({**config_map(), "kind": kind})) == []


def test_deletions_come_after_the_last_wave():
    plan = manifests.plan(wanted(config_map("b", "4")), live(config_map("a")), {}, prune=True, as_text=repr)
    assert [(step.target.action, step.target.wave) for step in plan] == [("apply", 4), ("delete", 5)]


def test_only_objects_of_one_kind_in_one_wave_go_together():
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
    want = wanted(config_map("a"), config_map("b"), secret, config_map("c", wave="1"))
    plan = manifests.plan(want, live(config_map("old"), config_map("older")), {}, prune=True, as_text=str)
    assert [[step.title for step in steps] for steps in manifests.independent(plan)] == [
        ["Create ConfigMap ns/a", "Create ConfigMap ns/b"], ["Create Secret ns/s"], ["Create ConfigMap ns/c"],
        ["Delete ConfigMap ns/old", "Delete ConfigMap ns/older"]]


def test_without_prune_nothing_is_deleted():
    assert titles(wanted(), live(config_map()), prune=False) == []


def test_kinds_of_the_set_come_first_and_each_once():
    want = wanted({**config_map(), "apiVersion": "example.org/v1", "kind": "Widget"}, config_map("b"))
    kinds = manifests.kinds_to_look_through(want, prune=True, scope="ns")
    assert set(kinds[:2]) == {("example.org/v1", "Widget"), ("v1", "ConfigMap")} and len(kinds) == len(set(kinds))
    assert not any(kind == "ClusterRole" for dummy, kind in kinds)
    assert any(kind == "ClusterRole" for dummy, kind in manifests.kinds_to_look_through(want, prune=True, scope=""))
    assert len(manifests.kinds_to_look_through(want, prune=False, scope="")) == 2


def test_an_object_in_another_version_of_its_group_is_the_same():
    budget = {"apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget", "metadata": {"name": "a"}}
    kinds = manifests.kinds_to_look_through(wanted(budget), prune=True, scope="ns")
    assert [api_version for api_version, kind in kinds if kind == "PodDisruptionBudget"] == ["policy/v1beta1"]
