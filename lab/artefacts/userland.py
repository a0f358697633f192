# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files that images get from the machine's distribution: busybox, iptables, nft, conntrack and their libraries.

Packages are unpacked and not installed: nothing of them has to be set up, and neither root nor a chroot is needed.
"""
from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

from . import archive, oci
from .archive import Entry
from .errors import BuildError
from .machine import run
from .recipes import USERLAND_PACKAGES
from .store import Artefact, Say, Store, key_of

REVISION = 2
UNWANTED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/lintian", "usr/share/bash-completion",
            "usr/share/initramfs-tools", "usr/share/bug", "etc/init.d", "etc/kernel")
# a distribution chooses among iptables' variants by a script after the installation
CHOSEN = {f"usr/sbin/{family}tables{ending}": "xtables-nft-multi" for family in ("ip", "ip6") for ending in ("", "-save", "-restore")}
ACCOUNTS = b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\nnonroot:x:65532:65532:nonroot:/:/bin/false\n"
GROUPS = b"root:x:0:\ntty:x:5:\nnobody:x:65534:\nnonroot:x:65532:\n"
BASE = (
    Entry("etc"), Entry("etc/passwd", content=ACCOUNTS, mode=0o644), Entry("etc/group", content=GROUPS, mode=0o644),
    Entry("etc/nsswitch.conf", content=b"hosts: files dns\n", mode=0o644),
    Entry("root", mode=0o700), Entry("run"), Entry("tmp", mode=0o1777), Entry("var"), Entry("var/lib"), Entry("var/log"),
)


def base(kind: str, userland: Artefact | None, architecture: str, store: Store) -> Artefact:
    """A layer that several images begin with; kind as in Image.base."""
    needed = userland.key if userland else ""
    key = key_of(revision=REVISION, kind=kind, entries=[str(entry) for entry in BASE], userland=needed, architecture=architecture)

    def make(place: Path, say: Say) -> None:
        entries = {"static": list, "busybox": lambda: _busybox(store.path(userland)),
                   "userland": lambda: archive.tree(store.path(userland) / "root")}[kind]()
        oci.write_layer(place / "registry" / "sha256", oci.with_parents([*BASE, *entries]))

    return Artefact(f"base-{kind}", "", key, make, roots=("registry",))


def artefact(architecture: str) -> Artefact:
    key = key_of(revision=REVISION, packages=USERLAND_PACKAGES, architecture=architecture, chosen=CHOSEN, unwanted=UNWANTED)
    return Artefact("userland", "", key, _make, seconds=10)


def _make(place: Path, say: Say) -> None:
    root = place / "root"
    root.mkdir()
    for package in _download(place / "apt"):
        run(["dpkg-deb", "-x", package, root])
    shutil.rmtree(place / "apt")
    for unwanted in UNWANTED:
        shutil.rmtree(root / unwanted, ignore_errors=True)
    for path, target in CHOSEN.items():
        (root / path).unlink(missing_ok=True)
        (root / path).symlink_to(target)
    # packages of newer releases hold /usr/bin only and leave /bin to the base system
    for name in ("bin", "sbin", "lib", "lib64"):
        if not (root / name).exists() and (root / "usr" / name).exists():
            (root / name).symlink_to(f"usr/{name}")
    _link_applets(root)


def _download(directory: Path) -> list[Path]:
    """The packages and all that they depend on, by an apt that believes nothing to be installed."""
    for name in ("lists/partial", "cache/archives/partial"):
        (directory / name).mkdir(parents=True)
    (directory / "status").touch()
    options = {"Dir::State": directory, "Dir::State::lists": directory / "lists", "Dir::State::status": directory / "status",
               "Dir::Cache": directory / "cache", "APT::Sandbox::User": "root"}
    words = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    # one source that can't be reached does not matter if another has the packages
    subprocess.run([*words, "update"], capture_output=True, check=False)
    run([*words, "install", "-y", "--no-install-recommends", "--download-only", *USERLAND_PACKAGES])
    return sorted((directory / "cache" / "archives").glob("*.deb"))


def busybox(root: Path) -> Path:
    for path in (root / "bin" / "busybox", root / "usr" / "bin" / "busybox"):
        if path.is_file():
            return path
    raise BuildError("Package busybox holds no busybox where it was expected: bin or usr/bin.")


def applets(root: Path) -> list[str]:
    return run([busybox(root), "--list"]).split()


def _link_applets(root: Path) -> None:
    program = busybox(root)
    for name in applets(root):
        if not any(os.path.lexists(root / directory / name) for directory in ("bin", "sbin", "usr/bin", "usr/sbin")):
            (program.parent / name).symlink_to("busybox")


def _busybox(userland: Path) -> list[Entry]:
    """The static build would be smaller, but it crashes when it looks up a name."""
    program = busybox(userland / "root")
    links = [Entry(f"bin/{name}", link="busybox") for name in applets(userland / "root") if name != "busybox"]
    return [*_libraries(userland / "root"), Entry("bin/busybox", file=program, mode=stat.S_IMODE(program.stat().st_mode)), *links]


def _libraries(root: Path) -> list[Entry]:
    """The loader, the C library, and the links that lead to them."""
    wanted = re.compile(r"(lib|lib64)|.*/(ld-linux[^/]*|lib(c|m|resolv|nss_dns|nss_files)\.so\.\d+)")
    return [entry for entry in archive.tree(root) if wanted.fullmatch(entry.path) and (entry.link or entry.file)]
