# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files with keys in them."""
from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._system import private_file


@pytest.fixture(autouse=True)
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_round_trip(tmp_path: Path):
    path = str(tmp_path / "new" / "file")
    assert private_file.read(path) is None
    private_file.must_be_writable(path)
    private_file.write(path, "one\n")
    private_file.write(path, "two\n")
    assert private_file.read(path) == private_file.PrivateFile(b"two\n", 0o600)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_umask_that_takes_everything_does_no_harm(tmp_path: Path):
    os.umask(0o777)
    private_file.write(str(tmp_path / "file"), "text")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_the_old_content_is_replaced_at_once(tmp_path: Path):
    path = tmp_path / "file"
    path.write_text("old")
    os.chmod(path, 0o644)
    with path.open() as reader:
        private_file.write(str(path), "new")
        assert reader.read() == "old"
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)


def test_a_failed_write_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "file"
    path.write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CaasError, match=r"can't be written\. No space left on device\."):
        private_file.write(str(path), "new")
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["file"]


def test_links_are_neither_read_nor_written_through(tmp_path: Path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    with pytest.raises(InvalidInput, match="It is a symbolic link"):
        private_file.read(str(link))
    private_file.write(str(link), "new")
    assert target.read_text() == "old" and not link.is_symlink() and link.read_text() == "new"


@pytest.mark.parametrize("kind", ["directory", "pipe"])
def test_other_things_are_refused_at_once(tmp_path: Path, kind: str):
    path = tmp_path / "thing"
    path.mkdir() if kind == "directory" else os.mkfifo(path)
    with pytest.raises(InvalidInput, match="It is not a regular file"):
        private_file.read(str(path))


def test_the_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path, owner = tmp_path / "file", os.geteuid()
    path.write_text("his")
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(InvalidInput, match=rf"It belongs to another user \(id {owner}\)"):
        private_file.read(str(path))


def test_a_directory_of_everybody_is_refused(tmp_path: Path):
    tmp_path.chmod(0o777)
    with pytest.raises(InvalidInput, match="Everybody may replace files in"):
        private_file.must_be_writable(str(tmp_path / "file"))
    tmp_path.chmod(0o1777)
    private_file.must_be_writable(str(tmp_path / "file"))


def test_a_file_is_no_directory(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="file is not a directory"):
        private_file.must_be_writable(str(tmp_path / "file" / "deep" / "demo"))
    with pytest.raises(InvalidInput, match="Not a directory"):
        private_file.read(str(tmp_path / "file" / "demo"))


def test_a_path_that_can_not_be_is_refused(tmp_path: Path):
    with pytest.raises(InvalidInput, match="mbedded null"):
        private_file.read(f"{tmp_path}/\0")
