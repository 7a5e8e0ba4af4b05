"""A log in Apache Kafka: the promise of ``engine/log.py`` over any number of processes and machines.

What Kafka adds to it: several processes may write one log, so what a single one must write is written under a fence.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit
from uuid import uuid4

from engine.errors import LogClosed, LogNotFound, LogReadOnly, NotALog
from engine.kafka_client import PATIENCE, Client
from engine.kafka_follower import KafkaFollower
from engine.kafka_holder import Lanes
from engine.kafka_ledger import LEDGER, Identity, Ledger, identity_record
from engine.kafka_loose import LooseProducer
from engine.kafka_reader import KafkaReader
from engine.kafka_topics import Topics
from engine.kafka_writer import KafkaWriter
from engine.log import Fence, Record, Stored
from schemas.layout import Layout

__all__ = ["KafkaLog", "Place", "parse"]

BATCH = 1000  # records that a reader gets at once, where he does not say


class Place(NamedTuple):
    """Where a log is."""

    servers: str  # host:port, with commas between several
    prefix: str  # of the names of its topics, "" for none


def parse(url: str) -> Place:
    """Return what ``kafka://HOST:PORT[,HOST:PORT...][/PREFIX]`` says; raises ``NotALog`` where it is something else."""
    parts = urlsplit(url)
    servers = parts.netloc.split(",")
    proper = all(host and port.isdigit() for host, _, port in (one.rpartition(":") for one in servers))
    if parts.scheme != "kafka" or not proper or parts.query or parts.fragment or "/" in parts.path.strip("/"):
        raise NotALog(url, "the address of one in Kafka is kafka://HOST:PORT or kafka://HOST:PORT/PREFIX")
    return Place(parts.netloc, parts.path.strip("/"))


class KafkaLog:
    """A log in Kafka, written and read by any number of processes.

    ``append``, ``fence``, ``follow`` and ``close`` need a running loop; everything else may be called from any thread.
    """

    def __init__(
        self, url: str, *, readonly: bool, layout: Layout, settings: Mapping[str, Any], patience: float
    ) -> None:
        self.url = url
        self.readonly = readonly
        self._closed = False
        client = self._client = Client(url, *parse(url), settings, patience)
        self._topics = Topics(client)
        self._reader = KafkaReader(client, self._topics)
        self._writer: KafkaWriter | None = None
        self._loose = LooseProducer(client, self._topics)
        self._followers: dict[tuple[str, int], KafkaFollower] = {}  # the newest of each partition
        try:
            client.greet()
            self._ledger = Ledger(client, self._reader)
            self._ledger.refresh()
            if not readonly:
                lanes = Lanes(client, self._is_there, lambda: self._closed)
                self._writer = KafkaWriter(self._topics, self._ledger, lanes)
                if self._ledger.identity is None:
                    self._make(self._writer, layout)
            if self._ledger.identity is None:
                raise LogNotFound(url)
        except BaseException:
            self._release()
            raise
        self.id = self._ledger.identity.id
        self._topics.layout = self._ledger.identity.layout

    @classmethod
    def open(
        cls,
        url: str,
        *,
        readonly: bool = False,
        layout: Layout | None = None,
        settings: Mapping[str, Any] | None = None,
        patience: float = PATIENCE,
    ) -> Self:
        """Open a log, making it where there is none (unless ``readonly``).

        ``layout`` says how a new log is spread over partitions; one that is there keeps its own, for good. ``settings``
        are passed on to librdkafka, for brokers that want to know who comes. ``patience`` is for how many seconds
        brokers may be silent before an append that has not come to its commit is given up; for as long, and a little
        longer, readers wait for what a writer that died has left behind.

        Raises ``LogUnreachable`` where nobody answers, ``LogForbidden`` where we are not let in, ``LogNotFound`` where
        there is nothing to read, ``TopicMismatch`` where topics were made otherwise, ``NotALog`` and ``NewerLog``.
        """
        return cls(url, readonly=readonly, layout=layout or Layout(), settings=settings or {}, patience=patience)

    def _make(self, writer: KafkaWriter, layout: Layout) -> None:
        writer.append([identity_record(Identity(uuid4().hex, layout))], None).result()
        self._ledger.refresh()

    def _is_there(self, topic: str, partition: int, position: int) -> bool:
        found = self._reader.read(topic, position - 1, 1, partition)
        return bool(found) and found[0].position == position

    # -- writing

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        """Append records, all or nothing, and return their positions once they are durable.

        A caller that is cancelled while it waits cannot know whether its records are stored. While no broker answers to
        say what became of a commit, this waits too.
        """
        return await asyncio.wrap_future(self._writable().append(records, fence))

    async def pass_on(self, records: Sequence[Record]) -> None:
        """Append records of which copies do no harm, one by one: without a transaction, in a fraction of its time."""
        self._writable()
        await asyncio.to_thread(self._loose.send, records)

    async def fence(self, name: str) -> Fence:
        """Take over the name: the fence returned is valid, every earlier one is stale from now on."""
        return await asyncio.wrap_future(self._writable().take_over(name))

    def append_now(self, records: Sequence[Record], fence: Fence | None = None) -> list[int]:
        """Do as ``append`` does, without a loop."""
        return self._writable().append(records, fence).result()

    def fence_now(self, name: str) -> Fence:
        """Do as ``fence`` does, without a loop."""
        return self._writable().take_over(name).result()

    def _writable(self) -> KafkaWriter:
        if self._closed:
            raise LogClosed(self.url)
        if self._writer is None:
            raise LogReadOnly(self.url)
        return self._writer

    # -- reading

    def read(self, topic: str, after: int = 0, *, limit: int = BATCH, partition: int = 0) -> list[Stored]:
        """Return up to ``limit`` durable records with a position above ``after``, oldest first; [] at the head."""
        return self._reader.read(topic, after, limit, partition)

    def head(self, topic: str, *, partition: int = 0) -> int:
        """Return the position of the newest durable record of a topic, 0 where it holds none."""
        return self._reader.head(topic, partition)

    def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has, or will have once something is appended to it."""
        return self._topics.partitions(topic)

    def partition_of(self, topic: str, key: str) -> int:
        """Return the partition of a key, by the layout that the log was made with."""
        return self._topics.layout.spread(topic).of(key)

    def topics(self) -> list[str]:
        """Return the names of all topics that hold a record, sorted."""
        names = [name for name in self._topics.names() if name != LEDGER]
        return [name for name in names if any(self.head(name, partition=n) for n in range(self.partitions(name)))]

    async def follow(self, topic: str, after: int = 0, *, partition: int = 0) -> AsyncIterator[list[Stored]]:
        """Yield batches of records above ``after`` as they become durable, until this log is closed."""
        loop = asyncio.get_running_loop()
        follower = KafkaFollower(self._client, self._topics, topic, after, partition)
        thread = ThreadPoolExecutor(1, thread_name_prefix=f"follow {topic}")
        gone = False
        self._followers[topic, partition] = follower
        try:
            while batch := await loop.run_in_executor(thread, follower.next, lambda: self._closed or gone):
                yield batch
        finally:
            gone = True
            if self._followers.get((topic, partition)) is follower:
                del self._followers[topic, partition]
            thread.submit(follower.close)
            thread.shutdown(wait=False)

    def reach(self, topic: str, *, partition: int = 0) -> int:
        """Return the newest position that whoever follows a partition here has heard of; 0 where nobody does.

        Asks nobody. It is that of a record, or of a mark of the brokers behind the newest one while that is under way.
        """
        follower = self._followers.get((topic, partition))
        return follower.reach if follower else 0

    # -- closing

    async def close(self) -> None:
        """Finish the commits under way and let go of the brokers; followers end by themselves."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._release)

    def close_now(self) -> None:
        """Do as ``close`` does, without a loop."""
        if not self._closed:
            self._closed = True
            self._release()

    def _release(self) -> None:
        if self._writer:
            self._writer.close()
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close_now()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()
