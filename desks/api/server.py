"""The API on a port: an embedded uvicorn, in the loop that the office works in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from socket import socket

import uvicorn
from litestar import Litestar

from engine.listener import listen_at

__all__ = ["Server", "running", "started"]


class Server(uvicorn.Server):
    """Serves an application; signals are the process's, and are left alone."""

    def __init__(self, app: Litestar, listener: socket) -> None:
        """Take a socket that is bound (``listen_at``)."""
        config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,  # its lines go where those of the process go
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        super().__init__(config)
        self.ready = asyncio.Event()
        # uvicorn's own way with signals raises them again when it is done, before anybody else could close anything.
        self.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        self._listener = listener
        self.port = int(self._listener.getsockname()[1])

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Begin, and say so."""
        await super().startup(sockets)
        self.ready.set()

    async def run_here(self) -> None:
        """Serve until told to leave (``should_exit``), or cancelled."""
        await self.serve(sockets=[self._listener])


@contextlib.asynccontextmanager
async def running(app: Litestar, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """Serve within a block; yields the port."""
    server = Server(app, listen_at(host, port))
    task = asyncio.create_task(server.run_here())
    try:
        await started(server, task)
        yield server.port
    finally:
        server.should_exit = True
        await task


async def started(server: Server, task: asyncio.Task[None]) -> None:
    """Return when a server takes requests, or has ended without."""
    ready = asyncio.create_task(server.ready.wait())
    await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
