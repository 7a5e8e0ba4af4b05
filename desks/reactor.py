"""The reactor: reads what happened to every aggregate, and has done in others what follows from it.

At least once: whoever stops between a command and the note that it was sent, sends it again after the start, under the
same id, and gets the outcome that is there. So all is done, and nothing twice. What was refused is noted and not tried
again: the same would be refused again.

A reactor that is opened takes over from the one before, which can note nothing any more. What its process managers know
is read back from the events; only the serial of the newest event that was seen to is kept, by partition.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from itertools import takewhile
from typing import Any, NamedTuple, Protocol, Self

from desks.codec import Codec
from desks.errors import Unavailable
from desks.outcome import Outcome
from desks.partitions import Partitions
from desks.reactions.managers import MANAGERS
from desks.reactions.reaction import REACTOR, Manager, received
from desks.reactions.turn import Declined, Turn, read_turns, record_of
from desks.reading import hear
from desks.topics import EVENTS
from engine.log import Fence, Log, Record, Stored
from management.command import Received, Recorded

__all__ = ["Reactor", "Taker", "run_reactor"]

BATCH = 200  # events
PAUSE = 0.2  # seconds between two looks at the log, and before a command is sent again


class Taker(Protocol):
    """What takes commands: a writer. Those of one partition are decided in the order in which they were handed in."""

    def submit(self, received: Received[Any], place: str = "") -> Coroutine[Any, Any, Outcome]:
        """Return what became of a command."""


class _Follow(NamedTuple):
    """One command that follows from an event."""

    partition: int  # of the event
    manager: str
    event: str
    command: Received[Any]


class Reactor:
    """Everything that follows from events, for all partitions. After an error it is of no use: open another one."""

    def __init__(
        self,
        log: Log,
        taker: Taker,
        clock: Callable[[], int],
        fence: Fence,
        *,
        partitions: Partitions,
        managers: Iterable[Manager],
        batch: int,
        pause: float,
    ) -> None:
        """Prepare one that knows nothing yet; use ``open``."""
        self._log = log
        self._taker = taker
        self._clock = clock
        self._fence = fence
        self._partitions = partitions
        self._managers = [(manager, manager.state()) for manager in managers]
        self._batch = batch
        self._pause = pause
        self._codec = Codec(b"")  # it reads events, and those have no secret
        self._seen: dict[int, int] = dict.fromkeys(range(partitions.count), 0)  # partition -> serial
        self._at: dict[int, int] = {}  # partition of the log -> position, up to which there is nothing left to do
        self._time = 0  # of the newest record, microseconds

    @classmethod
    async def open(
        cls,
        log: Log,
        taker: Taker,
        clock: Callable[[], int],
        *,
        partitions: Partitions | None = None,
        managers: Iterable[Manager] = MANAGERS,
        batch: int = BATCH,
        pause: float = PAUSE,
    ) -> Self:
        """Return the one reactor of a log; ``clock`` gives log time, microseconds.

        After ``batch`` events it is noted how far it has come. Raises what the log raises.
        """
        fence = await log.fence(REACTOR.id)
        partitions = partitions or Partitions()
        options: dict[str, Any] = {"partitions": partitions, "managers": managers, "batch": batch, "pause": pause}
        reactor = cls(log, taker, clock, fence, **options)
        async for number, turn in read_turns(log, partitions):
            reactor._seen[number] = turn.serial
        await reactor._remember()
        return reactor

    async def _remember(self) -> None:
        """Learn from all that was seen to, everywhere, before anything that was not: one may need the other."""
        places = {self._partitions.place(self._log, EVENTS, number) for number in self._seen}
        for place in sorted(places):
            position, undone = 0, 0  # undone: the first event that is not seen to
            while batch := await asyncio.to_thread(self._log.read, EVENTS, position, partition=place):
                for stored in batch:
                    at, recorded = hear(stored, self._partitions, self._codec)
                    if at.serial <= self._seen[at.partition]:
                        self._learn(recorded)
                    elif not undone:
                        undone = stored.position
                position = batch[-1].position
            self._at[place] = undone - 1 if undone else position

    async def catch_up(self) -> int:
        """See to all events there are, also those that it brings about; return how many that were.

        Raises ``NotServed`` where nobody here decides for a partition, ``Fenced`` where another reactor has taken over,
        and what else the log raises.
        """
        count = 0
        while found := [batch for place in sorted(self._at) if (batch := await self._read(place))]:
            count += await self._see_to(self._by_time(found))
        return count

    def _by_time(self, found: list[list[Stored]]) -> list[Stored]:
        """Return what was read of several places in the order of log time, and go on behind it.

        What is later than all of a batch that did not reach the head is left: there may be earlier ones behind it.
        """
        until = min((max(one.time for one in batch) for batch in found if len(batch) == self._batch), default=None)
        taken: list[Stored] = []
        for batch in found:
            part = list(takewhile(lambda one: until is None or one.time <= until, batch))
            taken += part
            if part:
                self._at[part[-1].partition] = part[-1].position
        return sorted(taken, key=lambda one: one.time)

    async def _read(self, place: int) -> list[Stored]:
        return await asyncio.to_thread(self._log.read, EVENTS, self._at[place], limit=self._batch, partition=place)

    async def _see_to(self, batch: list[Stored]) -> int:
        heard = [hear(stored, self._partitions, self._codec) for stored in batch]
        new = [(at, recorded) for at, recorded in heard if at.serial > self._seen[at.partition]]
        now, follows, keys = self._clock(), list[_Follow](), dict[int, str]()
        for at, recorded in new:
            self._learn(recorded)
            follows += self._follow(at.partition, recorded, now // 1000)
            keys[at.partition] = recorded.key
            self._seen[at.partition] = at.serial
        declined = await self._carry_out(follows)
        self._time = max(self._time, now, *(stored.time for stored in batch))
        notes = [self._note(number, keys[number], declined.get(number, ())) for number in sorted(keys)]
        if notes:
            await self._log.append(notes, fence=self._fence)
        return len(new)

    def _learn(self, recorded: Recorded[Any]) -> None:
        for manager, state in self._managers:
            manager.learn(state, recorded)

    def _follow(self, partition: int, recorded: Recorded[Any], at: int) -> list[_Follow]:
        return [
            _Follow(partition, manager.name, recorded.id, command)
            for manager, state in self._managers
            for command in received(manager.name, recorded, manager.react(state, recorded), at)
        ]

    async def _carry_out(self, follows: list[_Follow]) -> dict[int, list[Declined]]:
        """Have commands carried out, and return what was refused, by the partition of the event."""
        outcomes = await asyncio.gather(*(self._submit(one.command) for one in follows), return_exceptions=True)
        declined: dict[int, list[Declined]] = {}
        for (partition, manager, event, command), outcome in zip(follows, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            refusal = outcome.refusal
            # A conflict of ids: it was sent before a restart, when less or more was known, and has its outcome.
            if refusal and refusal.code != "IDEMPOTENCY_CONFLICT":
                one = Declined(event, command.id, manager, command.key, refusal.code, refusal.text)
                declined.setdefault(partition, []).append(one)
        return declined

    async def _submit(self, command: Received[Any]) -> Outcome:
        while True:
            try:
                return await self._taker.submit(command, REACTOR.id)
            except Unavailable:  # nothing has happened: the same again
                await asyncio.sleep(self._pause)

    def _note(self, number: int, key: str, declined: Iterable[Declined]) -> Record:
        turn = Turn(self._seen[number], tuple(declined))
        return record_of(turn, key, self._partitions.mark(number), self._time)


async def run_reactor(reactor: Reactor, pause: float = PAUSE) -> None:
    """See to what happens, as it happens, until cancelled."""
    while True:
        if not await reactor.catch_up():
            await asyncio.sleep(pause)
