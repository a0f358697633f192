# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The load balancer that a user has in front of a seed of several machines: TCP, port by port, with a health check. A process of its own, one per lab.

A connection goes to a machine that is up, and on to the next one if that doesn't answer within a second. When a machine is found to be down,
its connections are closed, so that their owners come again.
"""
from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
from collections.abc import Sequence

PORTS = (6443, *range(30000, 32768))
CONNECT, CHECK_EVERY, FAILURES = 1.0, 0.5, 2
# open on every machine that passes node ports on
KUBE_PROXY_HEALTH = 10256


class Machine:
    """One machine behind the balancer, for one kind of port; not up until it was looked at."""

    def __init__(self, address: str, health_port: int) -> None:
        self.address, self.health_port = address, health_port
        self.failures = FAILURES
        self.sessions: set[asyncio.StreamWriter] = set()

    @property
    def up(self) -> bool:
        return self.failures < FAILURES

    async def watch(self) -> None:
        while True:
            try:
                dummy, writer = await opened(self.address, self.health_port)
                writer.close()
                self.failures = 0
            except OSError:
                self.failures += 1
                if self.failures == FAILURES:
                    for session in list(self.sessions):
                        session.transport.abort()
            await asyncio.sleep(CHECK_EVERY)


async def opened(address: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection; OSError if there is none within a second."""
    try:
        return await asyncio.wait_for(asyncio.open_connection(address, port), CONNECT)
    except TimeoutError as error:
        raise ConnectionError(f"{address}:{port} does not answer") from error


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side ends; half a connection is passed on as such."""
    with contextlib.suppress(OSError):
        while block := await reader.read(1 << 16):
            writer.write(block)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


class Balancer:
    def __init__(self, machines: Sequence[Machine]) -> None:
        self.machines, self.turns = machines, itertools.count()

    def order(self) -> list[Machine]:
        """Those that are up in turn; then the others, which may have come back this moment."""
        turn = next(self.turns) % len(self.machines)
        rotated = [*self.machines[turn:], *self.machines[:turn]]
        return sorted(rotated, key=lambda machine: not machine.up)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("sockname")[1]
        for machine in self.order():
            with contextlib.suppress(OSError):
                behind, to = await opened(machine.address, port)
                await self.connect(machine, reader, writer, behind, to)
                return
        writer.transport.abort()

    async def connect(self, machine: Machine, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
                      behind: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        machine.sessions |= {writer, to}
        try:
            await asyncio.gather(pump(reader, to), pump(behind, writer))
        finally:
            machine.sessions -= {writer, to}
            for side in (writer, to):
                side.close()


async def run(address: str, control_planes: Sequence[str], workers: Sequence[str]) -> None:
    api = [Machine(backend, 6443) for backend in control_planes]
    nodes = [Machine(backend, KUBE_PROXY_HEALTH) for backend in (*control_planes, *workers)]
    balancers = {port: Balancer(api if port == 6443 else nodes) for port in (6443, 30000)}
    for port in PORTS:
        await asyncio.start_server(balancers[min(port, 30000)].serve, address, port)
    await asyncio.gather(*(machine.watch() for machine in (*api, *nodes)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--control-planes", required=True, nargs="+")
    parser.add_argument("--workers", default=[], nargs="*")
    options = parser.parse_args()
    asyncio.run(run(options.address, options.control_planes, options.workers))


if __name__ == "__main__":
    main()
