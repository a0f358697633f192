# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files of the mirror with their checksums, laid out below the release host's name as upstream does it."""
from __future__ import annotations

import hashlib
import os
from dataclasses import asdict
from pathlib import Path

from . import archive
from .archive import Entry
from .recipes import Release
from .store import Artefact, Say, Store, key_of

REVISION = 1


def artefact(release: Release, programs: Artefact, architecture: str, store: Store) -> Artefact:
    key = key_of(revision=REVISION, release=asdict(release), programs=programs.key, architecture=architecture)

    def make(place: Path, say: Say) -> None:
        write(release, programs.version, architecture, store.path(programs) / "bin", place / "mirror")

    return Artefact(f"release-{release.of}", programs.version, key, make, roots=("mirror",), seconds=5)


def write(release: Release, version: str, architecture: str, programs: Path, target: Path) -> None:
    def filled(text: str) -> str:
        return text.format(version=version, arch=architecture)

    directory = target / filled(release.directory)
    directory.mkdir(parents=True)
    if release.archive:
        files = [directory / filled(release.archive)]
        # upstream's archive begins with the directory
        parents = [Entry(name) for name in sorted({os.path.dirname(member) + "/" for member in release.files})]
        members = [Entry(member, file=programs / program) for member, program in release.files.items()]
        archive.write_compressed(files[0], [*parents, *members])
    else:
        files = [directory / filled(name) for name in release.files]
        for path, program in zip(files, release.files.values(), strict=True):
            os.link(programs / program, path)
    for path in files:
        checksum = directory / release.checksum.format(file=path.name)
        checksum.write_text(checksum_text(path, release.bare), encoding="ascii")


def checksum_text(path: Path, bare: bool) -> str:
    with open(path, "rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return digest if bare else f"{digest}  {path.name}\n"
