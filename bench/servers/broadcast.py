"""``websockets`` with its own ``broadcast()``, on uvloop, without compression: what its documentation recommends."""

from __future__ import annotations

import gc

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast
from websockets.asyncio.server import serve as serve_sockets

from bench.servers.process import announce, until_closed
from bench.servers.published import listen

__all__ = ["serve"]


async def serve() -> None:
    """Serve until the standard input is closed."""

    async def hold(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with serve_sockets(hold, "127.0.0.1", 0, compression=None, ping_interval=None) as server:

        def take(line: bytes) -> None:
            broadcast(server.connections, line.decode())

        publish = await listen(take)
        gc.collect()
        gc.freeze()
        announce(feed=next(iter(server.sockets)).getsockname()[1], publish=publish)
        await until_closed()


if __name__ == "__main__":
    uvloop.run(serve())
