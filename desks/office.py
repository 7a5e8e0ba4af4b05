"""The people side of one log, running: the writer, the ticks, the reactor and whoever else works there, in one loop.

What a door needs is here and nowhere else: take a command, read a record, wait until a position is seen, let something
run beside. Each is small, and what they are made of has a file of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, NamedTuple, Self

from desks.outcome import Outcome, Position
from desks.partitions import Partitions
from desks.reactions.managers import managers_of
from desks.reactor import Reactor, run_reactor
from desks.readers import Reader, Readers
from desks.ticks import run_ticks
from desks.writer import Writer
from engine.log import Log
from management.aggregates import aggregate_of
from management.command import Actor, Received

__all__ = ["SEEN_WITHIN", "Kept", "Office"]

SEEN_WITHIN = 1.0  # seconds that a reader waits for what he wrote

Work = Callable[[], Coroutine[Any, Any, None]]


class Kept(NamedTuple):
    """A record as it stands: what is durable, and nothing that is only decided."""

    position: Position  # of its partition
    version: int  # 0: nothing has happened to it
    state: Any  # not to be changed, and to be looked at before anything else is awaited


class Office:
    """The people side of one log. Belongs to one loop; the log is not its own."""

    def __init__(self, log: Log, writer: Writer, reactor: Reactor, readers: Readers, clock: Callable[[], int]) -> None:
        """Prepare one; use ``open``."""
        self.log = log
        self.clock = clock  # log time, microseconds
        self.writer = writer
        self._reactor = reactor
        self._readers = readers
        self._caught_up = asyncio.Event()
        self._works: dict[str, Work] = {
            "the reading": readers.run,
            "the reactor": self._react,
            "the ticks": self._tick,
        }

    @classmethod
    async def open(
        cls,
        log: Log,
        policies: Mapping[str, Any],
        clock: Callable[[], int],
        pepper: bytes,
        *,
        partitions: Partitions | None = None,
        readers: Iterable[Reader] = (),
    ) -> Self:
        """Take over all partitions of a log; raises what ``Writer.acquire`` raises.

        ``clock`` gives log time, microseconds; ``pepper`` is what tells commands apart, and stays with the Games.
        ``readers`` take in every event before this returns, and each further one as it becomes durable.
        """
        partitions = partitions or Partitions()
        writer = await Writer.open(log, policies, clock, pepper, partitions=partitions)
        reading = Readers(log, partitions, readers)
        await reading.catch_up()
        reactor = await Reactor.open(log, writer, clock, managers_of(policies), partitions=partitions)
        return cls(log, writer, reactor, reading, clock)

    # -- doors

    @property
    def now(self) -> int:
        """Log time, ms."""
        return self.clock() // 1000

    async def submit(self, received: Received[Any], place: str) -> Outcome:
        """Do as ``Writer.submit`` does."""
        return await self.writer.submit(received, place)

    async def submit_bytes(self, data: bytes, actor: Actor, place: str) -> Outcome:
        """Do as ``Writer.submit_bytes`` does, for a command that came just now."""
        return await self.writer.submit_bytes(data, actor, self.now, place)

    async def read(self, key: str) -> Kept | None:
        """Return a record as it stands, None where no aggregate has such a key; raises as ``submit`` does."""
        if aggregate_of(key) is None:
            return None
        return Kept(*await self.writer.read(key))

    async def seen(self, position: Position, within: float = SEEN_WITHIN) -> bool:
        """Return whether every reader has come as far as a position within so many seconds."""
        return await self._readers.progress.wait(position, within)

    # -- working

    def add(self, name: str, work: Work) -> None:
        """Have something run beside the rest, from ``run`` on; it ends by being cancelled, and everything with it."""
        self._works[name] = work

    async def run(self) -> None:
        """Work until cancelled; raises what one of the works raises, such as ``Fenced``: another has taken over."""
        async with asyncio.TaskGroup() as group:
            for name, work in self._works.items():
                group.create_task(work(), name=name)

    async def _react(self) -> None:
        await self._reactor.catch_up()
        self._caught_up.set()
        await run_reactor(self._reactor)

    async def _tick(self) -> None:
        await self._caught_up.wait()  # what followed from a command before an outage was in time
        await run_ticks(self.writer, self.clock)

    async def close(self) -> None:
        """Take nothing more, and return when all that waited has been answered; the log stays open."""
        await self.writer.close()
