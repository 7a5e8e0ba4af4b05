"""A log through which trouble comes as a test wants it: refused appends, lost answers, pauses, and what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from desks.topics import MANIFESTS, SNAPSHOTS
from engine.errors import LogFailed
from engine.log import Fence, Log, Record, Stored

__all__ = ["TroubledLog", "WithoutSnapshots"]


class TroubledLog:
    """Another log, with trouble on the way to it."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.id = log.id
        self.refusals = 0  # appends still to refuse
        self.unreadable = 0  # reads still to refuse
        self.refused_topic = ""  # appends with a record of it are refused
        self.lost_answers = 0  # appends still to store and then to deny
        self.open = asyncio.Event()  # appends wait for it
        self.open.set()
        self.waiting = asyncio.Event()  # an append waits
        self.batches: list[list[Record]] = []  # what was appended
        self.reads: list[Stored] = []  # what was read

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        if not self.open.is_set():
            self.waiting.set()
            await self.open.wait()
        if self.refusals or self.refused_topic in {record.topic for record in records}:
            self.refusals = max(0, self.refusals - 1)
            raise LogFailed("troubled", "appending", "told to")
        positions = await self._log.append(records, fence=fence)
        self.batches.append(list(records))
        if self.lost_answers:
            self.lost_answers -= 1
            raise LogFailed("troubled", "appending", "the answer was lost")
        return positions

    def read(self, topic: str, after: int = 0, *, limit: int = 1000, partition: int = 0) -> list[Stored]:
        if self.unreadable:
            self.unreadable -= 1
            raise LogFailed("troubled", "reading", "told to")
        found = self._log.read(topic, after, limit=limit, partition=partition)
        self.reads += found
        return found

    def follow(self, topic: str, after: int = 0, *, partition: int = 0) -> AsyncIterator[list[Stored]]:
        return self._log.follow(topic, after, partition=partition)

    def partitions(self, topic: str) -> int:
        return self._log.partitions(topic)

    def partition_of(self, topic: str, key: str) -> int:
        return self._log.partition_of(topic, key)

    def head(self, topic: str, *, partition: int = 0) -> int:
        return self._log.head(topic, partition=partition)

    async def fence(self, name: str) -> Fence:
        return await self._log.fence(name)

    async def close(self) -> None:
        await self._log.close()


class WithoutSnapshots(TroubledLog):
    """A log whose snapshots are gone."""

    def read(self, topic: str, after: int = 0, *, limit: int = 1000, partition: int = 0) -> list[Stored]:
        if topic in (SNAPSHOTS, MANIFESTS):
            return []
        return super().read(topic, after, limit=limit, partition=partition)
