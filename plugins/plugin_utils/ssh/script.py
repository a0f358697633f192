# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One POSIX shell script for a host, assembled from the parts beside this file.

assemble(parts, mode=..., config=..., files=..., artefacts=...) -> Script

- A part NAME is the file NAME.sh; it defines the function part_NAME. Parts run in the order given. lib.sh is always there; "facts" needs nothing
  else, "artefacts" installs what artefacts= lists, "runtime" makes containerd run. A part of another noun is one more file with its part_NAME.
- mode "plan" prints what "apply" would change, in the same sentences and the same order, and writes nothing, not even a temporary file.
- config (str, int, bool or list of words) is there as the shell variable $c_KEY: bool as yes/no, a list joined by blanks. Everything goes to the
  host on stdin as quoted data; no value is ever part of a command line or evaluated.
- files (HostFile) belong to a part: the part calls `files_NAME`, which writes each of them if its content or mode differs.
- artefacts (Artefact) are all fetched and checked before the first of them is installed.

A part is written with the words of lib.sh:
  step "Sentence" COMMAND...        the only way to change something: prints the sentence, and runs COMMAND (in a subshell) only under apply
  file PATH MODE UNIT CONTENT       writes a file (with diff) and remembers that UNIT must be restarted;  absent PATH
  service UNIT                      started, enabled, restarted if needed (also if a killed run didn't get that far);  needs_restart UNIT
  fail "Sentence"                   ends the run with the one line the user sees;  say KIND TEXT: a line of the answer, see remote.py
  text KEY PATH, fact KEY VALUE     (facts.sh) hand something to the control host
"""
from __future__ import annotations

import re
import secrets
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import HostFile

PARTS = Path(__file__).parent / "parts"
# a look, a look that reads sums from a mirror and whole files, a change, which may wait for another run on that host, and one that fetches
LOOK, COMPARISON, CHANGE, DOWNLOAD = "look", "comparison", "change", "download"
LOOKS, DOWNLOADS = {"facts", "other_software", "seed_facts", "diagnosis", "unfetch"}, {"artefacts", "seed_images", "seed_kubeadm", "seed_join"}
NAME = re.compile(r"[a-z][a-z0-9_]*")
Value = str | int | bool | Iterable[str]


@dataclass(frozen=True, slots=True)
class Script:
    """text goes to the stdin of `sh -s`; marker starts every line that is an answer, so that a greeting of the host can't be mistaken for one.

    effort: what it does, which decides how long it may take.
    """

    text: str
    marker: str
    mode: str
    effort: str = LOOK


def effort(parts: Iterable[str], mode: str) -> str:
    """Of the kinds above, the one that these parts are."""
    if mode == "plan":
        return LOOK if LOOKS.issuperset(parts) else COMPARISON
    return CHANGE if DOWNLOADS.isdisjoint(parts) else DOWNLOAD


def word(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shlex.quote(str(value) if isinstance(value, (str, int)) else " ".join(value))


def variable(name: str, value: Value) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} can't be the name of a shell variable")
    return f"c_{name}={word(value)}\n"


def function(name: str, lines: Iterable[str]) -> str:
    return f"{name}() {{\n:\n" + "".join(f"{line}\n" for line in lines) + "}\n"


def files_of(part: str, files: Iterable[HostFile]) -> str:
    return function(f"files_{part}", (
        " ".join(["file", *map(shlex.quote, (item.path, item.mode, item.restarts, item.content))]) for item in files if item.part == part))


def artefact_calls(artefacts: Iterable[Artefact]) -> str:
    return function("artefacts", ('"$1" ' + " ".join(map(shlex.quote, (
        item.name, item.version, item.url, item.sums, item.sha256, item.kind, item.directory, item.restarts))) for item in artefacts))


def assemble(parts: Iterable[str], *, mode: str = "plan", config: Mapping[str, Value] | None = None,
             files: Iterable[HostFile] = (), artefacts: Iterable[Artefact] = ()) -> Script:
    """The script that runs these parts; a script that arrives cut off does nothing, because its last line starts it."""
    if mode not in ("plan", "apply"):
        raise ValueError(f"mode is plan or apply, not {mode!r}")
    parts, files, marker = tuple(parts), tuple(files), f"caas-{secrets.token_hex(8)}"
    strangers = {item.part for item in files} - set(parts)
    if strangers:
        raise ValueError(f"no part of this script writes the files of {', '.join(sorted(strangers))}")
    text = [
        # RANDFILE: old openssl would leave a file in the home directory
        "export LC_ALL=C RANDFILE=/dev/null PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
        "unset CDPATH ENV\nIFS='\n\t '\numask 022\nset -u\nexec 3>&1 1>&2\n",
        f"marker={marker}\nmode={mode}\n",
        *(variable(name, value) for name, value in (config or {}).items()),
        *(files_of(part, files) for part in parts),
        artefact_calls(artefacts),
        *((PARTS / f"{part}.sh").read_text(encoding="utf-8") for part in ("lib", *parts)),
        function("main", ["begin", *(f"part_{part}" for part in parts), "say done ."]),
        # before all else: from here on it is the script that speaks
        "printf '%s begun .\\n' \"$marker\" >&3\n",
        "main </dev/null\n",
    ]
    return Script("".join(text), marker, mode, effort(parts, mode))
