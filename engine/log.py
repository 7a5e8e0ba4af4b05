"""The log port: what every room of Podium may expect from a log, whatever keeps it.

A log holds topics; a topic holds records in the order in which they were appended. ``engine/sqlite_log.py`` keeps the
promise in one file, ``tests/contracts/test_log.py`` is the promise as tests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, runtime_checkable

import msgspec

__all__ = ["NO_HEADERS", "CopyLog", "DirectLog", "Fence", "Log", "Record", "Stored"]

NO_HEADERS: Mapping[str, bytes] = MappingProxyType({})


class Record(msgspec.Struct, frozen=True, gc=False):
    """What a writer hands over."""

    topic: str
    key: str  # decides the partition; may be empty
    value: bytes
    time: int  # log time, microseconds since 1970-01-01T00:00Z, from the writer's injected clock
    headers: Mapping[str, bytes] = NO_HEADERS


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A record as it lies in the log."""

    position: int  # above 0, strictly increasing within a partition of a topic; holes are allowed
    topic: str
    key: str
    value: bytes
    time: int
    headers: Mapping[str, bytes] = NO_HEADERS
    partition: int = 0


class Fence(msgspec.Struct, frozen=True):
    """A writer's right to append under a name; the newest holder of a name makes all earlier ones stale."""

    name: str
    number: int  # grows by one with each holder


class Log(Protocol):
    """An append-only log of several topics.

    ``append``, ``fence``, ``follow`` and ``close`` need a running loop; the others may be called from any thread.
    """

    id: str  # made once with the log, 32 hex digits; part of every epoch

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        """Append records of one or several topics, all or nothing, and return their positions once they are durable.

        Appends that arrive while a commit runs share the next one. Raises ``Fenced`` where the fence is stale,
        ``LogFailed`` where the storage refused and ``RecordRefused`` where a record is none (nothing of the batch is
        stored then), ``LogClosed`` after ``close``.
        """

    def read(self, topic: str, after: int = 0, *, limit: int = 1000, partition: int = 0) -> list[Stored]:
        """Return up to ``limit`` durable records with a position above ``after``, oldest first; [] at the head."""

    def follow(self, topic: str, after: int = 0, *, partition: int = 0) -> AsyncIterator[list[Stored]]:
        """Yield batches of records above ``after`` as they become durable, whoever appends; ends when the log does."""

    def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has, or will have once something is appended to it; numbered from 0."""

    def partition_of(self, topic: str, key: str) -> int:
        """Return the partition that holds the records of a key, the same in every process and every client."""

    def head(self, topic: str, *, partition: int = 0) -> int:
        """Return the position of the newest durable record of a topic, 0 where it holds none."""

    async def fence(self, name: str) -> Fence:
        """Take over the name: the fence returned is valid, every earlier one is stale from now on."""

    async def close(self) -> None:
        """Finish the commits under way, release the writer's lock and wake whoever follows."""


@runtime_checkable
class CopyLog(Log, Protocol):
    """A log that takes records of which copies do no harm sooner than others."""

    async def pass_on(self, records: Sequence[Record]) -> None:
        """Append records one by one, each partition's in their order, and return once all are durable.

        Where this fails, some or all of them may be stored all the same. Whoever reads them knows copies.
        """


@runtime_checkable
class DirectLog(Log, Protocol):
    """A log that can also be written without a loop: for command-line hosts, and for the threads of others."""

    def append_now(self, records: Sequence[Record], fence: Fence | None = None) -> list[int]:
        """Do as ``append`` does, and return when it is done."""

    def fence_now(self, name: str) -> Fence:
        """Do as ``fence`` does, and return when it is done."""

    def close_now(self) -> None:
        """Do as ``close`` does, and return when it is done."""
