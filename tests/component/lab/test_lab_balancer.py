# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lab's load balancer between real sockets: who gets a connection, and what becomes of one whose machine goes down."""
from __future__ import annotations

import asyncio
import contextlib

import pytest

from lab.hosts import balancer_server
from lab.hosts.balancer_server import Balancer, Machine


async def answering(address: str, port: int = 0) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(address.encode() + b"\n")
        with contextlib.suppress(OSError):
            await reader.read()
        writer.close()

    return await asyncio.start_server(serve, address, port)


async def asked(port: int) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = (await reader.readline()).decode().strip()
    writer.close()
    return answer


async def story() -> None:
    async def serve(*streams) -> None:
        # its machines need the port that this server gets
        await balancer.serve(*streams)

    front = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = front.sockets[0].getsockname()[1]
    one, two = [await answering(address, port) for address in ("127.0.0.2", "127.0.0.3")]
    machines = [Machine(address, port) for address in ("127.0.0.2", "127.0.0.3")]
    balancer = Balancer(machines)
    watching = [asyncio.create_task(machine.watch()) for machine in machines]
    await asyncio.sleep(0.1)
    assert all(machine.up for machine in machines)
    assert sorted([await asked(port), await asked(port)]) == ["127.0.0.2", "127.0.0.3"]

    held = [await asyncio.open_connection("127.0.0.1", port) for dummy in range(2)]
    to = {(await reader.readline()).decode().strip(): reader for reader, dummy in held}
    one.close()
    # before the next look it is tried, refuses, and the other one answers
    assert [await asked(port) for dummy in range(4)] == ["127.0.0.3"] * 4
    await asyncio.sleep(5 * balancer_server.CHECK_EVERY)
    assert not machines[0].up
    with contextlib.suppress(ConnectionError):
        assert await asyncio.wait_for(to["127.0.0.2"].read(), 1) == b""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(to["127.0.0.3"].read(1), 0.2)
    for task in watching:
        task.cancel()
    for dummy, writer in held:
        writer.transport.abort()
    two.close()
    front.close()


def test_the_balancer_goes_where_somebody_answers_and_ends_connections_to_who_is_down():
    asyncio.run(asyncio.wait_for(story(), 20))
