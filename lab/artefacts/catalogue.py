# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All artefacts in the order in which they are made: what a first host needs comes first."""
from __future__ import annotations

from collections.abc import Sequence

from . import gobuild, images, recipes, releases, userland
from .store import Artefact, Store
from .toolchain import Toolchain


def artefacts(kubernetes_versions: Sequence[str], toolchain: Toolchain, architecture: str, store: Store, clouds: Sequence[str] = ()) -> list[Artefact]:
    """Of several Kubernetes versions, the first is the one whose programs the control host gets. clouds: what runs in clusters for them, too."""
    wanted = [recipes.kubernetes(version) for version in kubernetes_versions]
    all_recipes = [*wanted, *recipes.GO, *(recipe for cloud in clouds for recipe in recipes.CLOUDS[cloud])]
    logs = store.cache / "logs"

    def roots(recipe: recipes.GoRecipe) -> tuple[str, ...]:
        return ("bin",) if recipe.name in recipes.CONTROL_HOST and recipe not in wanted[1:] else ()

    programs = [gobuild.artefact(recipe, toolchain, architecture, logs, roots(recipe)) for recipe in all_recipes]
    files = userland.artefact(architecture)
    bases = {kind: userland.base(kind, None if kind == "static" else files, architecture, store)
             for kind in ("static", "busybox", "userland")}
    ordered: list[Artefact] = []
    for artefact in programs:
        ordered.append(artefact)
        ordered += [releases.artefact(release, artefact, architecture, store)
                    for release in recipes.RELEASES if release.of == artefact.name]
    ordered += [files, *bases.values()]
    for image in recipes.IMAGES:
        ordered += [images.artefact(image, artefact, bases[image.base], architecture, store)
                    for artefact in (*programs, files) if artefact.name == image.of]
    return ordered
