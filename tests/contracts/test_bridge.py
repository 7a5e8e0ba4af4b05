"""The bridge plays ``websockets``' Server: what a connection can tell is the same over both.

Whatever a new version of ``websockets`` or uvicorn changes under ``feeds/bridge.py`` is to fail here.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any, cast

import pytest
import uvicorn
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request, Response

from feeds.bridge import Bridge

Run = Callable[..., AbstractAsyncContextManager[int]]


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        if message == "fail":
            raise RuntimeError("on purpose")
        await connection.send(message)


def check(connection: ServerConnection, request: Request) -> Response | None:
    if request.path == "/refused":
        return connection.respond(HTTPStatus.UNAUTHORIZED, "no")
    return None


async def plain_http(scope: Any, receive: Any, send: Any) -> None:
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def bridged(http: str = "httptools", *, bridge: Bridge | None = None, **options: Any) -> AsyncIterator[int]:
    bridge = bridge or Bridge(echo, check=check, **options)
    config = uvicorn.Config(
        cast("Any", plain_http),
        port=0,
        ws=cast("Any", bridge),
        http=cast("Any", http),
        lifespan="off",
        log_level="warning",
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await bridge.drain()
        for listener in server.servers:
            listener.close()


@asynccontextmanager
async def plain(**options: Any) -> AsyncIterator[int]:
    async with serve(echo, "127.0.0.1", 0, process_request=check, **options) as server:
        yield next(iter(server.sockets)).getsockname()[1]
        server.close(code=1012, reason="restart")
        await server.wait_closed()


@pytest.fixture(params=["plain", "httptools", "h11"])
def run(request: pytest.FixtureRequest) -> Run:
    if request.param == "plain":
        return plain
    return lambda **options: bridged(request.param, **options)


async def test_there_and_back(run: Run) -> None:
    async with run() as port, connect(f"ws://127.0.0.1:{port}/") as client:
        for message in ("x", b"y", "z" * 10_000):
            await client.send(message)
            assert await client.recv() == message


async def test_refused_before_the_upgrade(run: Run) -> None:
    async with run() as port:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{port}/refused")
        assert refused.value.response.status_code == 401


async def test_a_message_over_the_limit(run: Run) -> None:
    async with run(max_size=1000) as port, connect(f"ws://127.0.0.1:{port}/") as client:
        await client.send("x" * 1001)
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1009


async def test_a_restart(run: Run) -> None:
    async with run() as port:
        client = await connect(f"ws://127.0.0.1:{port}/")
    await client.wait_closed()
    assert (client.close_code, client.close_reason) == (1012, "restart")


async def test_a_handler_that_fails_ends_its_connection_only(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    with capture_logs():
        await fail_beside_another(run)


async def fail_beside_another(run: Run) -> None:
    async with run() as port, connect(f"ws://127.0.0.1:{port}/") as other:
        async with connect(f"ws://127.0.0.1:{port}/") as client:
            await client.send("fail")
            with pytest.raises(ConnectionClosed):
                await client.recv()
        await other.send("x")
        assert await other.recv() == "x"


async def test_a_peer_that_is_gone_is_noticed(run: Run) -> None:
    async with run(ping_interval=0.05, ping_timeout=0.05, close_timeout=0.05) as port:
        client = await connect(f"ws://127.0.0.1:{port}/", ping_interval=None)
        client.transport.pause_reading()  # as a half-open connection: nothing comes back
        await asyncio.sleep(0.3)
        client.transport.resume_reading()
        await client.wait_closed()
        assert client.close_code in (1006, 1011)


async def test_a_handshake_that_does_not_end_holds_nobody_up(run: Run) -> None:
    async with run(open_timeout=0.05) as port:
        loop = asyncio.get_running_loop()
        with socket.create_connection(("127.0.0.1", port)) as peer:
            peer.setblocking(False)
            await loop.sock_sendall(peer, b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
            async with connect(f"ws://127.0.0.1:{port}/") as client:  # and nobody else waits for it
                await client.send("x")
                assert await client.recv() == "x"


async def test_while_draining_nobody_gets_in() -> None:
    bridge = Bridge(echo)
    async with bridged(bridge=bridge) as port, connect(f"ws://127.0.0.1:{port}/") as client:
        await bridge.drain()
        await client.wait_closed()
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{port}/")
        assert (client.close_code, refused.value.response.status_code) == (1012, 503)


async def test_who_does_not_answer_the_close_is_cut_off() -> None:
    bridge = Bridge(echo)
    async with bridged(bridge=bridge) as port, connect(f"ws://127.0.0.1:{port}/") as client:
        client.transport.pause_reading()
        await bridge.drain(within=0.05)
        assert bridge.all_connections == set()
        client.transport.resume_reading()


async def test_http_goes_past_the_bridge() -> None:
    async with bridged() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).endswith(b"ok")
        writer.close()
        await writer.wait_closed()
