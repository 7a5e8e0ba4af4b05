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
from typing import Any, NamedTuple, Protocol, Self

from desks.errors import Unavailable
from desks.onward import BATCH, Onward
from desks.outcome import Outcome
from desks.partitions import Partitions
from desks.reactions.reaction import REACTOR, Manager, received
from desks.reactions.turn import Declined, Turn, read_turns, record_of
from desks.reading import Heard
from engine.log import Fence, Log, Record
from management.command import Received, Recorded

__all__ = ["Reactor", "Taker", "run_reactor"]

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
        onward: Onward,
        pause: float,
    ) -> None:
        """Prepare one that knows nothing yet; use ``open``."""
        self._log = log
        self._taker = taker
        self._clock = clock
        self._fence = fence
        self._partitions = partitions
        self._managers = [(manager, manager.state()) for manager in managers]
        self._pause = pause
        self._onward = onward
        self._time = 0  # of the newest turn, microseconds

    @classmethod
    async def open(
        cls,
        log: Log,
        taker: Taker,
        clock: Callable[[], int],
        managers: Iterable[Manager],
        *,
        partitions: Partitions | None = None,
        batch: int = BATCH,
        pause: float = PAUSE,
    ) -> Self:
        """Return the one reactor of a log; ``clock`` gives log time, microseconds.

        After ``batch`` events it is noted how far it has come. Raises what the log raises.
        """
        fence = await log.fence(REACTOR.id)
        partitions = partitions or Partitions()
        seen = {number: turn.serial async for number, turn in read_turns(log, partitions)}
        onward = Onward(log, partitions, seen, batch)
        options: dict[str, Any] = {"partitions": partitions, "managers": managers, "onward": onward, "pause": pause}
        reactor = cls(log, taker, clock, fence, **options)
        await onward.remember(reactor._learn)
        return reactor

    async def catch_up(self) -> int:
        """See to all events there are, also those that it brings about; return how many that were.

        Raises ``NotServed`` where nobody here decides for a partition, ``Fenced`` where another reactor has taken over,
        and what else the log raises.
        """
        count = 0
        while (heard := await self._onward.next()) is not None:
            await self._see_to(heard)
            count += len(heard)
        return count

    async def _see_to(self, heard: list[Heard]) -> None:
        now, follows, last = self._clock(), list[_Follow](), dict[int, Heard]()
        for one in heard:
            self._learn(one.recorded)
            follows += self._follow(one.position.partition, one.recorded, now // 1000)
            last[one.position.partition] = one
        declined = await self._carry_out(follows)
        self._time = max(self._time, now, self._onward.time)
        notes = [self._note(last[number], declined.get(number, ())) for number in sorted(last)]
        if notes:
            await self._log.append(notes, fence=self._fence)

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

    def _note(self, newest: Heard, declined: Iterable[Declined]) -> Record:
        turn = Turn(newest.position.serial, tuple(declined))
        return record_of(turn, newest.recorded.key, self._partitions.mark(newest.position.partition), self._time)


async def run_reactor(reactor: Reactor, pause: float = PAUSE) -> None:
    """See to what happens, as it happens, until cancelled."""
    while True:
        if not await reactor.catch_up():
            await asyncio.sleep(pause)
