# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Real Kubernetes hosts and simulated clouds on this machine.

A host is a systemd container that is reached over SSH. A mirror and a registry serve what hosts download, built from published source and laid out as
upstream lays it out.
"""
from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from lab import customer_inventory, verbs
from lab.artefacts import recipes
from lab.artefacts.errors import BuildError
from lab.hosts import servers
from lab.hosts.errors import LabError

Does = Callable[[argparse.Namespace], None]
EXAMPLES = """for example:
  caas-lab build                   once, about 10 minutes; then seconds
  caas-lab up mine --keep          a machine for a seed, and two hosts: mine-seed-1, mine-host-1, mine-host-2
  caas-lab ssh mine mine-host-1
  caas-lab down mine
lab/README.md has an example of each command."""


def parser() -> argparse.ArgumentParser:
    form = partial(argparse.RawDescriptionHelpFormatter, max_help_position=18)
    top = argparse.ArgumentParser(prog="caas-lab", usage="caas-lab COMMAND ...", description=__doc__, epilog=EXAMPLES, formatter_class=form)
    commands = top.add_subparsers(required=True, prog="caas-lab", metavar="COMMAND ...", title="commands")

    def command(name: str, does: Does, text: str, *, of=commands, lab: bool = True) -> argparse.ArgumentParser:
        sub = of.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        sub.set_defaults(does=does)
        if lab:
            sub.add_argument("name", metavar="NAME", help="name of the lab")
        return sub

    _build(command("build", verbs.build, "build the software that hosts download, and the systems of hosts (cached)", lab=False))
    _up(command("up", verbs.up, "make the lab, or what is missing of it"))
    command("list", verbs.listing, "list all labs with their hosts and addresses", lab=False)
    command("inventory", verbs.inventory, "write the lab's Ansible inventory and print its directory")
    command("clusters", verbs.clusters, "write customer clusters into the lab's inventory and print its directory").add_argument(
        "clusters", nargs="*", type=customer_inventory.pair, metavar="CLUSTER=HOST,HOST", help="a cluster and its nodes; clusters that are not named go")
    command("cloud", verbs.cloud, "print the addresses of the lab's clouds")
    for name, does, text in (("ssh", verbs.ssh, "log in to a host over SSH, or run a command there"),
                             ("exec", verbs.execute, "run a command as root on a host")):
        _of_a_host(command(name, does, text)).add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the command and its words")
    _of_a_host(command("poweroff", verbs.poweroff, "switch a host off")).add_argument(
        "--plug", action="store_true", help="cut its power: nothing ends in order")
    _of_a_host(command("poweron", verbs.poweron, "switch a host on, until SSH answers"))
    hosts = commands.add_parser("hosts", help="add hosts to a lab, or remove one").add_subparsers(required=True, metavar="add|remove")
    _numbers(command("add", verbs.add_hosts, "add hosts", of=hosts), hosts=0)
    _of_a_host(command("remove", verbs.remove_host, "remove a host", of=hosts))
    command("audit", verbs.audit, "tell what people and playbooks wrote to the lab's seed, from its audit log").add_argument(
        "--since", type=datetime.fromisoformat, default=datetime.fromtimestamp(0, UTC), metavar="TIME", help="ISO 8601 (default: all)")
    command("down", verbs.down, "remove the lab with everything in it")
    command("clean", verbs.clean, "remove what killed runs left behind", lab=False)
    return top


def _build(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--kubernetes", nargs="+", metavar="VERSION", default=[recipes.KUBERNETES],
                     help=f"versions of Kubernetes; programs of the first also come to this machine (default: {recipes.KUBERNETES})")
    sub.add_argument("--cloud", nargs="+", choices=list(recipes.CLOUDS), default=[], help="with what runs in clusters of these clouds")
    sub.add_argument("--software-only", action="store_true", help="without the systems of hosts, for which root and podman are needed")


def _up(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--seed-hosts", type=int, default=1, metavar="N", help="control-plane machines of the seed; several have a load balancer (default: 1)")
    sub.add_argument("--seed-workers", type=int, default=0, metavar="N", help="workers of the seed (default: 0)")
    _numbers(sub, hosts=2)
    sub.add_argument("--cloud", nargs="+", choices=list(servers.CLOUDS), default=[], help="with the API of clouds whose machines are hosts of this lab")
    sub.add_argument("--keep", action="store_true", help="keep the lab when the process that asked for it has ended")
    sub.add_argument("--owner", type=int, default=os.getppid(), metavar="PID", help="the process after whose end `clean` removes the lab (default: the caller)")


def _numbers(sub: argparse.ArgumentParser, *, hosts: int) -> None:
    sub.add_argument("--hosts", type=int, default=hosts, metavar="N", help=f"hosts without Python (default: {hosts})")
    sub.add_argument("--python-hosts", type=int, default=0, metavar="N", help="hosts with Python (default: 0)")


def _of_a_host(sub: argparse.ArgumentParser) -> argparse.ArgumentParser:
    sub.add_argument("host", metavar="HOST", help="name of the host")
    return sub


def main() -> None:
    options = parser().parse_args()
    try:
        options.does(options)
    except (BuildError, LabError) as error:
        sys.exit(f"caas-lab: {error}")
    except KeyboardInterrupt:
        sys.exit("caas-lab: interrupted; the next command goes on from there or cleans up")
