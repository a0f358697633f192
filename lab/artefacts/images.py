# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Container images: a base layer, the programs, and how to start them. Laid out as the registry keeps and reads them.

    registry/sha256/DIGEST                  layers and configurations
    registry/manifests/REPOSITORY/TAG.json  manifests, which the registry is told when it starts
"""
from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

from . import oci
from .archive import Entry
from .recipes import Image
from .store import Artefact, Say, Store, key_of

REVISION = 1


def artefact(image: Image, programs: Artefact, base: Artefact, architecture: str, store: Store) -> Artefact:
    key = key_of(revision=REVISION, image=asdict(image), programs=programs.key, base=base.key, architecture=architecture)

    def make(place: Path, say: Say) -> None:
        write(image, programs.version, architecture, store.path(programs) / "bin", store.path(base), place)

    return Artefact(f"image-{image.name}", programs.version, key, make, roots=("registry",))


def write(image: Image, version: str, architecture: str, programs: Path, base: Path, place: Path) -> None:
    blobs = place / "registry" / "sha256"
    blobs.mkdir(parents=True)
    layers = [path.name for path in (base / "registry" / "sha256").iterdir()]
    for layer in layers:
        os.link(base / "registry" / "sha256" / layer, blobs / layer)
    if image.files:
        entries = [Entry(path.lstrip("/"), file=programs / program) for path, program in image.files.items()]
        layers.append(oci.write_layer(blobs, oci.with_parents(entries)))
    configuration = oci.write_blob(blobs, oci.config(image, architecture, layers))
    sizes = {name: (blobs / name).stat().st_size for name in (configuration, *layers)}
    content = oci.manifest((configuration, sizes[configuration]), [(layer, sizes[layer]) for layer in layers])
    directory = place / "registry" / "manifests" / image.name
    directory.mkdir(parents=True)
    for tag in image.tags:
        (directory / f"{tag.format(version=version)}.json").write_bytes(content)
