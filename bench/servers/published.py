"""What is published to a server: lines on a TCP port, each of them one event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["listen"]


class _Lines(asyncio.Protocol):
    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._take(line)


async def listen(take: Callable[[bytes], object]) -> int:
    """Call a function with each line that comes; return the port."""
    server = await asyncio.get_running_loop().create_server(lambda: _Lines(take), "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    return port
