# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a run went: what is noted, what people read, and whether it failed."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import run_result as results
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.run_result import RESULTS, Result, Seen
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.task_result import first_reason, reason

JOINED = {"node_result": {"changed": True, "steps": ["Install kubelet 1.36.3"]}}
SAME = {"node_result": {"changed": False, "steps": []}}
SILENT = {"node_result": {"unreachable": True, "changed": False, "msg": "The host can't be reached (host web-3)."}}
UNFIT = {"node_result": {"failed": True, "changed": False, "msg": "This host can't be a node (host web-2)."}}
NOT_ASKED: dict[str, Any] = {}
RUNS = {"seed": "fra1", "control_plane_spec": {"cluster": {"kubernetes_version": "1.36.3"}, "runs": False},
        "control_plane_endpoint": {"address": "198.51.100.10", "port": 31234}}


def seen(own: dict[str, Any], check_mode: bool = False, limit: str = "", hosts_reset: bool = True, **nodes: dict[str, Any]) -> Seen:
    return Seen("my-demo", own, {name.replace("_", "-"): found for name, found in nodes.items()}, check_mode, limit, ("/etc/my inventory",), hosts_reset)


def test_a_failure_of_a_loop_is_that_of_its_item():
    items = [{"failed": False, "msg": "fine"}, {"unreachable": True, "msg": "away"}]
    assert reason({"failed": True, "msg": "One or more items failed", "results": items}) == "away"
    assert reason({"failed": True}) == "unknown" and reason({"failed": False, "msg": "x"}) == "" and reason("failed") == "" and reason(None) == ""


def test_the_one_that_failed_is_found_by_the_names_of_results():
    variables = {"control_plane_replicas": 2, "control_plane_values": {"cluster": "{{ … }}"}, "control_plane_pki": {"changed": True},
                 "other": UNFIT["node_result"], "control_plane_etcd": {"failed": True, "msg": "no quorum"}}
    assert first_reason(variables, "control_plane_") == "no quorum" and first_reason(variables, "node_pools_") == ""


NEXT = ("  A kubeconfig: ansible-playbook -i '/etc/my inventory' kubermatic.caas.kubeconfig -e cluster=my-demo -e path=my-demo.kubeconfig",
        "  Its status: ansible-playbook -i '/etc/my inventory' kubermatic.caas.status -e cluster=my-demo")
PLACE = "control plane in namespace cluster-my-demo of seed fra1"


def test_a_cluster_with_its_nodes():
    made = results.create(seen(RUNS, web_1=JOINED, web_2=SAME, web_3=NOT_ASKED))
    assert made == Result((
        f"Cluster my-demo is created: Kubernetes 1.36.3 at https://198.51.100.10:31234, {PLACE}",
        "  Nodes of this run: web-1, web-2", "  Nothing to do on: web-2", *NEXT), (), {"node_error": ""}, free=True)


def test_a_second_run():
    own = {**RUNS, "control_plane_spec": {**RUNS["control_plane_spec"], "runs": True}}
    same = results.create(seen(own, web_1=SAME))
    assert same.lines[0] == f"Cluster my-demo is up to date: Kubernetes 1.36.3 at https://198.51.100.10:31234, {PLACE}"
    changed = results.create(seen({**own, "control_plane_applied": {"changed": True, "steps": ["Change Deployment"]}}, web_1=SAME))
    assert changed.lines[0].startswith("Cluster my-demo is changed (1 step): ")


def test_a_run_that_only_checks_says_so():
    own = {**RUNS, "control_plane_begun": {"changed": True, "steps": ["Note"]}, "control_plane_pki": {"changed": True, "steps": ["a", "b"]},
           "control_plane_endpoint": {"address": "198.51.100.10", "port": 0}}
    new = results.create(seen(own, check_mode=True, web_1=JOINED))
    assert new == Result((
        f"Cluster my-demo would be created (3 steps): Kubernetes 1.36.3, {PLACE}", "  Nodes that would change: web-1",
        "  Nothing was changed, as this run only checked. To do it, run it again without --check"))
    there = {**RUNS, "control_plane_spec": {**RUNS["control_plane_spec"], "runs": True}}
    well = results.create(seen(there, check_mode=True, web_1=SAME))
    assert well.lines[0].startswith("Cluster my-demo is up to date: Kubernetes 1.36.3 at https://198.51.100.10:31234")
    assert well.lines[-1] == "  This run only checked. Without --check it would change nothing" and well.free
    assert results.create(seen(there, check_mode=True, web_1=JOINED)).lines[-1] == new.lines[-1]


def test_nodes_and_machines_that_failed_are_noted_and_told_one_by_one():
    own = {**RUNS, "cluster_stopped": {"why": "no token"}, "node_pools_hosts": {"errors": ["demo-web-1 doesn't answer"]}}
    made = results.create(seen(own, web_1=JOINED, web_2=UNFIT, web_3=SILENT))
    errors = ("This host can't be a node (host web-2).", "The host can't be reached (host web-3).", "no token", "demo-web-1 doesn't answer")
    assert made.errors == errors and made.failure == " ".join(errors) and made.note == {"node_error": made.failure} and made.free
    assert "  Failed: web-2, web-3" in made.lines


def test_a_new_cluster_is_not_made_with_a_host_that_can_not_be_a_node():
    refused = results.hosts(seen(RUNS, web_1=JOINED, web_2=UNFIT, web_3=SILENT))
    assert refused == Result(errors=(
        "This host can't be a node (host web-2).", "The host can't be reached (host web-3).",
        "Nothing was changed. Fix this, or leave the hosts out: --limit 'cluster_my_demo:!web-2:!web-3'."))
    assert "leave the host out: --limit 'cluster_my_demo:!web-3'." in results.hosts(seen(RUNS, web_3=SILENT)).failure
    assert results.hosts(seen(RUNS, web_1=JOINED)) == Result()
    # that is for the end of the run
    assert results.hosts(seen({"control_plane_spec": {"runs": True}}, web_2=UNFIT)) == Result()


def test_why_a_control_plane_could_not_be_made():
    lost = {"control_plane_pki": {"failed": True, "msg": "cluster-ca is gone"}}
    assert results.control_plane(seen(lost)) == Result(note={"last_error": "cluster-ca is gone"}, free=True)
    assert results.control_plane(seen({})).note == {"last_error": "unknown"}


def test_a_block_that_ended_early():
    assert results.block(seen({"ansible_failed_result": {"failed": True, "msg": "no token"}})) == Result(why="no token")
    assert results.block(seen({})).why == "unknown"


def test_a_node_alone():
    assert results.node(seen({"seed": "fra1"}, web_1=JOINED)) == Result(free=True)
    assert results.node(seen({"seed": "fra1"}, web_2=UNFIT)) == Result(errors=("This host can't be a node (host web-2).",), free=True)
    assert results.node(seen({}, web_1=NOT_ASKED)) == Result(
        errors=("web-1 is to be a node of cluster my-demo, which is not in the group clusters of the inventory.",))


POOLS = {"node_pools_checked": {"pools": [{"name": "web", "node_count": 1}, {"name": "db", "node_count": 2}], "hints": ["Use a private network."]},
         "node_pools_hosts": {"hosts": [], "errors": [], "waiting": ["my-demo-web-9"], "switched_off": ["my-demo-db-2"]},
         "node_pools_left": {"results": [{"node_pools_node": "my-demo-web-2"}]}}


def test_pools_that_were_scaled():
    assert results.scale(seen(POOLS, my_demo_web_1=JOINED)) == Result((
        "Cluster my-demo: node pool web has 1 machine, node pool db has 2 machines", "  Nodes of this run: my-demo-web-1", "  Gone: my-demo-web-2",
        "  Switched off, so left alone: my-demo-db-2", "  Use a private network."), (), {"node_error": ""}, free=True)
    checked = results.scale(seen(POOLS, check_mode=True, limit="cluster_my_demo"))
    assert checked.lines[:2] == ("Cluster my-demo: node pool web would have 1 machine, node pool db would have 2 machines", "  Would be gone: my-demo-web-2")
    assert checked.lines[-1] == f"  {results.CHECKED}"
    assert "No nodes yet, as --limit leaves them out: my-demo-web-9. Use --limit cluster_my_demo" in results.scale(seen(POOLS, limit="my-demo")).lines[-2]
    assert results.scale(seen({"node_pools_checked": {"pools": []}})) == Result(("Cluster my-demo: no node pools",))


def test_machines_that_failed_and_what_to_try():
    failed = results.scale(seen(POOLS, my_demo_web_1=SILENT))
    assert failed.failure.startswith(SILENT["node_result"]["msg"]) and failed.failure.endswith("which takes it first, and up again.")
    assert failed.note == {"node_error": SILENT["node_result"]["msg"]} and "should have 1 machine" in failed.lines[0]
    drained = {**POOLS, "cluster_stopped": {"why": "a pod stays"}, "node_pools_left": {"failed": True, "results": []}}
    kept = results.scale(seen(drained))
    assert kept.failure.startswith("a pod stays No machine was removed.") and kept.note == {"node_error": "a pod stays"}
    assert "Gone" not in str(results.scale(seen({**POOLS, "cluster_stopped": {"why": "no token"}})).lines)


def test_nodes_that_no_host_of_the_run_is():
    there = {"cluster_before": {"clusters": [{"unlisted_nodes": ["web-8", "web-9"]}]}}
    line = results.look(seen(there)).failure
    assert "not among the hosts that this run resets: web-8, web-9." in line and line.endswith("Nothing was deleted.")
    assert "-i '/etc/my inventory' kubermatic.caas.remove_node -e cluster=my-demo -e node=web-8 -e node_forget=true" in line
    assert results.look(seen(there, hosts_reset=False)) == Result() == results.look(seen({"cluster_before": {"clusters": []}}))


def test_a_cluster_is_kept_for_the_nodes_that_could_not_be_reset():
    assert results.reset(seen({}, web_1=JOINED, web_2=NOT_ASKED)) == Result()
    kept = results.reset(seen({}, web_1=JOINED, web_3=SILENT)).failure
    assert kept.startswith("Cluster my-demo is kept, as not all of its nodes could be reset: The host can't be reached")


def test_what_is_left_of_a_cluster():
    gone = {"seed": "fra1", "cluster_gone": {"residual": []}, "cluster_before": {"clusters": [{}]}}
    assert results.delete(seen(gone, web_1=JOINED)) == Result((
        "Cluster my-demo is deleted from seed fra1, nodes reset: web-1", "  Left in the seed: nothing",
        "  Take my-demo and its nodes out of the inventory now."))
    assert "hosts that were not asked, so not reset: web-1" in results.delete(seen(gone, hosts_reset=False, web_1=JOINED)).lines[0]
    assert results.delete(seen(gone, check_mode=True, web_1=JOINED)).lines == (
        "Cluster my-demo would be deleted from seed fra1, nodes that would be reset: web-1", f"  {results.CHECKED}")
    assert results.delete(seen({**gone, "cluster_before": {"clusters": []}})).lines[0].startswith("Seed fra1 had no cluster my-demo")
    assert results.delete(seen({"seed": "fra1", "cluster_gone": {"failed": True, "msg": "a volume stays"}})) == Result(free=True)


def test_what_was_renewed():
    ends = {"first": {"ends": "2027-11-01T00:00:00Z", "days_left": 364, "name": "etcd-0"}, "nodes_ending": ["soon"]}
    own = {"renew_control_plane": {"renewed": ["a", "b"]}, "renew_status": {"clusters": [{"certificates": ends}]}}
    done = results.renew(seen(own, web_1=JOINED, web_2=SAME))
    assert done == Result((
        "Cluster my-demo: renewed 2 certificates of the control plane, nodes: web-1. The first one expires on 2027-11-01, in 364 days (etcd-0).",), free=True)
    # a host that is away fails the run only if its certificates end
    away = results.renew(seen(own, web_3=SILENT))
    assert "Not done: The host can't be reached" in away.lines[0] and away.failure == "" and away.free
    assert results.renew(seen(own, web_3={**SILENT, "node_name": "soon"})).failure == SILENT["node_result"]["msg"]
    assert results.renew(seen(own, web_2=UNFIT)).failure == UNFIT["node_result"]["msg"]
    nowhere = results.renew(seen({"cluster_stopped": {"why": "Cluster my-demo is not there"}}))
    assert nowhere.failure == "Cluster my-demo is not there" and "renewed 0 certificates" in nowhere.lines[0] and not nowhere.free


PLAN = {"runs": "1.36.3", "stages": [{"control_plane": ["1.37.2"], "nodes": "1.37.2", "nodes_now": ["web-1"]}], "nodes": ["web-1"],
        "lines": ["kube-apiserver: 1.36.3 -> 1.37.2"]}
STATUS = "  Its status: ansible-playbook -i '/etc/my inventory' kubermatic.caas.status -e cluster=my-demo"
GO_ON = ("Clusters after it in this run were left as they are. Fix this, then go on: "
         "ansible-playbook -i '/etc/my inventory' kubermatic.caas.upgrade -e cluster=my-demo")


def test_what_was_upgraded():
    done = results.upgrade(seen({"upgrade_plan": PLAN}, web_1=JOINED, web_2=NOT_ASKED))
    assert done == Result(("Cluster my-demo is upgraded: Kubernetes 1.36.3 -> 1.37.2", "  Nodes of this run: web-1", STATUS), (), {"node_error": ""}, free=True)
    same = results.upgrade(seen({"upgrade_plan": {**PLAN, "stages": [], "nodes": []}}))
    assert same.lines == ("Cluster my-demo is up to date: Kubernetes 1.36.3", STATUS) and same.free
    nodes = results.upgrade(seen({"upgrade_plan": {**PLAN, "runs": "1.37.2", "stages": [{**PLAN["stages"][0], "control_plane": []}]}}, web_1=JOINED))
    assert nodes.lines[0] == "Cluster my-demo is upgraded: its nodes to Kubernetes 1.37.2"
    checked = results.upgrade(seen({"upgrade_plan": PLAN}, check_mode=True, web_1=NOT_ASKED))
    assert checked.lines == ("Cluster my-demo would be upgraded: Kubernetes 1.36.3 -> 1.37.2", "  kube-apiserver: 1.36.3 -> 1.37.2", f"  {results.CHECKED}")
    assert checked.note is None and not checked.free


def test_how_the_api_answered_meanwhile():
    answers = {"requests": 143, "failed": 2, "longest_gap": 0.41, "error": "status 500"}
    told = results.upgrade(seen({"upgrade_plan": PLAN, "control_plane_applied": {"changed": True, "api": answers}}, web_1=JOINED))
    assert "  API meanwhile: 143 requests, 2 failed, longest gap 0.4 s" in told.lines and told.note == {"node_error": "", "api": answers}


def test_an_upgrade_that_stopped_ends_the_run():
    part = results.upgrade(seen({"upgrade_plan": PLAN}, web_1=UNFIT))
    assert part.lines[0] == "Cluster my-demo is upgraded in part: Kubernetes 1.36.3 -> 1.37.2, but not its nodes web-1"
    assert part.errors == (UNFIT["node_result"]["msg"], GO_ON) and part.note == {"node_error": UNFIT["node_result"]["msg"]}
    stopped = results.upgrade(seen({"upgrade_plan": PLAN, "cluster_stopped": {"why": "no such image"}}))
    assert stopped.lines[0] == "Cluster my-demo is not upgraded" and stopped.errors == ("no such image", GO_ON)
    assert stopped.note == {"last_error": "no such image"} and stopped.free
    # how the API answered until then is kept
    slow = {"requests": 9, "failed": 0, "longest_gap": 4.5}
    away = results.upgrade(seen({"upgrade_plan": PLAN, "cluster_stopped": {"why": "gap"}, "control_plane_applied": {"api": slow},
                                 "control_plane_noted": {"phase": "Running"}}))
    assert away.lines[0] == "Cluster my-demo is upgraded in part"
    assert away.note == {"last_error": "gap", "api": slow}
    assert results.CHECKED not in " ".join(results.upgrade(seen({"cluster_stopped": {"why": "x"}}, check_mode=True)).lines)
    refused = results.upgrade(seen({"upgrade_plan": {"failed": True, "msg": "x"}, "cluster_stopped": {"why": "x"}}))
    assert refused.lines[0] == "Cluster my-demo is not upgraded" and refused.note is None and not refused.free


def test_what_an_upgrade_leaves():
    left = results.upgrade(seen({"upgrade_plan": {**PLAN, "stages": [*PLAN["stages"], *PLAN["stages"]], "nodes": ["web-1", "my-demo-pool-1"]}}, web_1=JOINED))
    assert ("  Not upgraded, as no host of this run is such a node: my-demo-pool-1. Machines of node pools get the new version when they are replaced (scale)"
            in left.lines)
    limited = results.upgrade(seen({"upgrade_plan": PLAN}, web_1=NOT_ASKED))
    assert any(line.startswith("  Not upgraded, as no host of this run is such a node: web-1") for line in limited.lines)
    assert any("the first of 2 stages" in line for line in left.lines)


def test_every_end_of_a_run_can_be_asked_for():
    assert set(RESULTS) == {"hosts", "control_plane", "block", "create", "node", "scale", "look", "reset", "delete", "renew", "upgrade"}


def test_the_summaries_of_the_documentation_are_those_of_runs():
    page = (Path(__file__).resolve().parents[5] / "docs/output.md").read_text(encoding="utf-8")
    made = Seen("demo", RUNS, {"web-1": JOINED, "web-2": JOINED}, False, "", ("hosts.yml",), True)
    checked = replace(made, own={**RUNS, "control_plane_pki": {"changed": True, "steps": ["Make a key"] * 83}}, check_mode=True)
    for run in (made, checked):
        assert "".join(f"    {line}\n" for line in results.create(run).lines) in page
