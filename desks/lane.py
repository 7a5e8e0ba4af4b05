"""The writer of one partition: commands wait in line, are decided up to 50 at a time, and answered once durable.

One append holds the commands, their events and their replies. What comes while it runs waits for the next one. Where
the log refuses, the partition is read again from it, and whoever waited hears what the log says of his command.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from desks.errors import DesksError, NotServed, Unavailable
from desks.outcome import AsideCode, Outcome, Position
from desks.partition import Partition, Spoiled, Step
from desks.progress import Progress
from desks.recovery import Loaded, save, saved
from desks.topics import EVENTS, REPLIES
from engine.errors import Fenced, LogClosed, LogError
from engine.log import Fence, Log, Record
from management.command import Received

__all__ = ["BATCH", "Lane", "Waiting"]

BATCH = 50  # commands decided before one append
SNAPSHOT_EVERY = 2000  # events


class Waiting(msgspec.Struct):
    """A command in line."""

    received: Received[Any]
    answer: asyncio.Future[Outcome]
    place: str = ""  # where it came from
    code: AsideCode | None = None  # why it cannot be decided, where that is known before
    reason: str = ""
    size: int = 0

    def take(self, partition: Partition, time: int) -> Step:
        """Decide it, or put it aside."""
        if self.code:
            partition.time = time
            return partition.dead_letter(self.received, self.code, self.reason, self.place, self.size)
        return partition.take(self.received, time, self.place)

    def settle(self, outcome: Outcome | DesksError) -> None:
        """Answer, unless who asked has gone."""
        if not self.answer.done():
            if isinstance(outcome, DesksError):
                self.answer.set_exception(outcome)
            else:
                self.answer.set_result(outcome)


class Lane:
    """One partition with its fence. Belongs to one loop."""

    def __init__(
        self,
        log: Log,
        fence: Fence,
        loaded: Loaded,
        clock: Callable[[], int],
        *,
        reload: Callable[[int, Mapping[str, str]], Awaitable[Loaded]],
        progress: Progress,
        snapshot_every: int = SNAPSHOT_EVERY,
    ) -> None:
        self.number = loaded.partition.number
        self._log = log
        self._fence = fence
        self._loaded = loaded
        self._clock = clock
        self._reload = reload
        self._progress = progress
        self._every = snapshot_every
        self._waiting: deque[Waiting] = deque()
        self._poison: dict[str, str] = {}  # id of a command -> why it is not tried again
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()  # of commands and snapshots
        self._stale = False  # what is in memory did not happen: the log is read before anything else
        self.closed = ""  # why nothing is taken any more
        self.trouble = ""  # why the newest snapshot was not written
        progress.reach(loaded.partition.position)

    @property
    def partition(self) -> Partition:
        """The partition as decided, a little ahead of what is durable while an append runs."""
        return self._loaded.partition

    async def submit(self, waiting: Waiting) -> Outcome:
        """Return what became of a command, once that is durable; raises ``NotServed`` and ``Unavailable``."""
        if self.closed:
            raise NotServed(self.number, self.closed)
        self._waiting.append(waiting)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())
        return await waiting.answer

    async def save(self) -> None:
        """Write a snapshot of what changed; raises ``NotServed`` and what the log raises."""
        async with self._turn:
            if self.closed:
                raise NotServed(self.number, self.closed)
            try:
                if self._stale:
                    await self._read_again()
                await self._save()
            except (Fenced, LogClosed) as error:
                self._lose([], error)
                raise NotServed(self.number, self.closed) from error

    async def read(self, key: str) -> tuple[Position, int, Any]:
        """Return where the partition is, and the version and the state of a record, all of it durable.

        Raises ``NotServed`` and ``Unavailable``.
        """
        async with self._turn:
            if self.closed:
                raise NotServed(self.number, self.closed)
            try:
                if self._stale:
                    await self._read_again()
            except (Fenced, LogClosed, DesksError) as error:
                self._lose([], error)
                raise NotServed(self.number, self.closed) from error
            except LogError as error:
                raise Unavailable(self.number, str(error)) from error
            states = self.partition.states
            return self.partition.position, states.version(key), states.state(key)

    async def note(self, records: list[Record]) -> None:
        """Append something that only who decides here may say; raises ``NotServed`` and what the log raises."""
        async with self._turn:
            if self.closed:
                raise NotServed(self.number, self.closed)
            try:
                await self._log.append(records, fence=self._fence)
            except (Fenced, LogClosed) as error:
                self._lose([], error)
                raise NotServed(self.number, self.closed) from error

    async def drain(self) -> None:
        """Return when all that waited has been answered."""
        while self._task:
            await asyncio.wait([self._task])

    async def close(self, reason: str) -> None:
        """Take nothing more, and return when all that waited has been answered."""
        self.closed = self.closed or reason
        await self.drain()

    # -- working

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                try:
                    async with self._turn:
                        await self._commit(batch)
                        await self._save_when_due()
                except (Fenced, LogClosed, DesksError) as error:
                    self._lose(batch, error)
                except LogError as error:
                    await self._begin_again(batch, error)
                except BaseException as error:  # nobody may wait for ever
                    self._lose(batch, error)
                    raise
        finally:
            self._task = None

    async def _commit(self, batch: list[Waiting]) -> None:
        if self._stale:
            await self._read_again()
        time = max(self._clock(), self.partition.time)
        while True:
            try:
                steps = [waiting.take(self.partition, time) for waiting in batch]
            except Spoiled as spoiled:
                self._poison[spoiled.command] = spoiled.reason
                await self._read_again()
            else:
                break
        if records := [record for step in steps for record in step.records]:
            self._stored(steps, await self._log.append(records, fence=self._fence))
        else:
            await asyncio.sleep(0)  # repetitions alone must not keep the loop
        for waiting, step in zip(batch, steps, strict=True):
            waiting.settle(step.outcome)

    def _stored(self, steps: list[Step], positions: list[int]) -> None:
        loaded, outcomes, at = self._loaded, self.partition.outcomes, iter(positions)
        for outcome, records in steps:
            for record, position in zip(records, at, strict=False):  # the other way round a position would be lost
                if record.topic == EVENTS:
                    loaded.events = position
                    loaded.unsaved += 1
                elif record.topic == REPLIES:
                    loaded.replies = position
                    if kept := outcomes.find(outcome.id):
                        kept.position = position
        self._progress.reach(self.partition.position)

    async def _save_when_due(self) -> None:
        if self._loaded.unsaved < self._every:
            return
        try:
            await self._save()
        except (Fenced, LogClosed):
            raise
        except LogError as error:  # a snapshot only saves time: what was decided holds without it
            self.trouble = str(error)
            self._loaded.unsaved = 0

    async def _save(self) -> None:
        if records := save(self._loaded):
            saved(self._loaded, records, await self._log.append(records, fence=self._fence))
        self.trouble = ""

    # -- failing

    def _lose(self, batch: list[Waiting], error: BaseException) -> None:
        """Answer nobody any more: what was decided here is not, or no longer, true."""
        self.closed = str(error) or type(error).__name__
        for waiting in (*batch, *self._waiting):
            waiting.settle(NotServed(self.number, self.closed))
        self._waiting.clear()

    async def _begin_again(self, batch: list[Waiting], error: LogError) -> None:
        """Read the partition again, and answer by what the log says: a commit that timed out may have been one."""
        self._stale = True
        try:
            await self._read_again()
        except (LogClosed, DesksError) as broken:
            self._lose(batch, broken)
            return
        except LogError:  # nothing goes today; the next batch will try again
            for waiting in batch:
                waiting.settle(Unavailable(self.number, str(error)))
            return
        for waiting in batch:
            kept = self.partition.outcomes.find(waiting.received.id)
            if kept is None or waiting.code:
                waiting.settle(Unavailable(self.number, str(error)))
            else:
                self._waiting.append(waiting)  # which will get the outcome that is there
        self._progress.reach(self.partition.position)

    async def _read_again(self) -> None:
        self._stale = True
        self._loaded = await self._reload(self.number, self._poison)
        self._stale = False
