# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Programs from published Go modules: a go.mod of the lab's own whose tools are the programs."""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

from .errors import BuildError
from .machine import last_line, run
from .recipes import KUBERNETES, GoRecipe, kubernetes
from .store import Artefact, key_of
from .toolchain import Toolchain

# Raise it when the way of building changes what comes out
REVISION = 2
HERE = Path(__file__).resolve().parent
SPEAK_EVERY = 20.0
# of a module that is replaced, the version that is taken in its place
MODULE_OF_PACKAGE = "{{with .Module}}{{.Path}} {{with .Replace}}{{.Version}}{{else}}{{.Version}}{{end}}{{end}}"
# the compiler itself is a Go program that lives for a second: it has memory enough
FASTER = {"GOGC": "400"}


def artefact(recipe: GoRecipe, toolchain: Toolchain, architecture: str, logs: Path, roots: tuple[str, ...] = ()) -> Artefact:
    source = (HERE / recipe.source).read_text(encoding="utf-8") if recipe.source else ""
    of_others = {"libraries": _ingredients(kubernetes(KUBERNETES))} if recipe.libraries_of_kubernetes else {}
    key = key_of(revision=REVISION, recipe={**_ingredients(recipe), **of_others}, go=toolchain.version, architecture=architecture, source=source)
    log = logs / f"{recipe.name}-{recipe.version}.log"
    return Artefact(recipe.name, recipe.version, key, lambda place, say: build(recipe, toolchain, place, log, say),
                    roots=roots, packages=recipe.packages, seconds=recipe.seconds)


def _ingredients(recipe: GoRecipe) -> dict[str, object]:
    """How long it takes is none."""
    return {**asdict(recipe), "seconds": 0}


def build(recipe: GoRecipe, toolchain: Toolchain, place: Path, log: Path, say: Callable[[str], None]) -> None:
    """Leaves go.mod, go.sum and bin/ in the directory."""
    environment = {"GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOWORK": "off", "CGO_ENABLED": str(int(recipe.cgo)), **FASTER}
    if recipe.staging:
        pins = _staging(recipe, toolchain, place, environment)
    elif recipe.libraries_of_kubernetes:
        pins = _libraries(kubernetes(KUBERNETES), toolchain, environment)
    else:
        pins = {}
    (place / "go.mod").write_text(go_mod(recipe, toolchain.version, pins), encoding="utf-8")
    if recipe.source:
        shutil.copy(HERE / recipe.source, place)
    programs = place / "bin"
    programs.mkdir()
    # without -trimpath, which would have programs share nothing that a go.mod pins: it names a package by the version that is pinned away
    words = [toolchain.go, "build", "-v", *flags(recipe), "-o", programs, "." if recipe.source else "tool"]
    _compile(words, place, environment, log, say)
    for name, package in recipe.programs.items():
        built = programs / executable_name(package, recipe)
        if not built.is_file():
            raise BuildError(f"go build made no {built.name} from {package}; its output is in {log}.")
        built.rename(programs / name)


def flags(recipe: GoRecipe) -> list[str]:
    linker = ["-s", "-w", *(["-extldflags", "-static"] if recipe.cgo else [])]
    for variable, value in recipe.stamps.items():
        linker += ["-X", f"{variable}={value}"]
    # what the linker would take out again need not be made
    return [*(["-tags", recipe.tags] if recipe.tags else []), "-gcflags=all=-dwarf=false", "-ldflags", " ".join(linker)]


def go_mod(recipe: GoRecipe, go_version: str, pins: Mapping[str, str] = MappingProxyType({})) -> str:
    """pins: module -> the version to take whatever is asked for."""
    lines = [f"module lab/{recipe.name}", f"go {go_version}"]
    lines += [f"require {module} v{recipe.version}" for module in recipe.modules]
    lines += [f"replace {module} => {module} {version}" for module, version in pins.items() if module not in recipe.modules]
    lines += [f"tool {package}" for package in recipe.programs.values() if not recipe.source]
    return "\n".join(lines) + "\n"


def staging_modules(text: str) -> list[str]:
    """Modules that a go.mod replaces by directories of its own repository."""
    return re.findall(r"^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+\./", text, re.MULTILINE)


def module_versions(text: str) -> dict[str, str]:
    """Of lines in the form MODULE_OF_PACKAGE; packages of Go itself have none."""
    return dict(line.split() for line in sorted(set(text.splitlines())) if line)


def executable_name(package: str, recipe: GoRecipe) -> str:
    """What go build calls the program: the last word of the package, or the one before it if that is a major version."""
    if recipe.source:
        return recipe.name
    words = package.split("/")
    return words[-2] if re.fullmatch(r"v\d+", words[-1]) else words[-1]


def _staging(recipe: GoRecipe, toolchain: Toolchain, place: Path, environment: dict[str, str]) -> dict[str, str]:
    """What the module replaces by directories of its own, at the version that belongs to the recipe's."""
    module = f"{recipe.modules[0]}@v{recipe.version}"
    answer = run([toolchain.go, "mod", "download", "-json", module], cwd=place, env=environment)
    published = "v0." + recipe.version.partition(".")[2]
    return dict.fromkeys(staging_modules(Path(json.loads(answer)["GoMod"]).read_text(encoding="utf-8")), published)


def _libraries(recipe: GoRecipe, toolchain: Toolchain, environment: dict[str, str]) -> dict[str, str]:
    """Modules of which the recipe's programs are made -> version."""
    with tempfile.TemporaryDirectory() as place:
        staging = _staging(recipe, toolchain, Path(place), environment)
        (Path(place) / "go.mod").write_text(go_mod(recipe, toolchain.version, staging), encoding="utf-8")
        return module_versions(run([toolchain.go, "list", "-deps", "-f", MODULE_OF_PACKAGE, "tool"], cwd=place, env=environment))


def _compile(words: list[str | Path], place: Path, environment: dict[str, str], log: Path, say: Callable[[str], None]) -> None:
    begin = spoke = time.monotonic()
    packages = downloads = 0
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w", encoding="utf-8") as output, subprocess.Popen(
            words, cwd=place, env={**os.environ, **environment}, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        for line in process.stdout or ():
            output.write(line)
            downloads += line.startswith("go: downloading ")
            packages += not line.startswith("go: ")
            if time.monotonic() - spoke > SPEAK_EVERY:
                spoke = time.monotonic()
                say(f"... {spoke - begin:.0f} s: {downloads} modules downloaded, {packages} packages compiled")
    if process.returncode:
        raise BuildError(f"go build says: {last_line(log.read_text(encoding='utf-8'))} The whole output: {log}")
