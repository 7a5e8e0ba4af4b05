"""A log in one SQLite file: the promise of ``engine/log.py`` without a server.

All topics share one committer. Where it runs was measured (``docs/decisions/log-committer.md``): on the loop while the
storage syncs fast, in a thread of its own where a sync would hold the loop up.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from engine.commit_queue import CommitQueue
from engine.errors import LogClosed, LogReadOnly
from engine.log import Fence, Record, Stored
from engine.sqlite_checkpoint import Checkpointer
from engine.sqlite_reader import SqliteReader
from engine.sqlite_writer import Append, Request, SqliteWriter, TakeOver
from engine.wake_socket import WakeListener, WakeSender
from engine.writer_lock import WriterLock

__all__ = ["SqliteLog"]

SLOW_SYNC = 0.001  # seconds of the smallest commit, above which the loop should not wait for it
SAFETY_POLL = 5.0  # seconds after which a follower looks although nobody woke it
FIND_WRITER = 0.2  # seconds between two looks for a writer, while there is none
BATCH = 1000  # records that a follower gets at once, at most

Committer = Literal["auto", "loop", "thread"]


class SqliteLog:
    """A log in one file, written by one process and read by any number.

    ``append``, ``fence`` and ``close`` belong to one loop; ``read``, ``head``, ``topics`` and ``append_now`` may be
    called from any thread, with or without a loop.
    """

    def __init__(self, path: Path, *, readonly: bool, committer: Committer, safety_poll: float) -> None:
        self.path = path
        self.readonly = readonly
        self._safety_poll = safety_poll
        self._closed = False
        self._followers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock: WriterLock | None = None
        self._writer: SqliteWriter | None = None
        if readonly:
            self._reader = SqliteReader(path)
            self.id = self._reader.id
            return
        if path.parent.is_dir():
            self._lock = WriterLock(path)
        try:
            self._writer = SqliteWriter(path, self._committed)
            self.id = self._writer.id
            on_loop = committer == "loop" or (committer == "auto" and self._writer.sync_time() < SLOW_SYNC)
            self._reader = SqliteReader(path)
            self._queue = CommitQueue(self._writer, on_loop=on_loop)
            self._sender = WakeSender(path)
            self._checkpointer = Checkpointer(path, self._writer)
        except BaseException:
            if self._writer:
                self._writer.close()
            if self._lock:
                self._lock.release()
            raise

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        readonly: bool = False,
        committer: Committer = "auto",
        safety_poll: float = SAFETY_POLL,
    ) -> Self:
        """Open a log, making it where there is none (unless ``readonly``).

        ``committer`` says where commits run: on the loop, in a thread, or, by default, where it suits the storage.
        ``safety_poll`` is how long, in seconds, a follower waits at most before it looks for itself.

        Raises ``LogLocked`` where another process writes it, ``LogNotFound`` where there is nothing to read,
        ``NotALog`` and ``NewerLog`` where the file is not for us, ``LogFailed`` where the storage refuses.
        """
        return cls(Path(os.path.realpath(path)), readonly=readonly, committer=committer, safety_poll=safety_poll)

    # -- writing

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        """Append records, all or nothing, and return their positions once they are durable.

        A caller that is cancelled while it waits cannot know whether its records are stored.
        """
        self._writable()
        request = Append(records, fence)
        await self._queue.submit(request)
        return request.result

    async def fence(self, name: str) -> Fence:
        """Take over the name: the fence returned is valid, every earlier one is stale from now on."""
        self._writable()
        request = TakeOver(name)
        await self._queue.submit(request)
        return request.result

    def append_now(self, records: Sequence[Record], fence: Fence | None = None) -> list[int]:
        """Do as ``append`` does, without a loop: for command-line hosts that import or replay at full speed."""
        request = Append(records, fence)
        self._commit_now(request)
        return request.result

    def fence_now(self, name: str) -> Fence:
        """Do as ``fence`` does, without a loop."""
        request = TakeOver(name)
        self._commit_now(request)
        return request.result

    def _commit_now(self, request: Request) -> None:
        self._writable().commit([request])
        if request.error:
            raise request.error

    def _writable(self) -> SqliteWriter:
        if self._closed:
            raise LogClosed(str(self.path))
        if self._writer is None:
            raise LogReadOnly(str(self.path))
        return self._writer

    def _committed(self) -> None:
        """Tell everybody that there is more to read; called by the writer, in whatever thread it runs."""
        self._sender.send()
        self._checkpointer.due()
        self._wake_followers()

    # -- reading

    def read(self, topic: str, after: int = 0, *, limit: int = BATCH, partition: int = 0) -> list[Stored]:
        """Return up to ``limit`` durable records with a position above ``after``, oldest first; [] at the head."""
        return self._reader.read(topic, after, limit, partition)

    def head(self, topic: str, *, partition: int = 0) -> int:
        """Return the position of the newest durable record of a topic, 0 where it holds none."""
        if self._writer and not self._closed and not partition:
            return self._writer.head(topic)
        return self._reader.head(topic, partition)

    def partitions(self, topic: str) -> int:
        """Return 1: a file keeps each topic in one order."""
        return 1

    def partition_of(self, topic: str, key: str) -> int:
        """Return 0, the only one."""
        return 0

    def topics(self) -> list[str]:
        """Return the names of all topics that hold a record, sorted."""
        return self._reader.topics()

    async def follow(self, topic: str, after: int = 0, *, partition: int = 0) -> AsyncIterator[list[Stored]]:
        """Yield batches of records above ``after`` as they become durable, until this log is closed."""
        loop, woken = asyncio.get_running_loop(), asyncio.Event()
        listener = WakeListener(self.path, loop, woken.set) if self.readonly else None
        self._followers.add((loop, woken))
        try:
            while not self._closed:
                woken.clear()
                if listener and not listener.connected:
                    listener.connect()  # before reading: what is committed after it wakes us
                try:
                    batch = self.read(topic, after, limit=BATCH, partition=partition)
                except LogClosed:  # by another thread, just now
                    return
                if batch:
                    after = batch[-1].position
                    yield batch
                    if len(batch) == BATCH:
                        await asyncio.sleep(0)  # far behind: let others have the loop between two batches
                    continue
                wait = self._safety_poll if listener is None or listener.connected else FIND_WRITER
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(wait, self._safety_poll)):
                        await woken.wait()
        finally:
            self._followers.discard((loop, woken))
            if listener:
                listener.close()

    def _wake_followers(self) -> None:
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        for loop, woken in tuple(self._followers):
            if loop is here:
                woken.set()
            else:
                with suppress(RuntimeError):  # that loop has ended, and its followers with it
                    loop.call_soon_threadsafe(woken.set)

    # -- closing

    async def close(self) -> None:
        """Finish the commits under way, release the writer's lock and wake whoever follows."""
        if self._closed:
            return
        self._closed = True  # nothing more is accepted
        try:
            if self._writer:
                await self._queue.drain()
        finally:  # whoever is cancelled here must not keep the lock
            self._release()

    def close_now(self) -> None:
        """Do as ``close`` does, without a loop; appends that wait on one get ``LogClosed``."""
        if not self._closed:
            self._closed = True
            self._release()

    def _release(self) -> None:
        self._reader.close()
        if self._writer:
            self._queue.close()
            self._checkpointer.close()
            self._writer.close()
            self._sender.close()
        if self._lock:
            self._lock.release()
        self._wake_followers()

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
