"""The WebSocket feed: one conversation per connection, all of them over one hub."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus

import msgspec
import structlog
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from engine.refusals import Refusals
from feeds.errors import Hopeless
from feeds.fanout import WebSocketLink, frame
from feeds.heart import Heart
from feeds.hub import Hub
from feeds.pacer import Pacer
from feeds.ring import Ring
from feeds.session import Session
from feeds.source import Source
from schemas.cut import Cut

__all__ = ["PATH", "Feed", "refuse_other_paths", "wall_clock"]

PATH = "/v1/feed"
HELLO_WITHIN = 5.0  # seconds

_log = structlog.get_logger()


def wall_clock() -> int:
    """Return microseconds since 1970."""
    return time.time_ns() // 1000


class Feed:
    """Serves the views of a source to whoever connects."""

    def __init__(
        self,
        source: Source,
        *,
        key: bytes,
        interval: float = 0.008,
        hello_within: float = HELLO_WITHIN,
        now: Callable[[], int] = wall_clock,
        ring: Ring | None = None,
    ) -> None:
        self.hub = Hub(source, framer=frame, key=key, now=now, ring=ring)
        self.connections = 0
        self.refusals = Refusals("feed", level="info")
        self._pacer = Pacer(self.hub, interval=interval)
        self._heart = Heart(self.hub)
        self._hello_within = hello_within
        self._now = now
        source.listen(self._take)

    def _take(self, cut: Cut, changed: Sequence[str]) -> None:
        hub = self.hub
        hub.take(cut, changed)
        if hub.dirty or hub.behind:
            self._pacer.kick()

    async def flushed(self) -> None:
        """Return when every cut so far has been offered to its subscribers; the pacer is at it."""
        while self.hub.dirty:
            self._pacer.kick()
            await asyncio.sleep(0.001)

    def close(self) -> None:
        """Send nothing more."""
        self._pacer.close()
        self._heart.close()

    async def handle(self, connection: ServerConnection) -> None:
        """Serve one connection until it ends."""
        link = WebSocketLink(connection)
        loop = asyncio.get_running_loop()
        party = _address(connection)
        session = Session(self.hub, link, now=self._now, steady=loop.time, refusals=self.refusals, party=party)
        self.connections += 1
        try:
            await self._converse(connection, link, session)
        except Hopeless as hopeless:
            _log.info(
                "subscriber_closed", code=hopeless.code, close=hopeless.close, party=party, reason=hopeless.message
            )
            await connection.close(hopeless.close, hopeless.code)
        except ConnectionClosed:
            pass
        finally:
            self.connections -= 1
            session.close()
            if session.hb_ms:
                self._heart.remove(link, session.encoding.name, session.hb_ms)

    async def _converse(self, connection: ServerConnection, link: WebSocketLink, session: Session) -> None:
        try:
            async with asyncio.timeout(self._hello_within):
                while not session.hb_ms:
                    session.receive(await connection.recv())
        except TimeoutError:
            raise Hopeless(4408, "no_hello", f"no hello within {self._hello_within:g} s") from None
        self._heart.add(link, session.encoding.name, session.hb_ms)
        async for message in connection:
            session.receive(message)
            if self.hub.behind:
                self._pacer.kick()
            await link.drained()  # who does not read its answers is not listened to


def _address(connection: ServerConnection) -> str:
    host, port, *_ = connection.remote_address or ("", 0)
    return f"{host}:{port}"


def refuse_other_paths(connection: ServerConnection, request: Request) -> Response | None:
    """Answer 404 to a WebSocket handshake that is not for the feed."""
    path = request.path.partition("?")[0]
    if path == PATH:
        return None
    error = {"code": "not_found", "message": f"the feed is at {PATH}", "at": path, "retry": False}
    body = msgspec.json.encode({"error": error})
    headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body))})
    return Response(HTTPStatus.NOT_FOUND, HTTPStatus.NOT_FOUND.phrase, headers, body)
