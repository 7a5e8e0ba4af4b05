"""What has happened and is not seen to yet: events of all partitions, in the order of log time.

Whoever does something about events keeps the serial of the newest one that he has seen to, by partition, on the log.
After a restart he learns from all before it, everywhere, and goes on behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import Any

from desks.codec import Codec
from desks.partitions import Partitions
from desks.reading import Heard, hear
from desks.topics import EVENTS, SERIAL
from engine.log import Log, Stored
from management.command import Recorded

__all__ = ["BATCH", "Onward"]

BATCH = 200  # events


class Onward:
    """A place in the events of a log, from which one goes on. Belongs to one loop."""

    def __init__(
        self,
        log: Log,
        partitions: Partitions,
        seen: Mapping[int, int],
        batch: int = BATCH,
        prefixes: tuple[str, ...] = ("",),
    ) -> None:
        """Take the serials of the newest events seen to; ``batch`` is how many are read at once of a partition.

        Events of keys with other prefixes are passed by without a look: most are of people, and few need those.
        """
        self._log = log
        self._partitions = partitions
        self._batch = batch
        self._prefixes = prefixes
        self._codec = Codec(b"")  # it reads events, and those have no secret
        self.seen: dict[int, int] = {number: seen.get(number, 0) for number in range(partitions.count)}
        self.time = 0  # of the newest record that was handed over, microseconds
        self._at: dict[int, int] = {}  # partition of the log -> position, up to which there is nothing left to do

    async def remember(self, learn: Callable[[Recorded[Any]], object]) -> None:
        """Hand over all that was seen to, everywhere, before anything that was not: one may need the other."""
        places = {self._partitions.place(self._log, EVENTS, number) for number in self.seen}
        for place in sorted(places):
            position, undone = 0, 0  # undone: the first event that is not seen to
            while batch := await asyncio.to_thread(self._log.read, EVENTS, position, partition=place):
                for stored in batch:
                    partition, serial = self._partitions.read_mark(stored), int(stored.headers[SERIAL])
                    if serial > self.seen[partition]:
                        undone = undone or stored.position
                    elif stored.key.startswith(self._prefixes):
                        learn(hear(stored, self._partitions, self._codec).recorded)
                position = batch[-1].position
            self._at[place] = undone - 1 if undone else position

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
