"""What has happened and is not seen to yet: events of all partitions, in the order of log time.

Whoever does something about events keeps the serial of the newest one that he has seen to, by partition, on the log.
After a restart he learns from all before it, everywhere, and goes on behind it. What he has to learn he may be offered
by whoever reads the log anyway (``desks/readers.py``), so that a process that begins reads it once for all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from itertools import takewhile
from typing import Any, Protocol

from desks.codec import Codec
from desks.partitions import Partitions
from desks.reading import Heard, hear
from desks.topics import EVENTS, SERIAL
from engine.log import Log, Stored
from management.command import Recorded

__all__ = ["BATCH", "Follower", "Onward", "keep_up"]

BATCH = 200  # events


class Onward:
    """A place in the events of a log, from which one goes on. Belongs to one loop."""

    def __init__(
        self,
        log: Log,
        partitions: Partitions,
        noted: Callable[[], Awaitable[Mapping[int, int]]],
        learn: Callable[[Recorded[Any]], object],
        *,
        batch: int = BATCH,
        prefixes: tuple[str, ...] = ("",),
    ) -> None:
        """Take what reads the serials of the newest events seen to, and what learns from those and all before them.

        ``batch`` is how many are read at once of a partition. Events of keys with other prefixes are passed by without
        a look: most are of people, and few need those.
        """
        self._log = log
        self._partitions = partitions
        self._noted = noted
        self._learn = learn
        self._batch = batch
        self._prefixes = prefixes
        self._codec = Codec(b"")  # it reads events, and those have no secret
        self.seen: dict[int, int] = dict.fromkeys(range(partitions.count), 0)
        self.time = 0  # of the newest record that was handed over, microseconds
        self._learned: dict[int, int] = dict(self.seen)  # partition -> serial
        places = {partitions.place(log, EVENTS, number) for number in self.seen}
        self._at: dict[int, int] = dict.fromkeys(places, 0)  # place -> position, up to which there is nothing to do
        self._undone: set[int] = set()  # places that have something behind that

    async def prepare(self) -> None:
        """Read what is noted by now: as much is learned of what is offered from now on, until ``begin``."""
        self.seen |= await self._noted()

    def offer(self, stored: Stored, heard: Heard | None = None) -> None:
        """Learn from the next event of a place, from the first one on, as far as it was seen to.

        Where it is not ``heard`` yet, it is looked into only if there is something to learn.
        """
        partition, serial = self._partitions.read_mark(stored), int(stored.headers[SERIAL])
        if serial > self.seen[partition]:
            self._undone.add(stored.partition)
        elif serial > self._learned[partition]:
            self._learned[partition] = serial
            if stored.key.startswith(self._prefixes):
                self._learn((heard or hear(stored, self._partitions, self._codec)).recorded)
        if stored.partition not in self._undone:
            self._at[stored.partition] = stored.position

    async def begin(self) -> None:
        """Learn from all that was seen to, everywhere, before anything that was not: one may need the other.

        What was offered is not read again. Raises what the log raises.
        """
        self.seen |= await self._noted()  # once more, as somebody else may have gone on meanwhile
        self._undone.clear()
        for place in sorted(self._at):
            position = self._at[place]
            while batch := await asyncio.to_thread(self._log.read, EVENTS, position, partition=place):
                for stored in batch:
                    self.offer(stored)
                position = batch[-1].position

    async def next(self) -> list[Heard] | None:
        """Return what happened next and count it as seen; None where nothing has, [] where all of it was seen before.

        Raises what the log raises. What is later than all of a batch that did not reach the head is left for the next
        time: there may be earlier ones behind it.
        """
        found = [batch for place in sorted(self._at) if (batch := await self._read(place))]
        if not found:
            return None
        until = min((max(one.time for one in batch) for batch in found if len(batch) == self._batch), default=None)
        taken: list[Stored] = []
        for batch in found:
            part = list(takewhile(lambda one: until is None or one.time <= until, batch))
            taken += part
            if part:
                self._at[part[-1].partition] = part[-1].position
        heard = []
        for stored in sorted(taken, key=lambda one: one.time):
            self.time = max(self.time, stored.time)
            partition, serial = self._partitions.read_mark(stored), int(stored.headers[SERIAL])
            if serial > self.seen[partition]:
                self.seen[partition] = serial
                if stored.key.startswith(self._prefixes):
                    heard.append(hear(stored, self._partitions, self._codec))
        return heard

    async def _read(self, place: int) -> list[Stored]:
        return await asyncio.to_thread(self._log.read, EVENTS, self._at[place], limit=self._batch, partition=place)


class Follower(Protocol):
    """Somebody who does something about events, the only one of his kind on a log."""

    onward: Onward

    async def begin(self) -> None:
        """Take over from whoever did it before, and learn what there was; raises what the log raises."""

    async def run(self) -> None:
        """See to what happens, as it happens, until cancelled."""


async def keep_up(catch_up: Callable[[], Awaitable[int]], pause: float) -> None:
    """See to what happens, as it happens, until cancelled: after a look that found nothing there is a pause."""
    while True:
        if not await catch_up():
            await asyncio.sleep(pause)
