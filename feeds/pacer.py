"""When to flush: the first event at once, then at most one flush per interval."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from feeds.hub import Hub

__all__ = ["Pacer"]


class Pacer:
    """Runs a hub's flushes on a loop, one slice a turn."""

    def __init__(self, hub: Hub, *, interval: float = 0.008) -> None:
        self._hub = hub
        self._interval = interval  # seconds between two flushes: what it costs an event to come second
        self._last = float("-inf")
        self._timer: asyncio.Handle | None = None
        self._flush: Iterator[None] | None = None
        self._closed = False

    def kick(self) -> None:
        """Say that there may be something to flush."""
        if self._timer is not None or self._flush is not None or self._closed:
            return
        loop = asyncio.get_running_loop()
        wait = self._last + self._interval - loop.time()
        self._timer = loop.call_later(wait, self._begin) if wait > 0 else loop.call_soon(self._begin)

    def close(self) -> None:
        """Flush no more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()

    def _begin(self) -> None:
        self._timer = None
        self._last = asyncio.get_running_loop().time()
        self._flush = self._hub.flush(self._last)
        self._advance()

    def _advance(self) -> None:
        if self._flush is None or self._closed:
            return
        done = True
        try:
            done = next(self._flush, self) is self
        finally:  # where a flush failed, the loop reports it and the next one goes on
            if done:
                self._flush = None
        if not done:
            asyncio.get_running_loop().call_soon(self._advance)
        elif self._hub.dirty or self._hub.behind:  # those who are behind are looked after once in an interval
            self.kick()
