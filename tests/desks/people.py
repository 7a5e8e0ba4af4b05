"""The people side on a log that is a file: a writer for all aggregates of T20, and a reactor beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import msgspec

import schemas
from desks.codec import Codec
from desks.outcome import Outcome
from desks.partitions import Partitions, scan
from desks.policies import read_policies
from desks.reactions.managers import managers_of
from desks.reactions.turn import Declined, read_turns
from desks.reactor import Reactor
from desks.reading import hear
from desks.recovery import recover
from desks.topics import COMMANDS, EVENTS
from desks.writer import Writer
from engine.log import Log
from engine.sqlite_log import SqliteLog
from management.command import Actor, Received, Recorded
from tests.desks.begun import begun
from tests.management.accredited import JULY

__all__ = ["PARTITIONS", "POLICIES", "People", "Step"]

PARTITIONS = Partitions(3)
PEPPER = b"pepper"
POLICIES = read_policies(Path(schemas.__file__).parent / "policy" / "t20")
MANAGERS = managers_of(POLICIES)
CODEC = Codec(PEPPER)

Step = tuple[str, Any, Actor, int]  # key, command, by whom, ms


def clock() -> int:
    """Return log time, microseconds."""
    return JULY * 1000


class People:
    """A log, and the writer of all its partitions."""

    def __init__(self, log: Log, writer: Writer) -> None:
        self.log = log
        self.writer = writer
        self._numbers = count(1)

    @classmethod
    async def open(cls, folder: Path, clock: Callable[[], int] = clock) -> Self:
        """Open the log in a folder that is there."""
        return await cls.over(SqliteLog.open(folder / "games.podium"), clock)

    @classmethod
    async def over(cls, log: Log, clock: Callable[[], int] = clock) -> Self:
        """Take over a log."""
        return cls(log, await Writer.open(log, POLICIES, clock, PEPPER, partitions=PARTITIONS))

    async def close(self) -> None:
        await self.writer.close()
        await self.log.close()

    def received(self, step: Step) -> Received[Any]:
        key, command, by, at = step
        return Received(str(UUID(int=(7 << 76) | next(self._numbers))), key, command, by, at)

    async def do(self, *steps: Step) -> list[Outcome]:
        """Carry out commands one after the other, none of which may be refused."""
        outcomes = [await self.writer.submit(self.received(step)) for step in steps]
        assert [outcome.refusal for outcome in outcomes] == [None] * len(steps)
        return outcomes

    async def do_at_once(self, *steps: Step) -> list[Outcome]:
        """Carry out commands that are handed in together, those of a key in their order; none may be refused."""
        outcomes = await asyncio.gather(*(self.writer.submit(self.received(step)) for step in steps))
        assert [outcome.refusal for outcome in outcomes] == [None] * len(steps)
        return outcomes

    async def react(self, **options: Any) -> int:
        """Open a reactor anew and have it see to all there is."""
        reactor = await begun(Reactor(self.log, self.writer, clock, MANAGERS, partitions=PARTITIONS, **options))
        return await reactor.catch_up()

    # -- what is known afterwards

    async def state(self, key: str) -> Any:
        """Return an aggregate as the log has it."""
        number = PARTITIONS.of(key)
        found = await recover(self.log, PARTITIONS, [number], codec=CODEC, policies=POLICIES)
        return found[number].partition.states.state(key)

    async def events(self, actor: str = "reactor") -> list[tuple[str, Any]]:
        """Return what happened by an actor's commands, with the keys."""
        return [(one.key, one.event) for one in await self._heard() if one.actor == actor]

    async def _heard(self) -> list[Recorded[Any]]:
        nothing = dict.fromkeys(range(PARTITIONS.count), 0)
        return [
            hear(stored, PARTITIONS, CODEC).recorded async for _, stored in scan(self.log, EVENTS, PARTITIONS, nothing)
        ]

    async def commands(self, actor: str = "reactor") -> list[tuple[str, str]]:
        """Return the id and the key of every command of an actor, as often as it was stored."""
        nothing = dict.fromkeys(range(PARTITIONS.count), 0)
        found = [msgspec.json.decode(s.value) async for _, s in scan(self.log, COMMANDS, PARTITIONS, nothing)]
        return sorted((one["id"], one["key"]) for one in found if one["actor"]["id"] == actor)

    async def declined(self) -> list[Declined]:
        """Return what the reactor was refused."""
        return [one async for _, turn in read_turns(self.log, PARTITIONS) for one in turn.declined]

    def digests(self) -> Sequence[str]:
        """Return the hash over each partition."""
        return [self.writer.digest(number) for number in range(PARTITIONS.count)]
