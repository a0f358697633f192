# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""EC2's API in a lab, whose instances are hosts of the lab. A process of its own, one per lab; what its account holds goes with it.

GET /lab/heard tells what it was asked.
"""
from __future__ import annotations

import threading
import time

from lab.cloud.aws.ec2 import Ec2, Instance
from lab.cloud.aws.metadata import Metadata, described
from lab.cloud.aws.server import Cloud
from lab.cloud.clock import RealClock
from lab.cloud.process import place
from lab.hosts import podman, ssh_keys, state
from lab.hosts.errors import LabError
from lab.hosts.machines import Machine, Machines, State

# seconds until it runs, of an instance that is being made
BOOTING = float("inf")
METADATA = "169.254.169.254"
CONSOLE = "-----BEGIN SSH HOST KEY KEYS-----\n{keys}\n-----END SSH HOST KEY KEYS-----\n"


class Instances:
    """Instances of an account as machines of a lab."""

    # port of the cloud at the gateway, for its own machines
    inside = 0

    def __init__(self, lab: state.Lab, port: int) -> None:
        self.lab, self.port, self.machines, self.clock = lab, port, Machines(lab, "aws"), RealClock()
        self.ec2 = Ec2(self.clock.now, boots=lambda: BOOTING, on_create=self.create, on_delete=self.delete)
        self.ec2.open()
        self.metadata = Metadata(lab.gateway, self.at, lambda instance: described(self.ec2, instance))
        threading.Thread(target=self.metadata.serve_forever, daemon=True).start()

    def at(self, address: str) -> Instance | None:
        return next((one for one in self.ec2.live() if one.address == address), None)

    def create(self, instance: Instance) -> None:
        key = self.ec2.public_key(instance)
        machine = self.machines.create(instance.id, instance.id, [key] if key else [])
        instance.address = machine.host.address
        threading.Thread(target=self.follow, args=(instance, machine), daemon=True).start()

    def delete(self, instance: Instance) -> None:
        self.machines.remove(instance.id)

    def follow(self, instance: Instance, machine: Machine) -> None:
        """Until it has started, or never will; then its console shows what it said."""
        while machine.state is State.STARTING and instance.gone is None:
            time.sleep(0.1)
        if machine.state is State.RUNNING:
            self.connect(machine)
        if machine.state is State.RUNNING:
            public = ssh_keys.host_directory(self.lab, machine.host) / "ssh_host_ed25519_key.pub"
            self.ec2.consoles[instance.id] = CONSOLE.format(keys=public.read_text().strip())
            instance.boots = (self.clock.now() - instance.created).total_seconds()
        elif machine.state is State.FAILED:
            instance.boots = None

    def connect(self, machine: Machine) -> None:
        """A machine finds the metadata service where it is at EC2, and the cloud where its inventory says."""
        metadata, cloud = (f"{self.lab.gateway}:{port}" for port in (self.metadata.server_address[1], self.inside))
        try:
            podman.call("exec", machine.host.name, "iptables", "-t", "nat", "-A", "OUTPUT", "-d", METADATA, "-p", "tcp", "--dport", "80",
                        "-j", "DNAT", "--to-destination", metadata)
            podman.call("exec", "--detach", machine.host.name, "socat", f"TCP-LISTEN:{self.port},bind=127.0.0.1,fork,reuseaddr", f"TCP:{cloud}")
        except LabError as error:
            machine.state, machine.why = State.FAILED, str(error)


def main() -> None:
    here = place(__doc__)
    instances = Instances(state.existing(here.lab), here.port)
    cloud = Cloud(instances.ec2, instances.clock, address=here.address, port=here.port)
    instances.inside = cloud.listen_also(instances.lab.gateway)
    cloud.serve()


if __name__ == "__main__":
    main()
