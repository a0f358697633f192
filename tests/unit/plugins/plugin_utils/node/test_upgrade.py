# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The order of what happens to a node and its host, and what is left of it when something goes wrong."""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node import kubelet_wait
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.look import Look
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.look import Observed as Looked
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.upgrade import Upgrade
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.wanted_node import WantedNode
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Answer, HostFailed
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import Script

OLD = {"containerd": "2.2.0", "kubelet": "1.36.3"}
PARTS = re.compile(r"^part_(\w+)$", re.MULTILINE)
POD = {"metadata": {"name": "a", "namespace": "shop", "uid": "1"}}


class Cluster:
    """What is asked of it here."""

    ca_bundle = "bundle"


class World:
    """A host and its cluster. said: what happened, in order. fails: part of a script -> what the host says then.

    starts: versions of the kubelet that run, once they are installed. steps: what the host would change.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self.fails: dict[str, str] = {}
        self.starts = {"1.36.3", "1.36.9", "1.37.2"}
        self.steps = ["Replace kubelet 1.36.3 by 1.37.2", "Restart kubelet"]
        self.pods = [POD]
        self.kubelet, self.after, self.began, self.leases = "1.36.3", {**OLD, "kubelet": "1.37.2"}, False, 0
        self.refuses_eviction = False
        self.others: list[dict[str, Any]] = []
        self.free = {"usr": 5000, "downloads": 5000}
        self.object: dict[str, Any] | None = {"metadata": {"name": "web-1", "annotations": {}}, "spec": {}, "status": {}}
        self.tell()

    def tell(self) -> None:
        """As the kubelet of that version would."""
        if self.object and self.kubelet in self.starts:
            self.object["status"] = {"nodeInfo": {"kubeletVersion": f"v{self.kubelet}"}, "conditions": [{"type": "Ready", "status": "True"}]}

    # the cluster's API
    def get(self, dummy: str, kind: str, *words: str) -> dict[str, Any] | None:
        if kind == "Lease":
            self.leases += self.kubelet in self.starts
            return {"spec": {"renewTime": str(self.leases)}}
        return self.object

    def list(self, dummy: str, kind: str, *words: str, **more: str) -> list[dict[str, Any]]:
        return self.pods if kind == "Pod" else [one for one in (self.object, *self.others) if one] if kind == "Node" else []

    def patch(self, dummy: str, kind: str, name: str, namespace: None, body: Mapping[str, Any]) -> dict[str, Any]:
        if self.object is None:
            raise CaasError("There is no Node web-1")
        if "spec" in body:
            self.said.append("cordon" if body["spec"]["unschedulable"] else "uncordon")
            self.object["spec"]["unschedulable"] = body["spec"]["unschedulable"]
        self.object["metadata"]["annotations"] = {
            key: value for key, value in {**self.object["metadata"]["annotations"], **body["metadata"]["annotations"]}.items() if value}
        return self.object

    def request(self, method: str, path: str, **words: Any) -> None:
        self.said.append("evict")
        if not self.refuses_eviction:
            self.pods = []

    # the host
    def run(self, script: Script) -> Answer:
        parts, answer = PARTS.findall(script.text.rpartition("\nmain() {")[2]), Answer(complete=True)
        if parts == ["diagnosis"]:
            kind = "complaint" if self.kubelet in self.starts else "stopped"
            answer.facts[kind] = "kubelet doesn't run: unrecognized feature gate"
            return answer
        if script.mode == "plan":
            answer.steps = [Step("Keep"), *map(Step, self.steps)]
            answer.facts["keeps"] = "yes"
            return answer
        name = "fetch" if parts == ["artefacts"] else "install" if "keep" in parts else parts[-1]
        self.said.append(name)
        if name in self.fails:
            raise HostFailed(self.fails[name], answer=answer)
        started = {"install": self.after["kubelet"], "bring_back": "1.36.3"}
        if name in started:
            self.kubelet = started[name]
            self.tell()
        return answer


@pytest.fixture
def world(monkeypatch) -> World:
    world = World()
    moments = iter(range(1_000_000))
    monkeypatch.setattr(kubelet_wait.time, "monotonic", lambda: float(next(moments)))
    monkeypatch.setattr(nodes, "running_kubelet", lambda *words: world.kubelet)

    def observe(look: Look) -> Looked:
        host = replace(read_host({}, before=0, after=1), installed={**OLD, "kubelet": world.kubelet}, upgrade_began=world.began,
                       former={"kubelet": "1.36.3"} if world.began else {}, free=world.free)
        artefacts = tuple(Artefact(name, version, f"https://mirror/{name}", "sums") for name, version in world.after.items())
        lacking = tuple(item for item in artefacts if host.installed[item.name] != item.version)
        wanted = WantedNode(version=world.after["kubelet"], address="198.51.100.7", files=(), artefacts=artefacts, downloads=lacking, certificates=(),
                            serving_addresses=("198.51.100.7",))
        return Looked(host, Cluster(), world.object, wanted)

    monkeypatch.setattr(Look, "observe", observe)
    return world


@pytest.fixture
def upgrade(world) -> Callable[..., Upgrade]:
    class Offline(Upgrade):
        """Without a seed."""

        api, namespace = world, ""

        def pause(self) -> None:
            """The clock of this test goes on by itself."""

    world.before_change, world.host, world.progress, world.warnings = None, "web-1", [], []

    def build(*, check_mode: bool = False, **options: Any) -> Upgrade:
        given = ArgumentSpecValidator(Upgrade.ARGUMENT_SPEC).validate({"cluster": "demo", "seed_kubeconfig": "none", "node_name": "web-1", **options})
        assert given.error_messages == []
        return Offline(given.validated_parameters, holder="test", check_mode=check_mode, progress=world.progress.append, remote=world,
                       warn=world.warnings.append)
    return build


WHOLE = ["fetch", "cordon", "evict", "install", "end_upgrade", "uncordon"]


def test_another_minor_release(world, upgrade):
    result = run(upgrade())
    assert world.said == WHOLE
    assert result["changed"] and result["steps"] == [
        "Fetch kubelet 1.37.2", "Cordon node web-1", "Evict pod shop/a", "Keep", *world.steps, "Wait until node web-1 is ready with kubelet 1.37.2",
        "Uncordon node web-1"]
    told = result["upgrade"]
    assert (told["from"], told["to"], told["drained"]) == (OLD, {**OLD, "kubelet": "1.37.2"}, True) and told["cordoned_seconds"] > 0
    assert not node_object.is_cordoned(world.object)


def test_a_patch_needs_no_drain(world, upgrade):
    world.after = {**OLD, "kubelet": "1.36.9"}
    result = run(upgrade())
    assert world.said == ["fetch", "install", "end_upgrade"]
    assert (result["upgrade"]["drained"], result["upgrade"]["cordoned_seconds"]) == (False, 0)
    assert [line for line in world.progress if "needs no drain" in line]


def test_a_node_that_is_up_to_date(world, upgrade):
    world.after, world.steps = OLD, []
    result = run(upgrade())
    assert (result["changed"], result["steps"], world.said) == (False, [], [])


def test_a_change_of_configuration_alone_waits_for_words_of_the_new_kubelet(world, upgrade):
    """The Node says Ready long after its kubelet has died."""
    world.after, world.steps = OLD, ["Write /var/lib/kubelet/config.yaml", "Restart kubelet"]
    run(upgrade())
    assert world.said == ["install", "end_upgrade"]
    assert world.leases >= 2


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_node_that_others_cordoned_stays_so_and_its_pods_leave(world, upgrade, check_mode: bool):
    world.object["spec"]["unschedulable"] = True
    result = run(upgrade(check_mode=check_mode))
    steps = result["steps"]
    assert result["upgrade"]["cordoned_seconds"] == 0
    assert world.said == ([] if check_mode else ["fetch", "evict", "install", "end_upgrade"])
    assert "Evict pod shop/a" in steps and not [step for step in steps if "ordon" in step]
    assert node_object.is_cordoned(world.object)


def test_a_look_writes_nothing(world, upgrade):
    result = run(upgrade(check_mode=True))
    assert world.said == [] and result["changed"] and result["upgrade"]["drained"]


@pytest.mark.parametrize("breaks", ["its services don't start", "it never gets ready"])
def test_what_does_not_work_goes_back(world, upgrade, breaks: str):
    world.starts = {"1.36.3"}
    if breaks == "its services don't start":
        world.fails["install"] = "Restart containerd: job failed. Look at it"
    with pytest.raises(NotReady, match=r"web-1 isn't ready after its upgrade \(kubelet 1.36.3 -> 1.37.2\), so kubelet 1.36.3 runs there again") as failed:
        run(upgrade())
    assert world.said == ["fetch", "cordon", "evict", "install", "bring_back", "uncordon"]
    assert ("Restart containerd: job failed" if "services" in breaks else "unrecognized feature gate") in failed.value.line()
    assert "then run this again" in failed.value.line()


def another(**annotations: str) -> dict[str, Any]:
    return {"metadata": {"name": "web-2", "annotations": {f"kubermatic.caas/{name.replace('_', '-')}": text for name, text in annotations.items()}}}


def test_after_one_that_failed_the_run_begins_with_no_other(world, upgrade):
    world.starts = {"1.36.3"}
    with pytest.raises(NotReady):
        run(upgrade())
    assert node_object.upgrade_failed_in(world.object) == "test"
    world.others = [another(upgrade_failed="test")]
    said = list(world.said)
    with pytest.raises(InvalidInput, match="Node web-1 stays as it is, because the upgrade of node web-2 failed in this run"):
        run(upgrade())
    assert world.said == said
    # a later run begins anew, and forgets the failure once the node is well
    world.others, world.starts = [another(upgrade_failed="a former run")], {"1.36.3", "1.37.2"}
    run(upgrade())
    assert node_object.upgrade_failed_in(world.object) == ""


def test_no_more_nodes_at_a_time_are_without_pods_than_may_be(world, upgrade):
    world.others = [another(upgrading="true")]
    with pytest.raises(InvalidInput, match=r"upgrade of web-2 has begun and has not ended.*At most 1 at a time"):
        run(upgrade())
    assert world.said == []
    run(upgrade(max_unavailable=2))
    assert world.said == WHOLE


def test_a_kubelet_that_does_not_run_is_not_waited_for_until_the_end(world, upgrade):
    world.starts = {"1.36.3"}
    with pytest.raises(NotReady):
        run(upgrade(ready_timeout=100_000))


def test_a_kubelet_that_runs_and_is_not_ready_has_its_time(world, upgrade):
    world.tell = lambda: None
    with pytest.raises(NotReady, match=r"and not with kubelet 1\.36\.3 again"):
        world.object["status"]["conditions"][0] |= {"status": "False", "message": "cni plugin not initialized"}
        run(upgrade(ready_timeout=50))


def test_a_node_that_is_not_ready_again_stays_cordoned(world, upgrade):
    world.starts = set()
    with pytest.raises(NotReady, match=r"isn't ready after its upgrade .*, and not with kubelet 1.36.3 again .*unrecognized feature gate; after that: .*"):
        run(upgrade())
    assert world.said == ["fetch", "cordon", "evict", "install", "bring_back"]
    assert node_object.is_being_upgraded(world.object)


def test_what_can_not_be_fetched_leaves_the_node_as_it_is(world, upgrade):
    world.fails["fetch"] = "kubelet 1.37.2 can't be fetched"
    with pytest.raises(HostFailed, match="can't be fetched"):
        run(upgrade())
    assert world.said == ["fetch"]


def test_a_node_that_can_not_be_emptied_may_have_pods_again(world, upgrade):
    world.refuses_eviction = True
    with pytest.raises(NotReady, match="isn't empty"):
        run(upgrade(drain_timeout=1))
    assert world.said[-1] == "uncordon" and "install" not in world.said
    assert not node_object.is_cordoned(world.object)


def cordoned_by_us(world: World) -> None:
    world.patch("v1", "Node", "web-1", None, node_object.cordon_for_upgrade_patch())
    world.said.clear()


@pytest.mark.parametrize(("installed", "began", "rest"), [
    (False, False, ["fetch", "evict", "install", "end_upgrade", "uncordon"]),
    (False, True, ["fetch", "evict", "install", "end_upgrade", "uncordon"]),
    (True, True, ["end_upgrade", "uncordon"]),
    (True, False, ["uncordon"]),
])
def test_the_next_run_finishes_one_that_was_killed(world, upgrade, installed: bool, began: bool, rest: list[str]):
    cordoned_by_us(world)
    world.began = began
    if installed:
        world.kubelet, world.steps = "1.37.2", []
        world.tell()
    assert run(upgrade())["changed"]
    assert world.said == rest
    assert not node_object.is_cordoned(world.object)


def test_what_a_killed_run_installed_and_what_does_not_work_goes_back_too(world, upgrade):
    cordoned_by_us(world)
    world.began, world.kubelet, world.steps, world.starts = True, "1.37.2", [], {"1.36.3"}
    with pytest.raises(NotReady, match=r"\(kubelet 1.36.3 -> 1.37.2\), so kubelet 1.36.3 runs there again"):
        run(upgrade())
    assert world.said == ["bring_back", "uncordon"]


@pytest.mark.parametrize(("place", "path"), [("usr", "/usr/local"), ("downloads", "/var/lib/kubermatic-caas")])
def test_a_disk_that_is_too_full_is_told_before_pods_leave(world, upgrade, place: str, path: str):
    world.free[place] = 150
    with pytest.raises(InvalidInput, match=rf"can't be upgraded \(kubelet 1.36.3 -> 1.37.2\) .*{path} has 150 MiB free, at least .* Make room there"):
        run(upgrade())
    assert world.said == []


def test_a_full_disk_does_not_keep_an_upgrade_from_its_end(world, upgrade):
    cordoned_by_us(world)
    world.began, world.free["downloads"] = True, 150
    run(upgrade())
    assert world.said[-1] == "uncordon"


def test_a_host_that_is_no_node_is_left_alone(world, upgrade):
    world.kubelet = ""
    assert run(upgrade())["changed"] is False and world.said == []


def test_a_kubelet_without_its_node_is_told(world, upgrade):
    world.object = None
    with pytest.raises(CaasError, match=r"has no Node web-1, though a kubelet runs .*host web-1.*Run create_cluster"):
        run(upgrade())


def test_the_pods_of_a_node_that_is_not_ready_are_not_waited_for(world, upgrade):
    """No kubelet there would tell that they ended."""
    world.object["status"]["conditions"][0]["status"] = "Unknown"
    run(upgrade())
    assert "evict" not in world.said and "does not wait for its pods" in world.warnings[0]
