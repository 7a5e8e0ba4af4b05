"""Whoever goes on from a note learns all before it, everywhere, whether alone or as the log is read for everybody."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desks.onward import Onward
from desks.readers import Readers
from desks.topics import EVENTS
from engine.sqlite_log import SqliteLog
from management.command import Recorded
from tests.desks.people import PARTITIONS, People
from tests.management.accredited import SPRING, TO_PENDING


class Follower:
    """Goes on from notes, and keeps what it is handed."""

    def __init__(self, people: People, noted: Mapping[int, int], prefix: str = "") -> None:
        self.noted = noted
        self.learned: list[str] = []
        self.onward = Onward(people.log, PARTITIONS, self._noted, self._learn, batch=3, prefixes=(prefix,))

    async def _noted(self) -> Mapping[int, int]:
        return self.noted

    def _learn(self, recorded: Recorded[Any]) -> None:
        self.learned.append(recorded.id)

    async def begin(self) -> tuple[list[str], list[str]]:
        """Return what it learns, and what it finds undone."""
        await self.onward.begin()
        undone = []
        while (heard := await self.onward.next()) is not None:
            undone += [one.recorded.id for one in heard]
        return self.learned, undone


async def fill(people: People, chance: random.Random) -> dict[int, int]:
    """Have much happen in all partitions, mixed; return the newest serials."""
    steps = [[(f"per:P{number}", command, by, SPRING) for command, by in TO_PENDING] for number in range(12)]
    while steps:
        person = chance.choice(steps)
        await people.do(person.pop(0))
        steps = [left for left in steps if left]
    found = Readers(people.log, PARTITIONS, [])
    await found.catch_up()
    return {number: found.progress.serial(number) for number in range(PARTITIONS.count)}


async def test_it_learns_the_same_alone_and_with_others(tmp_path: Path, seed: int) -> None:
    people, chance = await People.open(tmp_path), random.Random(seed)
    heads = await fill(people, chance)
    early = {number: chance.randint(0, head) for number, head in heads.items()}
    late = {number: chance.randint(early[number], head) for number, head in heads.items()}
    alone, taught, few = Follower(people, late), Follower(people, early), Follower(people, early, "ro:")
    readers = Readers(people.log, PARTITIONS, [])
    readers.teach(taught.onward)
    readers.teach(few.onward)
    await readers.catch_up()
    taught.noted = late  # somebody else went on, before this one took over
    learned, undone = await taught.begin()
    expected, left = await alone.begin()
    assert (sorted(learned), undone) == (sorted(expected), left)
    assert len(learned) == len(set(learned)) == sum(late.values())
    assert len(undone) == sum(heads.values()) - sum(late.values())
    assert await few.begin() == ([], [])  # all of it is of persons
    await people.close()


async def test_what_was_read_for_everybody_is_not_read_again(tmp_path: Path, seed: int) -> None:
    people, chance = await People.open(tmp_path), random.Random(seed)
    heads = await fill(people, chance)
    followers = [Follower(people, heads) for _ in range(3)]
    read: list[int] = []
    stored = people.log.read

    def counted(topic: str, after: int = 0, **more: Any) -> Any:
        found = stored(topic, after, **more)
        read.extend(one.position for one in found if topic == EVENTS)
        return found

    assert isinstance(people.log, SqliteLog)
    people.log.read = counted  # type: ignore[method-assign]
    readers = Readers(people.log, PARTITIONS, [])
    for one in followers:
        readers.teach(one.onward)
    await readers.catch_up()
    for one in followers:
        learned, undone = await one.begin()
        assert (len(learned), undone) == (sum(heads.values()), [])
    assert len(read) == len(set(read)) == sum(heads.values())
    await people.close()
