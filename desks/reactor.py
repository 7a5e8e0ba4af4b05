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
from typing import Any, NamedTuple, Protocol

from desks.errors import Unavailable
from desks.onward import BATCH, Onward, keep_up
from desks.outcome import Outcome
from desks.partitions import Partitions
from desks.reactions.reaction import REACTOR, Manager, received
from desks.reactions.turn import Declined, Turn, read_turns, record_of
from desks.reading import Heard
from engine.log import Fence, Log, Record
from management.command import Received, Recorded

__all__ = ["Reactor", "Taker"]

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
    """Everything that follows from events, for all partitions. After an error it is of no use: make another one."""

    def __init__(
        self,
        log: Log,
        taker: Taker,
        clock: Callable[[], int],
        managers: Iterable[Manager],
        *,
        partitions: Partitions | None = None,
        batch: int = BATCH,
        pause: float = PAUSE,
    ) -> None:
        """Prepare one that knows nothing before it begins; ``clock`` gives log time, microseconds.

        After ``batch`` events it is noted how far it has come.
        """
        self._log = log
        self._taker = taker
        self._clock = clock
        self._partitions = partitions or Partitions()
        self._managers = [(manager, manager.state()) for manager in managers]
        self._pause = pause
        self._time = 0  # of the newest turn, microseconds
        self._fence: Fence | None = None
        self.onward = Onward(log, self._partitions, self._seen, self._learn, batch=batch)

    async def _seen(self) -> dict[int, int]:
        return {number: turn.serial async for number, turn in read_turns(self._log, self._partitions)}

    async def begin(self) -> None:
        """Take over from the reactor before; raises what the log raises."""
        self._fence = await self._log.fence(REACTOR.id)
        await self.onward.begin()

    async def catch_up(self) -> int:
        """See to all events there are, also those that it brings about; return how many that were.

        Raises ``NotServed`` where nobody here decides for a partition, ``Fenced`` where another reactor has taken over,
        and what else the log raises.
        """
        count = 0
        while (heard := await self.onward.next()) is not None:
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
        self._time = max(self._time, now, self.onward.time)
        notes = [self._note(last[number], declined.get(number, ())) for number in sorted(last)]
        if notes:
            await self._log.append(notes, fence=self._fence)

    async def run(self) -> None:
        """See to what happens, as it happens, until cancelled."""
        await keep_up(self.catch_up, self._pause)

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
