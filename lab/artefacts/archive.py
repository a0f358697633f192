# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tar archives whose bytes depend on nothing but their content."""
from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# enough for upstream's purposes; more would only cost time
COMPRESSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A directory, unless one of file (on this machine), content or link (symbolic, its target) is given."""

    path: str
    file: Path | None = None
    content: bytes | None = None
    link: str = ""
    mode: int = 0o755


class _Hashing(io.RawIOBase):
    def __init__(self, target: BinaryIO):
        self.target = target
        self.hash = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.hash.update(data)
        return self.target.write(data)


def write(target: Path, entries: Iterable[Entry]) -> str:
    """SHA-256 of the archive, which belongs to root whoever makes it."""
    with open(target, "wb") as output:
        hashing = _Hashing(output)
        with tarfile.open(fileobj=hashing, mode="w|", format=tarfile.GNU_FORMAT, bufsize=1 << 20) as archive:
            for entry in entries:
                _add(archive, entry)
    return hashing.hash.hexdigest()


def write_compressed(target: Path, entries: Iterable[Entry]) -> None:
    with open(target, "wb") as output, gzip.GzipFile("", "wb", COMPRESSION, output, mtime=0) as packed, \
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.GNU_FORMAT, bufsize=1 << 20) as archive:
        for entry in entries:
            _add(archive, entry)


def tree(root: Path) -> list[Entry]:
    """Everything below a directory, in the order of names; modes as they are there."""
    entries = []
    for directory, directories, files in os.walk(root):
        directories.sort()
        for name in sorted([*directories, *files]):
            path = Path(directory, name)
            inside = str(path.relative_to(root))
            if path.is_symlink():
                entries.append(Entry(inside, link=os.readlink(path)))
            elif path.is_dir():
                entries.append(Entry(inside, mode=path.stat().st_mode & 0o7777))
            else:
                entries.append(Entry(inside, file=path, mode=path.stat().st_mode & 0o7777))
    return entries


def _add(archive: tarfile.TarFile, entry: Entry) -> None:
    info = tarfile.TarInfo(entry.path)
    info.mode = entry.mode
    if entry.link:
        info.type, info.linkname, info.mode = tarfile.SYMTYPE, entry.link, 0o777
        archive.addfile(info)
    elif entry.file is not None:
        info.size = entry.file.stat().st_size
        with open(entry.file, "rb") as content:
            archive.addfile(info, content)
    elif entry.content is not None:
        info.size = len(entry.content)
        archive.addfile(info, io.BytesIO(entry.content))
    else:
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
