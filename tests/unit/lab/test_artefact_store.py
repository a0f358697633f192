# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The store: whole artefacts or none, links that follow a new version, nothing written when nothing is new."""
from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from lab.artefacts import build
from lab.artefacts.errors import BuildError
from lab.artefacts.store import Artefact, Store, key_of


def artefact(content: str, key: str = "k1", roots: tuple[str, ...] = ("mirror",)) -> Artefact:
    def make(place: Path, say) -> None:
        (place / "mirror" / "v1").mkdir(parents=True)
        (place / "mirror" / "v1" / "kubelet").write_text(content)

    return Artefact("kubernetes", "1.36.3", key, make, roots=roots)


def silent(line: str) -> None:
    """Nobody listens."""


def snapshot(directory: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.lstat().st_ino, path.lstat().st_mtime_ns) for path in directory.rglob("*")}


def test_the_order_of_a_mapping_is_no_ingredient():
    assert key_of(a={"x": 1, "y": 2}) == key_of(a={"y": 2, "x": 1})
    assert key_of(a=1) != key_of(b=1)


def test_an_artefact_is_linked_into_the_cache(tmp_path: Path):
    store = Store(tmp_path)
    first = artefact("one")
    store.add(first, silent)
    store.publish(first)
    assert (tmp_path / "mirror/v1/kubelet").samefile(store.path(first) / "mirror/v1/kubelet")


def test_publishing_again_writes_nothing(tmp_path: Path):
    store = Store(tmp_path)
    first = artefact("one")
    store.add(first, silent)
    store.publish(first)
    before = snapshot(tmp_path)
    store.publish(first)
    assert snapshot(tmp_path) == before


def test_another_version_takes_the_place_of_the_link(tmp_path: Path):
    store = Store(tmp_path)
    for one in (artefact("one"), artefact("two", "k2")):
        store.add(one, silent)
        store.publish(one)
    assert (tmp_path / "mirror/v1/kubelet").read_text() == "two"
    assert [path.name for path in (tmp_path / "mirror/v1").iterdir()] == ["kubelet"]


def test_what_a_killed_build_left_is_neither_taken_nor_kept(tmp_path: Path):
    store = Store(tmp_path)

    def killed(place: Path, say) -> None:
        (place / "half").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.add(Artefact("kubernetes", "1.36.3", "k1", killed), silent)
    assert [path.name for path in store.unfinished.glob("*/*")] == ["half"]
    whole = artefact("one")
    assert not store.has(whole)
    store.add(whole, silent)
    assert store.has(whole)
    assert not store.unfinished.exists()
    assert not (store.path(whole) / "half").exists()


def test_a_failure_names_the_artefact_in_one_line(tmp_path: Path):
    def fails(place: Path, say) -> None:
        raise BuildError("go build says: no space left")

    with pytest.raises(BuildError, match=r"^etcd 3\.6\.15 could not be made: go build says: no space left$"):
        build.make(Artefact("etcd", "3.6.15", "k1", fails), Store(tmp_path), silent)


def test_two_builds_take_turns(tmp_path: Path):
    store = Store(tmp_path)
    order: list[str] = []

    def second() -> None:
        with store.locked(order.append):
            order.append("second")

    with store.locked(order.append):
        thread = threading.Thread(target=second)
        thread.start()
        while not order:
            time.sleep(0.01)
        order.append("first")
    thread.join()
    assert order == [f"waiting for another build in {tmp_path}", "first", "second"]
