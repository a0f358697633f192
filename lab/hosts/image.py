# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Root file systems and podman images of hosts: `bare` without any Python, `python` with a minimal one."""
from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from . import apt_sources, podman, state
from .errors import LabError
from .lock import locked
from .progress import step

NAME = "localhost/kubermatic-caas-lab-host"
# what a freshly installed server has, or the node's documentation asks for; container runtime and kubelet are the product's
PACKAGES = (
    "systemd", "systemd-sysv", "dbus", "libpam-systemd", "openssh-server", "sudo", "ca-certificates", "curl", "openssl", "procps", "kmod",
    "iproute2", "iptables", "nftables", "conntrack", "ethtool", "socat", "ipset")
KINDS = {"bare": PACKAGES, "python": (*PACKAGES, "python3-minimal")}
FILES = Path(__file__).resolve().parent / "image"
ENTRYPOINT = "/usr/local/sbin/lab-host-init"


def ensure(kind: str) -> str:
    """Name of the image, built if it is not there."""
    suite, sources = apt_sources.of_this_machine()
    name = f"{NAME}:{kind}-{_key(suite, KINDS[kind])}"
    rootfs = state.cache() / "rootfs"
    if _exists(name):
        return name
    with locked(rootfs):
        if _exists(name):
            return name
        archive = rootfs / f"{name.partition(':')[2]}.tar"
        if not archive.exists():
            with step(f"build root file system '{kind}' ({suite}), about a minute", announce=True):
                _build(archive, sources, KINDS[kind])
        with step(f"import host image '{kind}'"):
            podman.call("import", "--quiet", "--change", f'ENTRYPOINT ["{ENTRYPOINT}"]', "--change", "STOPSIGNAL SIGRTMIN+3",
                        "--change", f"LABEL {state.LABEL}-image={kind}", str(archive), name)
        _forget_former(kind, name, archive)
    return name


def _exists(name: str) -> bool:
    return podman.run("image", "exists", name).returncode == 0


def _key(suite: str, packages: tuple[str, ...]) -> str:
    recipe = hashlib.sha256(repr((suite, packages, ENTRYPOINT)).encode())
    for path in sorted(FILES.iterdir()):
        recipe.update(path.name.encode() + b"\0" + path.read_bytes())
    return recipe.hexdigest()[:12]


def _build(archive: Path, sources: list[str], packages: tuple[str, ...]) -> None:
    partial = archive.with_suffix(".partial")
    done = subprocess.run(
        ["mmdebstrap", "--variant=minbase", "--format=tar", f"--include={','.join(packages)}",
         f"--customize-hook={FILES / 'customize.sh'} \"$1\"", "", str(partial), "-"],
        input="\n".join(sources) + "\n", check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        errors = [line for line in done.stdout.splitlines() if line.startswith(("E:", "Err:"))] or done.stdout.splitlines()[-1:]
        raise LabError(f"mmdebstrap can't build the hosts' root file system: {' '.join(errors[:2])} "
                       "Check that `apt-get update` works on this machine.")
    os.replace(partial, archive)


def _forget_former(kind: str, name: str, archive: Path) -> None:
    """Images and archives of older recipes; one that a host still uses stays."""
    for former in archive.parent.glob(f"{kind}-*.tar"):
        if former != archive:
            former.unlink()
    tags = podman.call("images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", f"label={state.LABEL}-image={kind}").split()
    for tag in tags:
        if tag != name:
            podman.run("rmi", tag)
