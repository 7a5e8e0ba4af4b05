"""picows, a WebSocket library in Cython, on uvloop: ``send`` once for each subscriber."""

from __future__ import annotations

import gc

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from bench.servers.process import announce, until_closed
from bench.servers.published import listen

__all__ = ["serve"]


class _Subscriber(WSListener):
    def __init__(self, subscribers: dict[WSTransport, None]) -> None:
        self._subscribers = subscribers

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._subscribers[transport] = None

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._subscribers.pop(transport, None)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        pass


async def serve() -> None:
    """Serve until the standard input is closed."""
    subscribers: dict[WSTransport, None] = {}

    def greet(_: WSUpgradeRequest) -> WSListener:
        return _Subscriber(subscribers)

    server = await ws_create_server(greet, "127.0.0.1", 0)

    def take(line: bytes) -> None:
        for transport in subscribers:
            transport.send(WSMsgType.TEXT, line)

    publish = await listen(take)
    gc.collect()
    gc.freeze()
    announce(feed=server.sockets[0].getsockname()[1], publish=publish)
    await until_closed()


if __name__ == "__main__":
    uvloop.run(serve())
