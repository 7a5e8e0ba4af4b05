"""The outbox of an effect: reads what happened, has done in the world what follows, and submits what came of it.

At least once: whoever stops between an effect and the note that it was done, does it again after the start, with the
id of the same event; whoever receives it drops copies by that. What came of it is a command whose id comes from the
event, so it is counted once.

| topic | key | value |
|---|---|---|
| ``management.effects.{name}`` | name of the effect | how far it has come |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID, uuid5

import msgspec

from desks.errors import Unavailable
from desks.notes import Notes
from desks.onward import BATCH, Onward, keep_up
from desks.outcome import Outcome
from desks.partitions import Partitions
from desks.reactions.reaction import Order
from desks.reactions.turn import Declined
from desks.reactor import PAUSE, Taker
from engine.log import Fence, Log, Stored
from management.command import Actor, Grant, Received, Recorded

__all__ = ["EFFECTS", "Done", "Effect", "Outbox", "notes_of"]

EFFECTS = "management.effects"
VERSION = 1  # of a note; a record of another one is refused by ``current``


def _first(stored: Stored) -> Stored:
    return stored


class Done(msgspec.Struct, frozen=True, omit_defaults=True):
    """All events up to these are seen to."""

    seen: dict[int, int]  # partition -> serial
    declined: tuple[Declined, ...] = ()  # commands that were refused: somebody has to look at them


class Effect(Protocol):
    """Something done in the world."""

    name: str  # part of the ids of its commands: it stays
    prefixes: tuple[str, ...]  # of the keys of what it learns from and follows

    def learn(self, recorded: Recorded[Any]) -> None:
        """Remember what will be needed; the same event again changes nothing."""

    async def carry_out(self, recorded: Recorded[Any]) -> list[Order]:
        """Do what follows from an event, perhaps once more, and return what came of it as commands.

        What the world refuses is no error: it is one of the commands.
        """


class Outbox:
    """The one outbox of an effect on a log. After an error it is of no use: make another one."""

    def __init__(
        self,
        log: Log,
        taker: Taker,
        clock: Callable[[], int],
        effect: Effect,
        *,
        partitions: Partitions | None = None,
        batch: int = BATCH,
    ) -> None:
        """Prepare one that knows nothing before it begins; ``clock`` gives log time, microseconds."""
        self._log = log
        self._taker = taker
        self._clock = clock
        self._effect = effect
        self._notes = notes_of(effect.name)
        self._actor = Actor(f"effect-{effect.name}", (Grant("SYSTEM"),))
        self._declined: list[Declined] = []  # since the newest note
        self._fence: Fence | None = None
        self.onward = Onward(
            log, partitions or Partitions(), self._seen, effect.learn, batch=batch, prefixes=effect.prefixes
        )

    async def _seen(self) -> dict[int, int]:
        done = await asyncio.to_thread(self._notes.read, self._log)
        return done.seen if done else {}

    async def begin(self) -> None:
        """Take the effect over; raises what the log raises."""
        self._fence = await self._log.fence(f"effect-{self._effect.name}")
        await self.onward.begin()

    async def catch_up(self) -> int:
        """See to all events there are; return how many led to something.

        Raises ``NotServed`` where nobody here decides for a partition, ``Fenced`` where another outbox has taken over,
        and what else the log raises.
        """
        count = 0
        while (heard := await self.onward.next()) is not None:
            for one in heard:
                self._effect.learn(one.recorded)
            by_key: dict[str, list[Recorded[Any]]] = {}
            for one in heard:
                by_key.setdefault(one.recorded.key, []).append(one.recorded)
            done = sum(await asyncio.gather(*map(self._see_to_all, by_key.values())))
            if done:  # what led to nothing is looked at again after a restart, and leads to nothing again
                note = Done(dict(self.onward.seen), tuple(self._declined))
                self._declined = []
                record = self._notes.record(note, max(self._clock(), self.onward.time))
                await self._log.append([record], fence=self._fence)
            count += done
        return count

    async def _see_to_all(self, events: list[Recorded[Any]]) -> int:
        """See to the events of one key, in their order; return how many led to something."""
        return sum([await self._see_to(recorded) for recorded in events])

    async def _see_to(self, recorded: Recorded[Any]) -> bool:
        orders = await self._effect.carry_out(recorded)
        now, of = self._clock() // 1000, recorded.correlation or recorded.id  # it is part of what that is part of
        for number, (key, command, in_time) in enumerate(orders, 1):
            name = str(uuid5(UUID(recorded.id), f"{self._effect.name} {key} {number}"))
            at = recorded.at if in_time else now
            outcome = await self._submit(Received(name, key, command, self._actor, at, correlation=of))
            refusal = outcome.refusal
            if refusal and refusal.code != "IDEMPOTENCY_CONFLICT":  # it was sent before, when less was known
                one = Declined(recorded.id, name, self._effect.name, key, refusal.code, refusal.text)
                self._declined.append(one)
        return bool(orders)

    async def _submit(self, command: Received[Any]) -> Outcome:
        while True:
            try:
                return await self._taker.submit(command, self._actor.id)
            except Unavailable:  # nothing has happened: the same again
                await asyncio.sleep(PAUSE)

    async def run(self) -> None:
        """See to what happens, as it happens, until cancelled."""
        await keep_up(self.catch_up, PAUSE)


def notes_of(name: str) -> Notes[Done]:
    """Return the notes of an effect: how far it has come."""
    topic = f"{EFFECTS}.{name}"
    return Notes(topic, name, Done, {topic: (_first,)})
