# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Checksums of releases, checked by the program that users have."""
from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from lab.artefacts import releases
from unit.lab.test_artefact_files import RELEASE, programs_in


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    return programs_in(tmp_path / "bin")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(("name", "version", "files"), [
    ("kubernetes", "1.36.3", ["kubelet", "kubeadm", "kubectl"]), ("containerd", "2.2.0", ["containerd-2.2.0-linux-arm64.tar.gz"]),
    ("runc", "1.3.3", ["runc.arm64"]),
])
def test_checksums_are_right_in_upstreams_form(name: str, version: str, files: list[str], tmp_path: Path, programs: Path):
    release = RELEASE[name]
    releases.write(release, version, "arm64", programs, tmp_path / "mirror")
    directory = tmp_path / "mirror" / release.directory.format(version=version, arch="arm64")
    for file in files:
        checksum = directory / release.checksum.format(file=file)
        if release.bare:
            assert checksum.read_text() == sha256(directory / file)
        else:
            subprocess.run(["sha256sum", "--check", "--strict", checksum.name], cwd=directory, check=True, capture_output=True)
    assert len(list(directory.iterdir())) == 2 * len(files)
