# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What each verb of the command does."""
from __future__ import annotations

import argparse
import os
import subprocess
import sys

from lab import audit as audit_log
from lab import customer_inventory
from lab.artefacts import build as artefacts
from lab.hosts import cleanup, image, lifecycle, overview, packages, podman, servers, ssh_keys, state
from lab.hosts.errors import LabError
from lab.hosts.processes import Process
from lab.hosts.progress import say


def build(options: argparse.Namespace) -> None:
    if not options.software_only:
        packages.ensure()
        for kind in image.KINDS:
            say(f"  host image {image.ensure(kind)}")
    artefacts.ensure(options.kubernetes, state.cache(), clouds=options.cloud)
    for name in state.names():
        servers.tell_new_images(state.existing(name))


def up(options: argparse.Namespace) -> None:
    owner = None if options.keep else Process.of(options.owner)
    lifecycle.up(options.name, {"seed": options.seed_hosts, "worker": options.seed_workers, "host": options.hosts, "python": options.python_hosts},
                 owner=owner, builder=Process.of(os.getpid()), clouds=options.cloud)


def down(options: argparse.Namespace) -> None:
    packages.require_root()
    lifecycle.down(options.name)


def clean(options: argparse.Namespace) -> None:
    packages.require_root()
    if not cleanup.clean():
        say("Nothing is left over.")


def inventory(options: argparse.Namespace) -> None:
    print(lifecycle.write_inventory(options.name))


def clusters(options: argparse.Namespace) -> None:
    directory = state.lab_directory(state.existing(options.name).name)
    file = customer_inventory.file(directory)
    before = file.read_text() if file.exists() else ""
    written = customer_inventory.write(directory, dict(options.clusters))
    print(written, "(as it was)" if file.read_text() == before else "")


def cloud(options: argparse.Namespace) -> None:
    lab = state.existing(options.name)
    if not lab.clouds:
        raise LabError(f"Lab {lab.name} has no cloud. Add one: lab/caas-lab up {lab.name} --cloud {next(iter(servers.CLOUDS))}")
    for name in lab.clouds:
        print(f"{name} {servers.url(lab, name)}/")


def listing(options: argparse.Namespace) -> None:
    packages.require_root()
    print(overview.table())


def audit(options: argparse.Namespace) -> None:
    packages.require_root()
    seeds = [host for host in state.existing(options.name).hosts if host.role == "seed"]
    if not seeds:
        raise LabError(f"Lab {options.name} has no seed host, so no audit log.")
    since = options.since if options.since.tzinfo else options.since.astimezone()
    found = audit_log.writes([line for seed in seeds for line in podman.call("exec", seed.name, "cat", audit_log.LOG).splitlines()], since)
    for write in found:
        print(write)
    for (user, what), count in sorted(audit_log.grouped(found).items()):
        print(f"{count:5} x {user}: {what}")
    print(f"{len(found)} write requests since {since:%Y-%m-%d %H:%M:%S}, without those of Kubernetes' own components.")


def execute(options: argparse.Namespace) -> None:
    """As root, on the host's terminal rather than over SSH."""
    host = state.existing(options.name).host(options.host)
    words = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not words:
        raise LabError(f"Say what to run: lab/caas-lab exec {options.name} {options.host} -- COMMAND")
    terminal = ["--tty"] if sys.stdin.isatty() and sys.stdout.isatty() else []
    sys.exit(subprocess.run(["podman", "exec", "--interactive", *terminal, host.name, *words], env=podman.environment(), check=False).returncode)


def ssh(options: argparse.Namespace) -> None:
    lab = state.existing(options.name)
    host = lab.host(options.host)
    # as ssh itself: the host's shell reads the words
    words = options.command[1:] if options.command[:1] == ["--"] else options.command
    os.execvp("ssh", ["ssh", *ssh_keys.options(lab), f"{ssh_keys.USER}@{host.address}", *words])


def add_hosts(options: argparse.Namespace) -> None:
    packages.ensure()
    lifecycle.add(options.name, {"host": options.hosts, "python": options.python_hosts}, Process.of(os.getpid()))


def remove_host(options: argparse.Namespace) -> None:
    packages.require_root()
    lifecycle.remove_host(options.name, options.host)


def poweroff(options: argparse.Namespace) -> None:
    lifecycle.power(options.name, options.host, on=False, plug=options.plug)


def poweron(options: argparse.Namespace) -> None:
    lifecycle.power(options.name, options.host, on=True)
