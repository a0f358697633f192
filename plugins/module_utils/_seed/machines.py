# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The machines of one seed together: how many there may be, and under which addresses they know each other."""
from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Host

# what a load balancer in front of several machines has to pass on
PORTS = "port 6443 and the node ports 30000 to 32767"


def check_number(seed: str, control_planes: Sequence[str]) -> None:
    """Raises InvalidInput if etcd would gain nothing from the last machine, or lose."""
    count = len(control_planes)
    if count % 2 == 0 or count > 7:
        advice = "at most 7" if count > 7 else f"{count - 1} or {count + 1}" if count else "one, three or five"
        raise InvalidInput(f"The seed {seed} has {count} control-plane machines" + (f" ({', '.join(control_planes)})" if count else ""), where="seed_nodes",
                           why="etcd decides by majority, which needs an odd number of them" if count % 2 == 0 else "etcd gets slower with each one",
                           fix=f"make it {advice}; the others can be workers (seed_role: worker)")


def check_address(seed: str, control_planes: Sequence[str], machine: str, machine_address: str, seed_address: str) -> None:
    """Raises InvalidInput if the seed of several control-plane machines would be lost with this one."""
    if len(control_planes) > 1 and machine_address == seed_address:
        raise InvalidInput(f"seed_address {seed_address} is the address of the machine {machine} alone", where=f"seed {seed}",
                           why="with several control-plane machines the seed has to be reached when one of them is lost",
                           fix=f"set seed_address to a load balancer or a virtual address that leads to all of them ({PORTS})")


def own_address(host: Host, *, seed_address: str, several: bool, hint: str) -> str:
    """The machine's own address, at which the others of the seed reach it. hint: as the inventory says, it counts if the machine has it."""
    if not several and seed_address in host.addresses:
        return seed_address
    if hint in host.addresses:
        return hint
    # a virtual address may be at this machine right now
    candidates = (host.source_address, *host.addresses)
    return next((address for address in candidates if address and ":" not in address and address != seed_address), "")
