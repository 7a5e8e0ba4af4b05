"""What the fan-out writes is what ``websockets``' own ``broadcast()`` writes: the same messages reach clients.

``feeds/fanout.py`` touches what is not documented; whatever a new version of ``websockets`` changes there is to fail
here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, broadcast, serve

from feeds.fanout import WebSocketLink, frame

MESSAGES: list[str | bytes] = ["{}", "é" * 60, "x" * 125, "x" * 126, b"\x00\xff", "x" * 65_535, b"y" * 65_536, ""]


@asynccontextmanager
async def pair(compression: str | None = None) -> AsyncIterator[tuple[ServerConnection, ClientConnection]]:
    """Yield both ends of a connection."""
    made: asyncio.Future[ServerConnection] = asyncio.get_running_loop().create_future()

    async def hold(connection: ServerConnection) -> None:
        made.set_result(connection)
        await connection.wait_closed()

    async with serve(hold, "127.0.0.1", 0, compression=compression) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", compression=compression) as client:
            yield await made, client


def framed(message: str | bytes) -> bytes:
    return frame(message.encode(), True) if isinstance(message, str) else frame(message, False)


@pytest.mark.parametrize("compression", [None, "deflate"])
async def test_clients_receive_what_broadcast_sends(compression: str | None) -> None:
    async with pair(compression) as (ours, one), pair(compression) as (theirs, other):
        link = WebSocketLink(ours)
        for message in MESSAGES:
            assert link.offer(framed(message))
            broadcast([theirs], message)
            assert (await one.recv(), await other.recv()) == (message, message)


async def test_frames_that_are_joined_arrive_one_by_one() -> None:
    async with pair() as (server, client):
        assert WebSocketLink(server).offer(b"".join(map(framed, MESSAGES)))
        assert [await client.recv() for _ in MESSAGES] == MESSAGES


async def test_a_closed_connection_takes_nothing() -> None:
    async with pair() as (server, client):
        link = WebSocketLink(server)
        await client.close()
        await server.wait_closed()
        assert not link.offer(framed("x"))
        link.send(framed("x"))


async def test_a_connection_within_a_fragmented_message_takes_nothing_until_it_ends() -> None:
    async with pair() as (server, client):
        link = WebSocketLink(server)
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def parts() -> AsyncIterator[str]:
            yield "one "
            begun.set()
            await go_on.wait()
            yield "two"

        sending = asyncio.create_task(server.send(parts()))
        await begun.wait()
        assert not link.offer(framed("x"))
        go_on.set()
        await sending
        assert link.offer(framed("x"))
        assert (await client.recv(), await client.recv()) == ("one two", "x")


async def test_a_stalled_connection_is_bounded_and_takes_more_when_it_has_drained() -> None:
    async with pair() as (server, client):
        client.transport.pause_reading()
        link = WebSocketLink(server, waiting=65_536)
        message = framed("x" * 10_000)
        written = 0
        while link.offer(message):
            written += 1
            await asyncio.sleep(0)
        assert server.transport.get_write_buffer_size() < 65_536 + 2 * len(message)
        client.transport.resume_reading()
        for _ in range(written):
            await client.recv()
        await link.drained()
        assert link.offer(message)


async def test_dropped_is_dropped() -> None:
    async with pair() as (server, client):
        WebSocketLink(server).drop()
        await client.wait_closed()
        assert client.close_code == 1006
