"""Heartbeats: built once for all who agreed on the same interval and encoding."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice

from feeds.encoding import ENCODINGS
from feeds.group import Link
from feeds.hub import Hub
from feeds.protocol import Heartbeat

__all__ = ["Heart"]

SLICE = 256  # connections served before the loop is given back

_Rhythm = tuple[str, int]  # encoding, milliseconds


class Heart:
    """Beats for the connections that are given to it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._links: dict[_Rhythm, dict[Link, None]] = {}
        self._timers: dict[_Rhythm, asyncio.TimerHandle] = {}

    def add(self, link: Link, encoding: str, hb_ms: int) -> None:
        """Begin to beat for a connection."""
        rhythm = encoding, hb_ms
        self._links.setdefault(rhythm, {})[link] = None
        if rhythm not in self._timers:
            self._arm(rhythm)

    def remove(self, link: Link, encoding: str, hb_ms: int) -> None:
        """Beat no more for a connection."""
        rhythm = encoding, hb_ms
        links = self._links.get(rhythm, {})
        links.pop(link, None)
        if not links:
            self._links.pop(rhythm, None)
            timer = self._timers.pop(rhythm, None)
            if timer is not None:
                timer.cancel()

    def close(self) -> None:
        """Beat no more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._links.clear()

    def _arm(self, rhythm: _Rhythm) -> None:
        self._timers[rhythm] = asyncio.get_running_loop().call_later(rhythm[1] / 1000, self._beat, rhythm)

    def _beat(self, rhythm: _Rhythm) -> None:
        self._arm(rhythm)
        hub, encoding = self._hub, ENCODINGS[rhythm[0]]
        beat = Heartbeat(hub.source.views.cut, hub.now(), dict(hub.source.freshness()))
        frame = hub.framer(encoding.encode(beat), encoding.text)
        self._serve(iter(list(self._links[rhythm])), frame)

    def _serve(self, links: Iterator[Link], frame: bytes) -> None:
        served = 0
        for link in islice(links, SLICE):
            link.offer(frame)  # who cannot take it is behind, and has other things to read
            served += 1
        if served == SLICE:
            asyncio.get_running_loop().call_soon(self._serve, links, frame)
