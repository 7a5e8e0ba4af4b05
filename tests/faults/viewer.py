"""A subscriber that goes on at another edge whenever its own falls silent: it misses nothing, sees nothing twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from websockets.exceptions import WebSocketException

from tests.feeds.client import Subscription, connected

__all__ = ["Viewer"]

HEARTBEAT = 500  # ms
SILENCE = 3.0  # seconds without a word after which an edge is taken for dead
AGAIN = 0.1  # seconds


class Everything(Subscription):
    """A subscription to all views: every cut touches it, so their numbers have no holes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0  # messages of cuts

    def take(self, message: dict[str, Any]) -> None:
        before, first = self.cut, message.get("cut", 0)
        first = first if isinstance(first, int) else first[0]
        super().take(message)
        match message["op"]:
            case "cut":
                self.seen += 1
                assert first == before + 1, f"cut {first} after {before}"
            case "image":
                assert first >= before, f"an image of cut {first} after cut {before}"


class Edge(Protocol):
    """What serves subscribers somewhere."""

    @property
    def url(self) -> str:
        """Where it answers, "" while it does not."""


class Viewer:
    """Subscribes to everything."""

    def __init__(self, edges: Callable[[], Sequence[Edge]], dice: random.Random) -> None:
        self.held = Everything()
        self.moves = 0  # connections
        self._edges = edges
        self._dice = dice

    async def run(self) -> None:
        """View until cancelled; raises where an edge breaks its word."""
        while True:
            edges = [edge for edge in self._edges() if edge.url]
            if edges:
                with suppress(OSError, WebSocketException, TimeoutError):
                    await self._view(self._dice.choice(edges))
            await asyncio.sleep(AGAIN)

    async def _view(self, edge: Edge) -> None:
        port = int(edge.url.rpartition(":")[2].strip("/"))
        async with connected(port, greet=False, open_timeout=SILENCE, close_timeout=0.1, max_size=None) as client:
            self.moves += 1
            async with asyncio.timeout(SILENCE):
                await client.greet(hb_ms=HEARTBEAT)
            self.held.complete = False
            client.subscriptions[1] = self.held
            await client.say(op="sub", id=1, views=["**"], **({"resume": self.held.resume} if self.held.resume else {}))
            while True:
                async with asyncio.timeout(SILENCE):
                    await client.hear()
