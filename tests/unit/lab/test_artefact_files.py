# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Archives, checksums and images that are made from files: same content, same bytes; digests that others compute too."""
from __future__ import annotations

import hashlib
import json
import os
import tarfile
from pathlib import Path

import pytest

from lab.artefacts import archive, images, oci, releases
from lab.artefacts.archive import Entry
from lab.artefacts.recipes import RELEASES, Image

RELEASE = {release.of: release for release in RELEASES}


def programs_in(directory: Path) -> Path:
    """The folder with what a build would have made."""
    directory.mkdir()
    for name in ("kubelet", "kubeadm", "kubectl", "containerd", "containerd-shim-runc-v2", "ctr", "runc", "coredns"):
        (directory / name).write_text(f"program {name}\n" * 1000)
        (directory / name).chmod(0o755)
    return directory


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    return programs_in(tmp_path / "bin")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    oci.write_layer(tmp_path / "base" / "registry" / "sha256", [Entry("tmp", mode=0o1777)])
    return tmp_path / "base"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_digest_of_an_archive_is_that_of_its_bytes(tmp_path: Path):
    digest = archive.write(tmp_path / "a.tar", [Entry("etc/passwd", content=b"root"), Entry("bin/sh", link="busybox")])
    assert digest == sha256(tmp_path / "a.tar")


@pytest.mark.parametrize("write", [archive.write, archive.write_compressed])
def test_an_archive_depends_on_content_alone(write, tmp_path: Path, programs: Path):
    entries = [Entry("bin"), Entry("bin/kubelet", file=programs / "kubelet")]
    write(tmp_path / "a", entries)
    os.utime(programs / "kubelet", (1, 1))
    write(tmp_path / "b", entries)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_an_archive_belongs_to_root(tmp_path: Path, programs: Path):
    archive.write(tmp_path / "a.tar", [Entry("tmp", mode=0o1777), Entry("kubelet", file=programs / "kubelet")])
    with tarfile.open(tmp_path / "a.tar") as made:
        assert [(member.name, member.uid, member.gid, member.mode) for member in made] == [
            ("tmp", 0, 0, 0o1777), ("kubelet", 0, 0, 0o755)]


def test_a_tree_keeps_links_modes_and_directories(tmp_path: Path):
    root = tmp_path / "root"
    (root / "usr/sbin").mkdir(parents=True)
    (root / "usr/sbin/nft").write_text("x")
    (root / "usr/sbin/nft").chmod(0o750)
    (root / "sbin").symlink_to("usr/sbin")
    found = {entry.path: entry for entry in archive.tree(root)}
    assert list(found) == ["sbin", "usr", "usr/sbin", "usr/sbin/nft"]
    assert found["sbin"].link == "usr/sbin"
    assert found["usr/sbin/nft"].mode == 0o750


def test_parents_come_once_and_first():
    entries = oci.with_parents([Entry("usr/bin/a", content=b""), Entry("usr", mode=0o700), Entry("usr/bin/b", content=b"")])
    assert [entry.path for entry in entries] == ["usr", "usr/bin", "usr/bin/a", "usr/bin/b"]


def test_an_image_is_complete(tmp_path: Path, programs: Path, base: Path):
    image = Image("coredns/coredns", "coredns", ("v{version}", "latest"), {"/opt/bin/coredns": "coredns"}, entrypoint=("/opt/bin/coredns",),
                  user="65532")
    images.write(image, "1.14.6", "amd64", programs, base, tmp_path)
    registry = tmp_path / "registry"
    content = (registry / "manifests/coredns/coredns/v1.14.6.json").read_bytes()
    assert content == (registry / "manifests/coredns/coredns/latest.json").read_bytes()
    manifest = json.loads(content)
    blobs = {f"sha256:{path.name}": path for path in (registry / "sha256").iterdir()}
    assert all(digest == f"sha256:{sha256(path)}" for digest, path in blobs.items())
    described = [manifest["config"], *manifest["layers"]]
    assert {part["digest"]: part["size"] for part in described} == {digest: path.stat().st_size for digest, path in blobs.items()}
    config = json.loads(blobs[manifest["config"]["digest"]].read_bytes())
    assert config["rootfs"]["diff_ids"] == [layer["digest"] for layer in manifest["layers"]]
    assert (config["architecture"], config["config"]["User"], config["config"]["Entrypoint"]) == ("amd64", "65532", ["/opt/bin/coredns"])
    with tarfile.open(blobs[manifest["layers"][1]["digest"]]) as layer:
        assert layer.getnames() == ["opt", "opt/bin", "opt/bin/coredns"]


def test_containerds_archive_unpacks_to_bin(tmp_path: Path, programs: Path):
    releases.write(RELEASE["containerd"], "2.2.0", "amd64", programs, tmp_path)
    path = tmp_path / "containerd/containerd/releases/download/v2.2.0/containerd-2.2.0-linux-amd64.tar.gz"
    with tarfile.open(path) as made:
        assert [member.name for member in made if member.isfile()] == ["bin/containerd", "bin/containerd-shim-runc-v2", "bin/ctr"]
