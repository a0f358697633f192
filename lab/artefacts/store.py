# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The store: one directory per artefact, named by what went into it; there as a whole or not at all."""
from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Directories of the cache into which artefacts are linked
ROOTS = ("mirror", "registry", "bin")


def key_of(**ingredients: Any) -> str:
    """Twelve hexadecimal digits that change when anything in it changes; the order of mappings means nothing."""
    text = json.dumps(ingredients, sort_keys=True, separators=(",", ":"), default=list)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Artefact:
    """make(directory, say) fills an empty directory. roots: which of its directories are linked into the cache's.

    packages: Debian packages that making it needs. seconds: how long that takes with empty caches; only shown.
    """

    name: str
    version: str
    key: str
    make: Callable[[Path, Say], None]
    roots: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    seconds: int = 1

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}".strip()

    @property
    def directory(self) -> str:
        return "-".join(part.replace("/", "-") for part in (self.name, self.version, self.key) if part)


@dataclass(frozen=True, slots=True)
class Store:
    cache: Path

    @property
    def directory(self) -> Path:
        return self.cache / "store"

    @property
    def unfinished(self) -> Path:
        return self.cache / "unfinished"

    def path(self, artefact: Artefact) -> Path:
        return self.directory / artefact.directory

    def has(self, artefact: Artefact) -> bool:
        return self.path(artefact).is_dir()

    @contextmanager
    def locked(self, say: Say) -> Iterator[None]:
        """One build at a time in a cache; ends with the process, however that ends."""
        self.cache.mkdir(parents=True, exist_ok=True)
        with open(self.cache / "lock", "w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"waiting for another build in {self.cache}")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def add(self, artefact: Artefact, say: Say) -> None:
        """Only under the lock: what lies unfinished is then from a build that was killed."""
        shutil.rmtree(self.unfinished, ignore_errors=True)
        # a name of its own, because what the killed one had started may still write to the old place
        place = self.unfinished / f"{artefact.directory}.{os.getpid()}"
        place.mkdir(parents=True)
        artefact.make(place, say)
        self.directory.mkdir(exist_ok=True)
        place.rename(self.path(artefact))
        shutil.rmtree(self.unfinished, ignore_errors=True)

    def publish(self, artefact: Artefact) -> None:
        for root in artefact.roots:
            link_tree(self.path(artefact) / root, self.cache / root)


def link_tree(source: Path, target: Path) -> None:
    """Hard links for all files of a directory; a file that another version put there is replaced in one move."""
    for directory, dummy, files in os.walk(source):
        place = target / os.path.relpath(directory, source)
        place.mkdir(parents=True, exist_ok=True)
        for name in files:
            link(Path(directory, name), place / name)


def link(source: Path, target: Path) -> None:
    if target.exists() and os.path.samefile(source, target):
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    os.link(source, temporary)
    temporary.replace(target)
