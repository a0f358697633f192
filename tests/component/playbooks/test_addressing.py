# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which hosts a playbook works on: all clusters, those of a limit, or one by its name; with the inventory that users copy."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from playbook_runs import checkout
from playbook_runs.running import Running

INVENTORY = checkout.ROOT / "inventories" / "own_datacenter"
OURS = ("backup", "create_cluster", "create_seed", "delete_cluster", "kubeconfig", "maintain_etcd", "remove_node", "renew", "scale", "status", "upgrade")
PLAY = re.compile(r"play #\d+ \(.*?\): (.+?)\tTAGS:.*?\n\s+pattern: .*?\n\s+hosts \(\d+\):\n?((?:\s{6}\S+\n?)*)")


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where ansible finds this checkout as a collection."""
    return checkout.as_collection(tmp_path_factory.mktemp("collections"))


def playbook(collections: Path, name: str, *words: str, code: int = 0) -> str:
    ended = Running(f"kubermatic.caas.{name}", *words, environment=checkout.environment(collections)).end(120)
    assert ended.code == code, ended.output
    return ended.output


def hosts(text: str) -> dict[str, set[str]]:
    """Play -> its hosts."""
    return {name: set(found.split()) for name, found in PLAY.findall(text)}


@pytest.mark.parametrize("name", OURS)
def test_syntax(collections: Path, name: str):
    playbook(collections, name, "--syntax-check")


@pytest.mark.parametrize(("words", "clusters", "nodes"), [
    ((), {"demo", "shop"}, {"web-1", "web-2", "till-1"}),
    (("--limit", "cluster_demo"), {"demo"}, {"web-1", "web-2"}),
    (("-e", "cluster=demo"), {"demo"}, {"web-1", "web-2"}),
    (("-e", "cluster=shop"), {"shop"}, {"till-1"}),
    (("--limit", "demo"), {"demo"}, set()),
    (("--limit", "web-2"), set(), {"web-2"}),
    # not in the inventory yet; the first play adds it
    (("-e", "cluster=fresh"), set(), set()),
    # a name is never a pattern
    (("-e", "cluster=all"), set(), set()),
    (("-e", "cluster=demo:shop"), set(), set()),
])
def test_who_is_created(collections: Path, words: tuple[str, ...], clusters: set[str], nodes: set[str]):
    found = hosts(playbook(collections, "create_cluster", "-i", str(INVENTORY), "--list-hosts", *words))
    assert (found["Control planes"], found["Nodes"], found["Clusters"]) == (clusters, nodes, clusters)


@pytest.mark.parametrize(("words", "upgraded"), [
    ((), {"demo", "shop", "web-1", "web-2", "till-1"}), (("-e", "cluster=demo"), {"demo", "web-1", "web-2"}), (("--limit", "cluster_shop"), {"shop", "till-1"}),
    # the control plane alone
    (("--limit", "demo"), {"demo"}), (("--limit", "web-1"), set()), (("-e", "cluster=all"), set())])
def test_who_is_upgraded(collections: Path, words: tuple[str, ...], upgraded: set[str]):
    assert hosts(playbook(collections, "upgrade", "-i", str(INVENTORY), "--list-hosts", *words))["Upgrade"] == upgraded


@pytest.mark.parametrize(("words", "clusters", "nodes"), [
    (("-e", "cluster=demo"), {"demo"}, {"web-1", "web-2"}),
    # never more than the one that is named
    ((), set(), set()),
    (("--limit", "cluster_demo"), set(), set()),
])
def test_who_is_deleted(collections: Path, words: tuple[str, ...], clusters: set[str], nodes: set[str]):
    found = hosts(playbook(collections, "delete_cluster", "-i", str(INVENTORY), "--list-hosts", *words))
    assert (found["Nodes"], found["Namespace"]) == (nodes, clusters)


def test_the_inventory_to_copy_is_complete(collections: Path):
    text = playbook(collections, "status", "-i", str(INVENTORY), "--list-hosts")
    assert hosts(text)["Status"] == {"fra1"}
    assert "WARNING" not in text


@pytest.mark.parametrize("name", [name for name in OURS if name not in ("delete_cluster", "remove_node")])
def test_without_an_inventory_it_fails_in_one_line(collections: Path, name: str):
    text = playbook(collections, name, code=2)
    assert "has no host in the group" in text and "Give an inventory that has one, with -i PATH" in text and "Nothing was changed." in text


@pytest.mark.parametrize(("name", "words", "line"), [
    ("create_cluster", ("--tags", "nodes"), "have no tags. Leave out --tags"),
    ("create_seed", ("--limit", "fra1-a"), "--limit fra1-a leaves no host of the group seeds. Limit to one of fra1."),
    ("status", ("--limit", "cluster_demo"), "--limit cluster_demo leaves no host of the group seeds. Limit to one of fra1, and say -e cluster=NAME"),
    # a node has a variable cluster, which is not one of the command line
    ("scale", ("--limit", "web-1"), "--limit web-1 leaves no host of the group clusters. Limit to one of demo, shop, or say -e cluster=NAME."),
    ("scale", ("--limit", "web-1", "-e", "cluster="), "--limit web-1 leaves no host of the group clusters."),
    # who answers nothing does not mean all clusters
    ("scale", ("-e", "cluster="), "cluster is ''. Name one, or leave it out for all clusters of the inventory."),
    ("create_cluster", ("-e", '{"cluster": null}'), "cluster is ''. Name one"),
    ("kubeconfig", ("-e", "cluster="), "cluster is ''. Name one"),
    ("renew", ("-e", "cluster="), "cluster is ''. Name one"),
    ("backup", ("-e", "cluster="), "cluster is ''. Name one"),
    ("maintain_etcd", ("-e", "cluster="), "cluster is ''. Name one"),
    ("upgrade", ("-e", "cluster="), "cluster is ''. Name one"),
    ("upgrade", ("--limit", "web-1"), "--limit web-1 leaves no host of the group clusters."),
    ("kubeconfig", ("--limit", "till-1"), "--limit till-1 leaves no host of the group clusters."),
    ("remove_node", ("-e", "node=wbe-1"), "has no host wbe-1. It has web-1, web-2, till-1."),
    ("remove_node", ("-e", "node="), "Which node?"),
    ("delete_cluster", ("-e", "cluster=", "-e", "confirm="), "Name it twice: -e cluster=NAME -e confirm=NAME."),
])
def test_what_would_do_nothing_says_so(collections: Path, name: str, words: tuple[str, ...], line: str):
    text = playbook(collections, name, "-i", str(INVENTORY), *words, code=2)
    # ansible wraps lines of errors
    assert line in " ".join(text.split())


@pytest.mark.parametrize("name", ["status", "create_cluster", "scale"])
def test_a_seed_that_is_none_is_one_line(collections: Path, tmp_path: Path, name: str):
    inventory = tmp_path / "hosts.yml"
    inventory.write_text("all: {children: {seeds: {hosts: {fra1: {seed_kubeconfig: /nowhere/kubeconfig}}}, clusters: {hosts: {demo: {seed: fra9}}},"
                         " nodes: {hosts: {web-1: {cluster: demo}}}, cluster_demo: {hosts: {demo: {}, web-1: {}}}}}")
    text = playbook(collections, name, "-i", str(inventory), "-e", "cluster=demo", code=2)
    assert "Cluster demo needs seed: NAME" in text and "now it is fra9" in text
    assert "Finalization" not in text and "HostVars" not in text and text.count("[ERROR]") == 1


def test_tags_that_others_skip_are_nobodys(collections: Path):
    """Molecule skips tags of its own in each playbook."""
    text = playbook(collections, "kubeconfig", "-i", str(INVENTORY), "--skip-tags", "molecule-notest,notest", "-e", "cluster=demo", "-e", "seed=none", code=2)
    assert "have no tags" not in text
