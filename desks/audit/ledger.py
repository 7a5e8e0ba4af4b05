"""What is audited: the records of a log as leaves of trees, one tree for each partition of a topic.

Events of the people side have a tree for each of its own partitions, in the order of their serials, so the same log has
the same trees in a file and in Kafka. Every other topic has one for each partition that the log keeps it in.

A leaf is all of a record but its position: key, log time, headers, value. What is personal in it is sealed, and stays
in the leaf when its key is gone: so a proof outlives an erasure.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

import msgspec

from desks.partitions import Partitions, scan
from desks.topics import EVENTS, PARTITION
from engine.log import Log, Stored

__all__ = ["AUDITED", "Ledger", "leaf_of", "ledgers", "partitions_of", "read_leaves"]

AUDITED = (EVENTS, "management.certificates", "management.scans", "venue.raw")

_encode = msgspec.msgpack.Encoder().encode


class Ledger(msgspec.Struct, frozen=True, order=True):
    """The records of one tree."""

    topic: str
    number: int  # of the partition
    count: int  # of partitions

    def origin(self, games: str, era: int = 1) -> str:
        """Return the name of the tree, which its checkpoints bear.

        An era ends when a log is restored that had lost its end: from there it is another tree, and says so.
        """
        return f"podium/{games}/{era}/{self.topic}/{self.number}-{self.count}"


def leaf_of(stored: Stored) -> bytes:
    """Return the one form of a record in which it is hashed."""
    return _encode((stored.key, stored.time, sorted(stored.headers.items()), stored.value))


def partitions_of(log: Log) -> Partitions:
    """Return how the events of a log are divided, as the first of them says; as a new log would where there is none."""
    for place in range(log.partitions(EVENTS)):
        for stored in log.read(EVENTS, limit=1, partition=place):
            count = stored.headers.get(PARTITION, b"").partition(b"/")[2]
            return Partitions(int(count)) if count.isdigit() else Partitions()
    return Partitions()


def ledgers(log: Log, partitions: Partitions, topics: tuple[str, ...] = AUDITED) -> list[Ledger]:
    """Return the trees of a log."""
    counts = {topic: partitions.count if topic == EVENTS else log.partitions(topic) for topic in topics}
    return [Ledger(topic, number, count) for topic, count in counts.items() for number in range(count)]


async def read_leaves(
    log: Log, partitions: Partitions, topic: str, after: Mapping[int, int]
) -> AsyncIterator[tuple[int, Stored]]:
    """Yield the records of trees of a topic behind a position of each, with the number of the tree."""
    if topic == EVENTS:
        async for number, stored in scan(log, topic, partitions, dict(after)):
            yield number, stored
        return
    for number, behind in sorted(after.items()):
        position = behind
        while batch := await asyncio.to_thread(log.read, topic, position, partition=number):
            for stored in batch:
                yield number, stored
            position = batch[-1].position
