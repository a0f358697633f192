# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A host: a container in which systemd is the first process, as on a machine."""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from . import podman, ssh_keys, state
from .state import Host, Lab

# containerd can't put an overlay upon the container's own, and what a machine keeps must outlive a power cut
VOLUMES = {"containerd": "/var/lib/containerd", "etcd": "/var/lib/etcd", "kubelet": "/var/lib/kubelet"}
LIMITS = ("nofile=20000:20000", "nproc=20000:20000")


def volume(host: Host, name: str) -> str:
    return f"{host.name}-{name}"


def status(host: Host) -> str:
    """running, exited, created ..., or "" if there is none."""
    return podman.run("container", "inspect", "--format", "{{.State.Status}}", host.name).stdout.strip()


def states(lab: Lab) -> dict[str, str]:
    """Of all hosts that have a container: name -> running, exited, created ..."""
    found = podman.listed("ps", "--all", "--filter", f"label={state.DIRECTORY_LABEL}={lab.directory}")
    return {item["Names"][0]: item["State"] for item in found}


def create(lab: Lab, host: Host, image: str, *, hostname: str = "", extra: Sequence[str] = ()) -> None:
    """extra: further options of podman."""
    labels = [f"--label={key}={value}" for key, value in lab.labels.items()]
    for name in VOLUMES:
        podman.call("volume", "create", *labels, volume(host, name), directory=lab.directory)
    modules = Path("/lib/modules") / os.uname().release
    podman.call(
        "create", "--name", host.name, "--hostname", hostname or host.name, *labels,
        "--network", f"{lab.network}:ip={host.address}",
        "--privileged", "--cgroupns=private", "--systemd=always", "--tmpfs=/run", "--tmpfs=/tmp", "--pids-limit=-1",
        *(f"--ulimit={limit}" for limit in LIMITS),
        *(f"--volume={volume(host, name)}:{path}" for name, path in VOLUMES.items()),
        f"--volume={ssh_keys.host_directory(lab, host)}:/etc/ssh/lab:ro",
        *([f"--volume={modules}:{modules}:ro"] if modules.is_dir() else []),
        *extra, image, directory=lab.directory)


def start(lab: Lab, host: Host) -> None:
    podman.call("start", host.name, directory=lab.directory)


def stop(lab: Lab, host: Host) -> None:
    """As by the power button: services end in order, ten seconds at most."""
    podman.call("stop", "--time=10", host.name, directory=lab.directory)


def cut_off(lab: Lab, host: Host) -> None:
    """As by pulling the plug: nothing ends in order, nobody is told."""
    podman.call("kill", host.name, directory=lab.directory)


def remove(lab: Lab, host: Host) -> None:
    """With everything that it kept. Nothing to do is fine."""
    podman.remove_containers(host.name, directory=lab.directory)
    podman.run("volume", "rm", "--force", *(volume(host, name) for name in VOLUMES), directory=lab.directory)
