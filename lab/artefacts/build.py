# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The whole build: what is there stays, what is missing is made, one after the other."""
from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import packages, recipes, toolchain
from .catalogue import artefacts
from .errors import BuildError
from .machine import architecture, default_cache
from .store import Artefact, Store

# seconds: what takes longer says so when it begins
WORTH_A_LINE = 10


@dataclass(frozen=True, slots=True)
class Summary:
    built: int
    cached: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.built + self.cached} artefacts: {self.built} built, {self.cached} cached, {self.seconds:.1f} s"


def say(line: str) -> None:
    print(line, flush=True)


def ensure(kubernetes_versions: Sequence[str] = (recipes.KUBERNETES,), cache: Path | None = None,
           progress: Callable[[str], None] = say, clouds: Sequence[str] = ()) -> Summary:
    """Everything that hosts download is in the cache afterwards; progress gets a line for whatever takes time.

    kubernetes_versions: such as 1.36.3; programs of the first come into the cache's bin/. clouds: of recipes.CLOUDS. Raises BuildError, one line.
    """
    begin = time.monotonic()
    versions = list(dict.fromkeys(checked(version) for version in kubernetes_versions)) or [recipes.KUBERNETES]
    store = Store((cache or default_cache()).resolve())
    wanted = artefacts(versions, toolchain.find(store.cache, progress), architecture(), store, clouds)
    built = 0
    if missing(wanted, store):
        with store.locked(progress):
            # another build may have made some while this one waited
            absent = missing(wanted, store)
            announce(absent, store, progress)
            packages.install([package for artefact in absent for package in artefact.packages], progress)
            for artefact in absent:
                make(artefact, store, progress)
                store.publish(artefact)
            built = len(absent)
    for artefact in wanted:
        store.publish(artefact)
    summary = Summary(built, len(wanted) - built, time.monotonic() - begin)
    progress(str(summary))
    return summary


def checked(version: str) -> str:
    if not re.fullmatch(r"1\.\d{1,3}\.\d{1,3}", version):
        raise BuildError(f"{version!r} is not a Kubernetes version. Write three numbers, such as {recipes.KUBERNETES}.")
    return version


def missing(wanted: Sequence[Artefact], store: Store) -> list[Artefact]:
    return [artefact for artefact in wanted if not store.has(artefact)]


def announce(absent: Sequence[Artefact], store: Store, progress: Callable[[str], None]) -> None:
    if absent:
        minutes = sum(artefact.seconds for artefact in absent) / 60
        progress(f"{len(absent)} artefacts are to be made in {store.cache}"
                 + (f", up to {minutes:.0f} minutes on two cores" if minutes > 1 else ""))


def make(artefact: Artefact, store: Store, progress: Callable[[str], None]) -> None:
    begin = time.monotonic()
    if artefact.seconds >= WORTH_A_LINE:
        progress(f"  {artefact.title} ...")
    try:
        store.add(artefact, lambda line: progress(f"  {artefact.title} {line}"))
    except (BuildError, OSError) as error:
        raise BuildError(f"{artefact.title} could not be made: {error}") from error
    progress(f"  {artefact.title:<50} {time.monotonic() - begin:6.1f} s")
