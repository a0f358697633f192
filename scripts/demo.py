# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The main job on this machine: a seed, a customer cluster `demo` with its control plane in the seed, and two nodes.

Everything is real: hosts are systemd containers reached over SSH, Kubernetes is built from its published source.
"""
from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from lab import customer_inventory
from lab.hosts import state

LAB = "demo"
ROOT = Path(__file__).resolve().parents[1]
durations: list[tuple[str, float]] = []


@contextmanager
def step(title: str):
    print(f"\n>>> {title}", flush=True)
    begin = time.monotonic()
    yield
    durations.append((title, time.monotonic() - begin))
    print(f"<<< {title}: {durations[-1][1]:.1f} s", flush=True)


def call(*command: str | Path) -> None:
    """Runs a command with its output on this terminal; ends the demo with one line if it fails."""
    done = subprocess.run([str(word) for word in command], check=False)
    if done.returncode:
        sys.exit(f"\nThe demo stopped: {' '.join(str(word) for word in command)} ended with {done.returncode}. "
                 "What it says above is the reason; run the demo again after mending it, it goes on where it stopped.")


def lab(*words: str) -> None:
    call(ROOT / "lab" / "caas-lab", *words)


def playbook(inventory: Path, name: str, *words: str) -> None:
    call("ansible-playbook", "-i", inventory, f"kubermatic.caas.{name}", *words)


def what_next(directory: Path, kubeconfig: Path) -> str:
    inventory = directory / "inventory"
    return f"""
kubeconfig of the cluster:  {kubeconfig}
kubeconfig of the seed:     {directory / 'lab.kubeconfig'}

Try next:
  export KUBECONFIG={kubeconfig} ANSIBLE_COLLECTIONS_PATH=$PWD/.dev PATH=$PWD/.venv/bin:{state.cache() / 'bin'}:$PATH
  kubectl get pods -A -o wide
  kubectl --kubeconfig {directory / 'lab.kubeconfig'} get pods -n cluster-demo    # its control plane, in the seed
  ansible-playbook -i {inventory} kubermatic.caas.status
  ansible-playbook -i {inventory} kubermatic.caas.create_cluster --check --diff     # nothing to do, and nothing is written
  ansible-playbook -i {inventory} kubermatic.caas.delete_cluster -e cluster=demo -e confirm=demo
  scripts/demo --clean                            # takes the whole lab away
"""


def summary() -> str:
    width = max(len(title) for title, dummy in durations)
    rows = [f"  {title:<{width}}  {seconds:7.1f} s" for title, seconds in durations]
    return "\n".join([*rows, f"  {'in all':<{width}}  {sum(seconds for dummy, seconds in durations):7.1f} s"])


def run(mirror: str) -> None:
    directory = state.lab_directory(LAB)
    kubeconfig = directory / "demo.kubeconfig"
    with step("Build Kubernetes and the rest of the lab from source (once, about 10 minutes; then seconds)"):
        lab("build")
    with step("Start the lab: one machine for the seed, two for nodes"):
        lab("up", LAB, "--seed-hosts", "1", "--hosts", "2", "--keep")
    inventory = customer_inventory.write(directory, {"demo": [f"{LAB}-host-1", f"{LAB}-host-2"]}, mirror=mirror)
    with step("Make the machine a seed: real Kubernetes by kubeadm"):
        playbook(inventory, "create_seed")
    with step("Create the cluster demo: control plane in the seed, two nodes over SSH"):
        playbook(inventory, "create_cluster", "-e", "cluster=demo")
    with step("Write an administrator's kubeconfig"):
        playbook(inventory, "kubeconfig", "-e", "cluster=demo", "-e", f"path={kubeconfig}")
    with step("kubectl get nodes"):
        call(state.cache() / "bin" / "kubectl", "--kubeconfig", kubeconfig, "get", "nodes", "-o", "wide")
    print(f"\n{summary()}")
    print(what_next(directory, kubeconfig))


def main(arguments: Callable[[], argparse.Namespace]) -> None:
    options = arguments()
    if options.clean:
        lab("down", LAB)
        return
    print(__doc__)
    run(options.mirror)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clean", action="store_true", help="take the demo's lab away: hosts, networks, files")
    parser.add_argument("--mirror", choices=["lab", "upstream"], default=os.environ.get("MIRROR", "lab"),
                        help="where the hosts get Kubernetes from: the lab's own build, or the upstream release hosts (untried: the lab had no internet)")
    return parser.parse_args()


if __name__ == "__main__":
    main(parsed)
