# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which hosts a playbook works on: all clusters, those of a limit, or one by its name; with the inventory that users copy."""
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
INVENTORY = ROOT / "inventories" / "own_datacenter"
OURS = ("create_cluster", "delete_cluster", "kubeconfig", "scale", "status")
PLAY = re.compile(r"play #\d+ \(.*?\): (.+?)\tTAGS:.*?\n\s+pattern: .*?\n\s+hosts \(\d+\):\n?((?:\s{6}\S+\n?)*)")


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where ansible finds this checkout as a collection."""
    path = tmp_path_factory.mktemp("collections")
    (path / "ansible_collections" / "kubermatic").mkdir(parents=True)
    (path / "ansible_collections" / "kubermatic" / "caas").symlink_to(ROOT)
    return path


def playbook(collections: Path, name: str, *words: str) -> str:
    done = subprocess.run([str(Path(sys.executable).parent / "ansible-playbook"), f"kubermatic.caas.{name}", *words], check=False, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections), "ANSIBLE_NOCOLOR": "1"})
    assert done.returncode == 0, done.stdout
    return done.stdout


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
