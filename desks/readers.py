"""Readers of events: what is shown of many records at once is folded from what happened to each.

A reader is a fold with no output: it takes every event of every partition once, in the order of its partition. All
readers of a process share one reading of the log, and one progress; who goes on from a note of his own
(``desks/onward.py``) learns in the same reading what there was before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from desks.codec import Codec
from desks.onward import Onward
from desks.outcome import Position
from desks.partitions import Partitions
from desks.progress import Progress
from desks.reading import hear
from desks.topics import EVENTS
from engine.log import Log, Stored
from management.command import Recorded

__all__ = ["Reader", "Readers"]


Index = Callable[[Recorded[Any], Stored], None]


class Reader(Protocol):
    """What is folded from events."""

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        """Take in the next event of a partition."""


class Readers:
    """Some readers over one log. Belongs to one loop."""

    def __init__(
        self, log: Log, partitions: Partitions, readers: Iterable[Reader], index: Index = lambda recorded, stored: None
    ) -> None:
        """Take the readers, and what keeps where on the log something lies."""
        self._log = log
        self._partitions = partitions
        self._readers = tuple(readers)
        self._index = index
        self._codec = Codec(b"")  # it reads events, and those have no secret
        self._at = {partitions.place(log, EVENTS, number): 0 for number in range(partitions.count)}  # place -> position
        self._learning: list[Onward] = []
        self.progress = Progress()

    def teach(self, onward: Onward) -> None:
        """Offer all events to somebody who is about to begin, when they are read for the first time."""
        self._learning.append(onward)

    async def catch_up(self) -> None:
        """Take in all there is by now."""
        for onward in self._learning:
            await onward.prepare()
        await self._read_on()
        self._learning.clear()

    async def _read_on(self) -> None:
        for place in self._at:
            while batch := await asyncio.to_thread(self._log.read, EVENTS, self._at[place], partition=place):
                self._take(place, batch)

    async def run(self) -> None:
        """Take in what happens, as it becomes durable, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for place in self._at:
                group.create_task(self._follow(place))

    async def _follow(self, place: int) -> None:
        async for batch in self._log.follow(EVENTS, self._at[place], partition=place):
            self._take(place, batch)

    def _take(self, place: int, batch: list[Stored]) -> None:
        for stored in batch:
            position, recorded = heard = hear(stored, self._partitions, self._codec)
            for onward in self._learning:
                onward.offer(stored, heard)
            if position.serial > self.progress.serial(position.partition):
                self._index(recorded, stored)
                for reader in self._readers:
                    reader.take(recorded, position)
                self.progress.reach(position)
        self._at[place] = batch[-1].position
