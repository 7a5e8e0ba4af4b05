"""Partitions of the people side: which keys share a writer, and where the log keeps them.

A key's partition is computed here, from the key alone, so that every process and every log agree: what one log holds
can be copied to another with its order, versions and chains. The number of partitions belongs to the log for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec

from desks.errors import OtherPartitions
from desks.topics import PARTITION
from engine.log import Log, Stored
from schemas.layout import PEOPLE, Spread

__all__ = ["LONGEST_KEY", "Partitions", "filing_key", "scan"]

LONGEST_KEY = 200  # bytes


class Partitions(msgspec.Struct, frozen=True):
    """How keys are divided."""

    count: int = PEOPLE
    keys: dict[str, int] = {}  # those with a place of their own, as the log's layout has them

    def of(self, key: str) -> int:
        """Return the partition of a key, as a log of as many partitions has it (``schemas/layout.py``)."""
        return self.keys[key] if key in self.keys else Spread(self.count).of(key)

    def mark(self, partition: int) -> bytes:
        """Return what the header ``partition`` says."""
        return b"%d/%d" % (partition, self.count)

    def read_mark(self, stored: Stored) -> int:
        """Return the partition of a record; raises ``OtherPartitions`` where their number is another one."""
        mark = stored.headers.get(PARTITION, b"").decode(errors="replace")
        number, _, count = mark.partition("/")
        if count != str(self.count) or not number.isdigit():
            raise OtherPartitions(stored.topic, stored.position, mark, self.count)
        return int(number)

    def place(self, log: Log, topic: str, partition: int) -> int:
        """Return the log's partition in which one of ours is: the same, or the only one of a log that is a file.

        Raises ``OtherPartitions`` where the log has another number of them.
        """
        found = log.partitions(topic)
        if found not in (1, self.count):
            raise OtherPartitions(topic, 0, str(found), self.count)
        return 0 if found == 1 else partition


def filing_key(key: str) -> str:
    """Return the key under which something is filed: the one that it has, or "" where that is none."""
    try:
        return key if len(key.encode()) <= LONGEST_KEY else ""
    except UnicodeEncodeError:
        return ""


async def scan(
    log: Log, topic: str, partitions: Partitions, after: dict[int, int]
) -> AsyncIterator[tuple[int, Stored]]:
    """Yield what the log holds of some partitions above a position of each, with the partition, oldest first.

    Where the log keeps them together they are read in one go. Others have the loop meanwhile.
    """
    places: dict[int, dict[int, int]] = {}
    for partition, position in after.items():
        places.setdefault(partitions.place(log, topic, partition), {})[partition] = position
    for place, wanted in sorted(places.items()):
        position = min(wanted.values())
        while batch := await asyncio.to_thread(log.read, topic, position, partition=place):
            for stored in batch:
                partition = partitions.read_mark(stored)
                if stored.position > wanted.get(partition, stored.position):
                    yield partition, stored
            position = batch[-1].position
