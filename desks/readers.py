"""Readers of events: what is shown of many records at once is folded from what happened to each.

A reader is a fold with no output: it takes every event of every partition once, in the order of its partition. All
readers of a process share one reading of the log, and one progress.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from desks.codec import Codec
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
        self.progress = Progress()

    async def catch_up(self) -> None:
        """Take in all there is by now."""
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
            position, recorded = hear(stored, self._partitions, self._codec)
            if position.serial > self.progress.serial(position.partition):
                self._index(recorded, stored)
                for reader in self._readers:
                    reader.take(recorded, position)
                self.progress.reach(position)
        self._at[place] = batch[-1].position
