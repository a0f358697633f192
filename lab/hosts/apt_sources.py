# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where the machine itself gets its distribution from: the hosts' root file systems come from there too."""
from __future__ import annotations

import platform
from collections.abc import Iterable
from pathlib import Path

from .errors import LabError

SUITES = ("", "-updates", "-security")


def of_this_machine() -> tuple[str, list[str]]:
    """Suite and its sources, in apt's one-line format."""
    suite = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    apt = Path("/etc/apt")
    files = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list")), *sorted((apt / "sources.list.d").glob("*.sources"))]
    found = sources(suite, ((path.suffix == ".sources", path.read_text()) for path in files if path.is_file()))
    if not suite or not found:
        raise LabError("No source of this machine's distribution in /etc/apt: the lab's hosts are built from it. "
                       "The lab needs Debian 12 or newer, or Ubuntu 24.04 or newer.")
    return suite, found


def sources(suite: str, texts: Iterable[tuple[bool, str]]) -> list[str]:
    """The sources of a suite and its updates, without others' archives; texts: (is deb822 format, content of a file)."""
    suites = {suite + ending for ending in SUITES}
    lines = []
    for is_deb822, text in texts:
        for options, uri, found, components in _deb822(text) if is_deb822 else _one_line(text):
            # other archives carry the suite's name too, but have no main component
            if found in suites and "main" in components:
                lines.append(" ".join(word for word in ("deb", options, uri, found, *components) if word))
    return lines


def _one_line(text: str):
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words[:1] != ["deb"]:
            continue
        options = ""
        if len(words) > 1 and words[1].startswith("["):
            end = [word.endswith("]") for word in words].index(True)
            options, words = " ".join(words[1:end + 1]), ["deb", *words[end + 1:]]
        if len(words) > 3:
            yield options, words[1], words[2], words[3:]


def _deb822(text: str):
    for stanza in text.split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace():
                fields[name] = fields.get(name, "") + " " + line.strip()
            elif ":" in line:
                name, dummy, value = line.partition(":")
                name = name.lower()
                fields[name] = value.strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes") == "no":
            continue
        keyring = fields.get("signed-by", "")
        options = f"[signed-by={keyring}]" if keyring.startswith("/") and " " not in keyring else ""
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield options, uri, suite, fields.get("components", "").split()
