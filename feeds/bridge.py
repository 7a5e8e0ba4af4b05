"""WebSockets of the ``websockets`` library behind uvicorn's port.

uvicorn calls the bridge for a protocol whenever a client asks to upgrade, and hands over the transport; the bridge
answers with a ``ServerConnection``, to which it plays the part of ``websockets``' own ``Server``. One process, one
loop, one port; and the fan-out keeps the speed of ``websockets``, which is twice that of WebSockets over ASGI.

It relies on ``ServerConnection``'s constructor and on four attributes that a connection uses of its server:
``websockets`` and uvicorn are pinned to narrow ranges, and ``tests/contracts/test_bridge.py`` runs the same checks over
the bridge and over ``websockets.serve``.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, cast

import structlog
from websockets.asyncio.server import Server, ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

__all__ = ["RESTART", "Bridge", "Farewell"]

_log = structlog.get_logger()


class Farewell(NamedTuple):
    """How subscribers are sent away."""

    code: int = 1012  # close code: 1012 the server restarts, 1001 it goes away
    reason: str = "restart"
    spread: float = 0.0  # seconds over which they are sent away
    reconnect: float = 0.0  # seconds within which each is told a moment of its own to come back; 0.0: told nothing

    def words(self) -> str:
        """Return the reason that one connection is given."""
        if not self.reconnect:
            return self.reason
        return f"{self.reason}; retry_ms={random.uniform(0, self.reconnect * 1000):.0f}"


RESTART = Farewell()

Handler = Callable[[ServerConnection], Awaitable[None]]
Check = Callable[[ServerConnection, Request], Response | None]


class Bridge:
    """Stands in for ``websockets``' Server; given to uvicorn as ``ws``."""

    def __init__(
        self,
        handler: Handler,
        *,
        check: Check | None = None,
        max_size: int = 65_536,
        open_timeout: float = 5.0,
        **connection: Any,
    ) -> None:
        self._handler = handler
        self._check = check
        self._max_size = max_size
        self._open_timeout = open_timeout
        self._connection = connection  # ping_interval, ping_timeout, write_limit, ...
        self._draining = False
        self.all_connections: set[ServerConnection] = set()
        self.handler_tasks: set[asyncio.Task[None]] = set()

    def is_serving(self) -> bool:
        """Say whether new connections are welcome; while draining they get 503."""
        return not self._draining

    def __call__(self, config: Any, server_state: Any, app_state: Any) -> ServerConnection:
        """Return a protocol for a connection that wants to upgrade; the arguments are uvicorn's, and not needed."""
        protocol = ServerProtocol(max_size=self._max_size)
        return ServerConnection(protocol, cast("Server", self), **self._connection)

    async def handler(self, connection: ServerConnection) -> None:
        """Serve a connection from handshake to end; the connection starts this as a task when it is made."""
        try:
            async with asyncio.timeout(self._open_timeout):
                await connection.handshake(self._check, None, None)
            if connection.protocol.state is not State.OPEN:
                connection.transport.close()
                return
            self.all_connections.add(connection)
            connection.start_keepalive()
            async with connection:
                await self._handler(connection)
        except (ConnectionClosed, TimeoutError):
            connection.transport.abort()
        except Exception:
            _log.exception("subscriber_failed")
            connection.transport.abort()
        finally:
            self.all_connections.discard(connection)
            self.handler_tasks.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def drain(self, farewell: Farewell = RESTART, *, within: float = 2.0) -> None:
        """Close every connection with the words of farewell; cut off who has not gone in time.

        uvicorn does not wait for sockets that it has handed over, and on some loops waits for ever for their server to
        close: so this comes before its shutdown.
        """
        self._draining = True
        tasks = [asyncio.create_task(self._send_away(connection, farewell)) for connection in self.all_connections]
        if tasks:
            await asyncio.wait(tasks, timeout=farewell.spread + within)
        for connection in list(self.all_connections):
            connection.transport.abort()
        if self.handler_tasks:
            await asyncio.wait(self.handler_tasks, timeout=within)

    async def _send_away(self, connection: ServerConnection, farewell: Farewell) -> None:
        if farewell.spread:
            await asyncio.sleep(random.uniform(0, farewell.spread))
        await connection.close(farewell.code, farewell.words())
