"""The server of an edge: HTTP and the WebSocket feed in one process, on one loop and one port."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from signal import SIGINT, SIGTERM
from socket import socket
from typing import Any

import uvicorn
from litestar import Litestar, Request, Response, Router

from engine.listener import listen_at
from engine.refusals import Refusals
from feeds import http, openapi, static
from feeds.answers import ErrorAnswer, answer_error
from feeds.bridge import RESTART, Bridge, Farewell
from feeds.errors import Refused
from feeds.feed import Feed, refuse_other_paths
from feeds.names import Names
from feeds.reader import Reader
from feeds.source import Source
from feeds.xml.writer import XmlWriter
from schemas.games import DEFAULT_GAMES, Games

__all__ = ["Edge", "build", "running", "serve"]

PAGE = Path(__file__).parent / "page"
PING_EVERY = 20.0  # seconds
SIGNALS = (SIGINT, SIGTERM)


class Edge:
    """What serves a source: the feed, the bridge to its connections, and the application for the rest."""

    def __init__(self, feed: Feed, bridge: Bridge, app: Litestar, refusals: Refusals, xml: XmlWriter) -> None:
        self.feed = feed
        self.xml = xml
        self.refusals = refusals  # over HTTP; those of the WebSocket are the feed's
        self.bridge = bridge
        self.app = app

    async def close(self, farewell: Farewell = RESTART) -> None:
        """Send every subscriber away."""
        await self.bridge.drain(farewell)
        self.feed.close()


def build(
    source: Source,
    *,
    games: Games = DEFAULT_GAMES,
    extra_routers: Sequence[Router] = (),
    key: bytes | None = None,
    interval: float = 0.008,
    page: Path = PAGE,
    **options: Any,
) -> Edge:
    """Return the edge over a source.

    ``key`` signs resume tokens and is to be the same on every replica; without it the key comes from the epoch, which
    is enough where the feed is public. ``interval`` is the least time in seconds between two flushes; ``extra_routers``
    are served beside our own; ``options`` go to ``Feed``.
    """
    signing = key if key is not None else blake2b(source.epoch.encode(), person=b"podium-resume").digest()
    feed = Feed(source, key=signing, interval=interval, **options)
    bridge = Bridge(feed.handle, check=refuse_other_paths, ping_interval=PING_EVERY, ping_timeout=PING_EVERY)
    names = Names(source)
    xml = XmlWriter(names, games, lambda: source.mode)
    reader = Reader(feed.hub, names, xml)
    routers = [http.router(feed, reader), *extra_routers]
    if (page / "index.html").is_file():
        routers.append(static.router(static.Folder(page), reader))
    refusals = Refusals("http", level="info")

    def fail(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorAnswer]:
        answer = answer_error(request, error)
        detail = answer.content.error
        if isinstance(error, Refused) or (answer.status_code or 500) < 500:
            party = request.client.host if request.client else ""  # its port is another each time
            refusals.note(detail.code, place=detail.at, party=party, reason=detail.message)
        return answer

    app = Litestar(
        routers,
        exception_handlers={Exception: fail},
        openapi_config=openapi.config(games),
        logging_config=None,
    )
    return Edge(feed, bridge, app, refusals, xml)


class _Server(uvicorn.Server):
    """uvicorn, with the feed closed before it waits for its own connections: it knows nothing of bridged sockets."""

    def __init__(self, config: uvicorn.Config, edge: Edge, farewell: Farewell) -> None:
        super().__init__(config)
        self._edge = edge
        self._farewell = farewell
        # uvicorn's own way with signals raises them again when it is done, before anybody else could close anything.
        self.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._edge.close(self._farewell)
        await super().shutdown(sockets)


def _config(edge: Edge, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        edge.app,
        host=host,
        port=port,
        ws=edge.bridge,  # type: ignore[arg-type]  # a factory of protocols is what it calls
        http="httptools",
        lifespan="on",
        log_config=None,  # its lines go where those of the process go
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        backlog=4096,
    )


async def serve(
    edge: Edge,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    started: Callable[[int], object] | None = None,
    leaving: Callable[[], Awaitable[None]] | None = None,
    farewell: Farewell = RESTART,
) -> None:
    """Serve until SIGINT or SIGTERM; ``started`` is told the port once connections are welcome.

    At a signal ``leaving`` is awaited first, while everything is still served; then subscribers are sent away by
    ``farewell``, and nobody is let in any more. A second signal cuts the waiting short. Raises ``OSError`` where the
    port cannot be had.
    """
    listener = listen_at(host, port)
    server = _Server(_config(edge, host, port), edge, farewell)
    watch = asyncio.create_task(_tell(server, started)) if started is not None else None
    loop = asyncio.get_running_loop()
    work: list[asyncio.Task[None]] = []

    def obey(number: int) -> None:
        if leaving is None or work:
            server.handle_exit(number, None)
        else:
            work.append(asyncio.create_task(_leave(server, leaving)))

    for number in SIGNALS:
        loop.add_signal_handler(number, obey, number)
    try:
        await server.serve(sockets=[listener])
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
        if watch is not None:
            watch.cancel()
        for task in work:
            task.cancel()


async def _leave(server: _Server, leaving: Callable[[], Awaitable[None]]) -> None:
    try:
        await leaving()
    finally:  # whatever went wrong with it, whoever stops a process means it
        server.should_exit = True


async def _tell(server: _Server, started: Callable[[int], object]) -> None:
    await server.ready.wait()
    started(_port_of(server))


def _port_of(server: uvicorn.Server) -> int:
    """Return the port that a started server listens on."""
    return int(server.servers[0].sockets[0].getsockname()[1])


@contextlib.asynccontextmanager
async def running(edge: Edge, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """Serve within a block, without taking over signals; yields the port."""
    server = _Server(_config(edge, host, port), edge, RESTART)
    task = asyncio.create_task(server.serve())
    ready = asyncio.create_task(server.ready.wait())
    await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    try:
        if server.started:
            yield _port_of(server)
    finally:
        server.should_exit = True
        await task
