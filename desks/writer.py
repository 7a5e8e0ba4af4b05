"""One writer for every key: takes a command, decides it, makes it durable, and says what became of it.

A writer serves some partitions, each with the fence of its name. Taking one over goes in this order: the fence first,
so that whoever had it can store nothing any more; then what the log holds, to its end; then commands. The other way
round, what the old holder stored in between would be missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

from desks.codec import Codec, Undecodable
from desks.errors import NotServed
from desks.lane import SNAPSHOT_EVERY, Lane, Waiting
from desks.outcome import Outcome, Position
from desks.partitions import Partitions, filing_key
from desks.progress import Progress
from desks.recovery import Loaded, recover
from desks.ticks import LAG, tick_of
from engine.log import Log, Record
from management.aggregates import AGGREGATES, Aggregate
from management.command import Actor, Received, Tick

__all__ = ["Writer"]

MOST_TICKS = 500  # at once


class Writer:
    """The writer of some partitions of the people side. Belongs to one loop; the log is not its own."""

    def __init__(
        self,
        log: Log,
        policies: Mapping[str, Any],
        clock: Callable[[], int],
        pepper: bytes,
        *,
        partitions: Partitions | None = None,
        aggregates: Mapping[str, Aggregate] = AGGREGATES,
        snapshot_every: int = SNAPSHOT_EVERY,
    ) -> None:
        """Prepare a writer that serves nothing yet; use ``open``.

        ``policies`` are by the prefix of the aggregate; an aggregate without one is not served, and its keys are
        unknown. ``clock`` gives log time, microseconds. ``pepper`` keys what tells commands apart, and has to be the
        same as long as their replies are kept.
        """
        for prefix, policy in policies.items():
            if not isinstance(policy, aggregates[prefix].policy):
                raise TypeError(f"the policy of {prefix!r} is a {type(policy).__module__}.{type(policy).__name__}")
        self._log = log
        self._clock = clock
        self._policies = policies
        self._codec = Codec(pepper, {prefix: aggregates[prefix] for prefix in policies})
        self._snapshot_every = snapshot_every
        self._lanes: dict[int, Lane] = {}
        self.partitions = partitions or Partitions()
        self.progress = Progress()  # what this writer has made durable

    @classmethod
    async def open(
        cls,
        log: Log,
        policies: Mapping[str, Any],
        clock: Callable[[], int],
        pepper: bytes,
        *,
        numbers: Iterable[int] | None = None,
        **options: Any,
    ) -> Self:
        """Return a writer that serves all partitions, or those of ``numbers``; raises what ``acquire`` raises."""
        writer = cls(log, policies, clock, pepper, **options)
        await writer.acquire(range(writer.partitions.count) if numbers is None else numbers)
        return writer

    # -- partitions

    @property
    def serves(self) -> tuple[int, ...]:
        """The partitions that commands are taken for."""
        return tuple(sorted(number for number, lane in self._lanes.items() if not lane.closed))

    async def acquire(self, numbers: Iterable[int]) -> None:
        """Take partitions over from whoever has them.

        Raises ``BrokenHistory`` or ``OtherPartitions`` where the log does not hold what a writer wrote, and what the
        log raises.
        """
        wanted = tuple(numbers)
        await self.release(wanted)
        fences = await asyncio.gather(*(self._log.fence(f"podium-agg-{number}") for number in wanted))
        found = await self._recover(wanted, {})
        for number, fence in zip(wanted, fences, strict=True):
            self._lanes[number] = Lane(
                self._log,
                fence,
                found[number],
                self._clock,
                reload=self._reload,
                progress=self.progress,
                snapshot_every=self._snapshot_every,
            )

    async def _recover(self, numbers: Iterable[int], poison: Mapping[str, str]) -> dict[int, Loaded]:
        return await recover(
            self._log, self.partitions, numbers, codec=self._codec, policies=self._policies, poison=poison
        )

    async def _reload(self, number: int, poison: Mapping[str, str]) -> Loaded:
        return (await self._recover([number], poison))[number]

    async def release(self, numbers: Iterable[int]) -> None:
        """Let partitions go, once all that waits for them is answered."""
        lanes = [self._lanes.pop(number) for number in numbers if number in self._lanes]
        await asyncio.gather(*(lane.close("it was let go") for lane in lanes))

    async def close(self) -> None:
        """Take nothing more, and return when all that waited has been answered; the log stays open."""
        await asyncio.gather(*(lane.close("the writer is closed") for lane in self._lanes.values()))

    def _lane(self, key: str) -> Lane:
        number = self.partitions.of(filing_key(key))
        if number not in self._lanes:
            raise NotServed(number, "this writer does not have it")
        return self._lanes[number]

    # -- commands

    async def submit(self, received: Received[Any], place: str = "") -> Outcome:
        """Return what became of a command, once that is durable; ``place`` says where it came from.

        Who is cancelled while he waits may send the same command again, and so may who gets ``Unavailable`` (the log
        did not take it, or cannot say) or ``NotServed`` (ask another writer; it may have been stored).
        """
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        return await self._lane(received.key).submit(Waiting(received, answer, place))

    async def submit_bytes(self, data: bytes, actor: Actor, at: int, place: str) -> Outcome:
        """Do as ``submit`` does with a command as a client sends it (``desks/codec.py``).

        What cannot be decoded is put aside as a dead letter and refused, with the code MALFORMED or UNKNOWN_KEY.
        """
        try:
            received = self._codec.decode_command(data, actor, at)
        except Undecodable as error:
            letter: Received[Any] = Received(error.id, error.key, None, actor, at)
            answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            waiting = Waiting(letter, answer, place, error.code, str(error), len(data))
            return await self._lane(error.key).submit(waiting)
        return await self.submit(received, place)

    # -- reading

    async def read(self, key: str) -> tuple[Position, int, Any]:
        """Return where the partition of a key is, and the version and the state of its record, all of it durable.

        The state is not to be changed, and to be looked at before anything else is awaited. Raises ``NotServed`` and
        ``Unavailable``.
        """
        return await self._lane(key).read(key)

    async def note(self, number: int, records: list[Record]) -> None:
        """Append something that only who decides for a partition may say; raises ``NotServed`` too."""
        if number not in self._lanes:
            raise NotServed(number, "this writer does not have it")
        await self._lanes[number].note(records)

    # -- time

    def ticks(self, now: int) -> list[Received[Tick]]:
        """Return the commands that say that deadlines have passed, some seconds ago; ``now`` is ms since 1970 UTC.

        The same again until the deadline is over, under the same id.
        """
        due = [one for number in self.serves for one in self._lanes[number].partition.ticks_due(now - LAG, MOST_TICKS)]
        return [tick_of(key, deadline, version, now) for deadline, key, version in sorted(due)[:MOST_TICKS]]

    # -- snapshots

    async def save(self) -> None:
        """Write a snapshot of every partition that changed, which it does now and then by itself."""
        await asyncio.gather(*(self._lanes[number].save() for number in self.serves))

    def digest(self, number: int) -> str:
        """Return the hash over the state of a partition, 32 hex digits; nothing may be under way."""
        return self._lanes[number].partition.digest()
