"""Venues that send a Games through the TCP door of whatever gateway there is, as ``docs/venue-feed.md`` tells them to.

Each message is due at a moment of its own. What was acknowledged is taken down, to be held against the log.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice

from engine.chain import verify
from engine.log import Log
from engine.streams import read_raw
from replay.archive import Message

__all__ = ["Venue", "Venues", "in_order"]

PATIENCE = 30.0  # seconds without an answer after which a venue connects anew
AGAIN = 0.1  # seconds before it does


def in_order(messages: Iterable[Message]) -> list[Message]:
    """Return what sources have to say themselves, each session in its order, up to the first serial that is missing."""
    sessions: dict[tuple[str, str], list[Message]] = defaultdict(list)
    for message in messages:
        if message.serial > 0:
            sessions[message.source, message.session].append(message)
    ready = {place: iter(_whole(own)) for place, own in sessions.items()}
    turns = [(message.source, message.session) for message in messages if message.serial > 0]
    return [message for place in turns for message in islice(ready[place], 1)]


def _whole(own: list[Message]) -> list[Message]:
    """Return a session's messages by serial, up to the first that is missing."""
    ordered = sorted(own, key=lambda message: message.serial)
    return [message for serial, message in enumerate(ordered, 1) if message.serial == serial]


class Venue:
    """One source: its sessions one after the other, pipelined."""

    def __init__(self, venues: Venues, source: str) -> None:
        self.source = source
        self.sessions: dict[str, list[tuple[float, bytes]]] = {}  # when it is due, by serial from 1
        self.acknowledged: dict[str, int] = {}  # by session
        self.heads: list[str] = []  # that came with acknowledgements
        self._venues = venues

    async def run(self) -> None:
        """Send everything, coming back whenever the gateway is gone."""
        for session, messages in self.sessions.items():
            while self.acknowledged.get(session, 0) < len(messages):
                with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                    await self._send(session, messages)
                await asyncio.sleep(AGAIN)

    async def _send(self, session: str, messages: list[tuple[float, bytes]]) -> None:
        port = self._venues.port
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(f"PODIUM/1 {self.source} {session}\n".encode())
            async with asyncio.timeout(PATIENCE):
                word, last, *_ = (await reader.readuntil()).decode().split()
            if word != "OK":
                return
            assert int(last) >= self.acknowledged.get(session, 0), f"{self.source}: what was acknowledged is gone"
            self.acknowledged[session] = int(last)
            sending = asyncio.create_task(self._pipeline(writer, messages, int(last)))
            try:
                await self._listen(reader, writer, session, len(messages), port)
            finally:
                sending.cancel()
                with suppress(asyncio.CancelledError, OSError):
                    await sending
        finally:
            writer.transport.abort()

    async def _pipeline(self, writer: asyncio.StreamWriter, messages: list[tuple[float, bytes]], last: int) -> None:
        for serial, (due, data) in enumerate(messages[last:], last + 1):
            if (wait := self._venues.began + due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            writer.write(b"%d %d\n%s\n" % (serial, len(data), data))
            await writer.drain()

    async def _listen(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, session: str, until: int, port: int
    ) -> None:
        while self.acknowledged.get(session, 0) < until and port == self._venues.port:
            try:
                async with asyncio.timeout(PATIENCE / 2):
                    word, *rest = (await reader.readuntil()).decode().split()
            except TimeoutError:
                writer.write(b"PING\n")  # it may be that nothing was due
                async with asyncio.timeout(PATIENCE / 2):
                    word, *rest = (await reader.readuntil()).decode().split()
            if word == "ERR":
                return
            if word == "ACK":
                assert int(rest[0]) >= self.acknowledged[session]
                self.acknowledged[session] = int(rest[0])
                self.heads.append(rest[1])


class Venues:
    """All sources of a Games, and where they find the gateway."""

    def __init__(self, messages: Iterable[Message], rate: float) -> None:
        self.port = 0  # where the gateway is; whoever is elsewhere comes here
        self.began = 0.0
        self.sources: dict[str, Venue] = {}
        self._sent: dict[tuple[str, str, int], bytes] = {}
        for number, message in enumerate(messages):
            venue = self.sources.setdefault(message.source, Venue(self, message.source))
            venue.sessions.setdefault(message.session, []).append((number / rate, message.data))
            self._sent[message[:3]] = message.data

    async def run(self) -> None:
        """Return when everything was acknowledged."""
        self.began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for venue in self.sources.values():
                group.create_task(venue.run())

    @property
    def acknowledged(self) -> Mapping[tuple[str, str], int]:
        """The last serial that was acknowledged, by source and session."""
        return {
            (venue.source, session): last
            for venue in self.sources.values()
            for session, last in venue.acknowledged.items()
        }

    def verify(self, log: Log) -> None:
        """Hold what was acknowledged against a log: all of it is there, as it was sent, once and in its order."""
        held: dict[tuple[str, str], list[int]] = defaultdict(list)
        chains: dict[str, set[str]] = defaultdict(set)
        for raw in read_raw(log):
            chains[raw.source].add(raw.chain.hex())
            if raw.serial > 0:
                held[raw.source, raw.session].append(raw.serial)
                assert raw.data == self._sent[raw.source, raw.session, raw.serial]
        for place, last in self.acknowledged.items():
            serials = held[place]
            assert serials == list(range(1, len(serials) + 1)), place
            assert len(serials) >= last, f"{place}: {last} were acknowledged and {len(serials)} are there"
        for venue in self.sources.values():
            assert set(venue.heads) <= chains[venue.source], venue.source
        assert verify(log).flaws == ()
