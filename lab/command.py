# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Real machines on this machine: hosts with systemd and SSH, a mirror and a registry with the layout of the upstream ones."""
from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from lab import audit, customer_inventory
from lab.artefacts import build as artefacts
from lab.artefacts import recipes
from lab.artefacts.errors import BuildError
from lab.hosts import cleanup, image, lifecycle, overview, packages, podman, servers, ssh_keys, state
from lab.hosts.errors import LabError
from lab.hosts.processes import Process
from lab.hosts.progress import say


def build(options: argparse.Namespace) -> None:
    packages.ensure()
    for kind in image.KINDS:
        say(f"  host image {image.ensure(kind)}")
    artefacts.ensure(options.kubernetes, state.cache(), clouds=options.cloud)
    for name in state.names():
        servers.tell_news(state.existing(name))


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


def witness(options: argparse.Namespace) -> None:
    packages.require_root()
    seeds = [host for host in state.existing(options.name).hosts if host.role == "seed"]
    if not seeds:
        raise LabError(f"Lab {options.name} has no seed host, so no audit log.")
    since = options.since if options.since.tzinfo else options.since.astimezone()
    found = audit.writes([line for seed in seeds for line in podman.call("exec", seed.name, "cat", audit.LOG).splitlines()], since)
    for write in found:
        print(write)
    for (user, what), count in sorted(audit.grouped(found).items()):
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


def hosts_add(options: argparse.Namespace) -> None:
    packages.ensure()
    lifecycle.add(options.name, {"host": options.hosts, "python": options.python_hosts}, Process.of(os.getpid()))


def hosts_remove(options: argparse.Namespace) -> None:
    packages.require_root()
    lifecycle.remove_host(options.name, options.host)


def poweroff(options: argparse.Namespace) -> None:
    lifecycle.power(options.name, options.host, on=False, plug=options.plug)


def poweron(options: argparse.Namespace) -> None:
    lifecycle.power(options.name, options.host, on=True)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="caas-lab", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, does: Callable[[argparse.Namespace], None], text: str, *, of=commands, lab: bool = True) -> argparse.ArgumentParser:
        sub = of.add_parser(name, help=text, description=text)
        sub.set_defaults(does=does)
        if lab:
            sub.add_argument("name", metavar="NAME", help="name of the lab")
        return sub

    sub = command("build", build, "build Kubernetes, images and host systems (cached)", lab=False)
    sub.add_argument("--kubernetes", nargs="+", metavar="VERSION", default=[recipes.KUBERNETES],
                     help="the first one's programs also come to this machine (default: %(default)s)")
    sub.add_argument("--cloud", nargs="+", choices=list(recipes.CLOUDS), default=[], help="with what runs in clusters of these clouds")
    sub = command("up", up, "make the lab, or what is missing of it")
    sub.add_argument("--seed-hosts", type=int, default=1, metavar="N", help="control-plane machines of the seed; several have a load balancer (default 1)")
    sub.add_argument("--seed-workers", type=int, default=0, metavar="N")
    sub.add_argument("--hosts", type=int, default=2, metavar="N", help="without Python (default 2)")
    sub.add_argument("--python-hosts", type=int, default=0, metavar="N")
    sub.add_argument("--cloud", nargs="+", choices=list(servers.CLOUDS), default=[], help="with the API of clouds whose machines are hosts of this lab")
    sub.add_argument("--keep", action="store_true", help="keep the lab when the process that asked for it has ended")
    sub.add_argument("--owner", type=int, default=os.getppid(), metavar="PID", help="process whose end makes the lab a leftover (default: caller)")
    command("down", down, "take the lab away with everything in it")
    command("inventory", inventory, "write the lab's Ansible inventory and print its directory")
    sub = command("clusters", clusters, "write customer clusters into the lab's inventory, and print its directory")
    sub.add_argument("clusters", nargs="*", type=customer_inventory.pair, metavar="CLUSTER=HOST,HOST", help="a cluster and its nodes")
    command("cloud", cloud, "print the addresses of the lab's clouds")
    command("list", listing, "labs, their hosts and addresses", lab=False)
    command("clean", clean, "remove what killed runs left behind", lab=False)
    sub = command("audit", witness, "what people and playbooks wrote to the lab's seed")
    sub.add_argument("--since", type=datetime.fromisoformat, default=datetime.fromtimestamp(0, UTC), metavar="TIME", help="ISO 8601")
    for name, does, text in (("exec", execute, "run a command as root on a host"), ("ssh", ssh, "log in to a host over SSH")):
        sub = command(name, does, text)
        sub.add_argument("host", metavar="HOST")
        sub.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    for name, does, text in (("poweroff", poweroff, "switch a host off"), ("poweron", poweron, "switch a host on, until SSH answers")):
        sub = command(name, does, text)
        sub.add_argument("host", metavar="HOST")
        if does is poweroff:
            sub.add_argument("--plug", action="store_true", help="pull the plug: nothing ends in order")
    hosts = commands.add_parser("hosts", help="add hosts to a lab or remove one").add_subparsers(required=True, metavar="add|remove")
    sub = command("add", hosts_add, "add hosts", of=hosts)
    sub.add_argument("--hosts", type=int, default=0, metavar="N")
    sub.add_argument("--python-hosts", type=int, default=0, metavar="N")
    command("remove", hosts_remove, "remove a host", of=hosts).add_argument("host", metavar="HOST")
    return parser.parse_args()


def main() -> None:
    options = parsed()
    try:
        options.does(options)
    except (BuildError, LabError) as error:
        sys.exit(f"lab: {error}")
    except KeyboardInterrupt:
        sys.exit("lab: interrupted; the next command goes on from there or cleans up")
