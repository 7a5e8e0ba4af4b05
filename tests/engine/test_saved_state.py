"""The saved state of a partition: whole, the furthest, and no more of it than there is, whoever wrote when."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.epochs import topic_of
from engine.log import Record, Stored
from engine.raw import RAW
from engine.saved_state import SAVED, SavedStates, Saving
from engine.sqlite_log import SqliteLog
from engine.stages import EVENTS

PLACE = (RAW, 3)
SLOTS = 12  # of a state, when all are there


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    with SqliteLog.open(tmp_path / "games.db") as log:
        yield log


class Owner:
    """A worker that has taken the partition over; its state says in each slot how far that slot has come."""

    def __init__(self, log: SqliteLog, set_: str = "a") -> None:
        states = SavedStates(log, "e", set_)
        saved = states.read([PLACE])[PLACE]
        self.log, self.saving, self.found = log, states.saving(PLACE, saved), dict(saved.slots)
        self.state, self.whole = dict(saved.slots), False
        self.position = int(self.state.get("reached", b"0"))

    def work(self, dice: random.Random) -> None:
        self.position += 1
        for slot in dice.sample(range(SLOTS), 3):
            self.state[f"unit/{slot}"] = b"%d" % self.position
        self.state["reached"] = b"%d" % self.position

    def save(self, changed: dict[str, bytes]) -> None:
        """Save what changed, or all the first time."""
        slots = changed if self.whole else self.state
        self.log.append_now(self.saving.records(slots, self.position, 1))
        self.saving.saved()
        self.whole = True


def step(owner: Owner, dice: random.Random) -> None:
    before = dict(owner.state)
    owner.work(dice)
    owner.save({slot: data for slot, data in owner.state.items() if before.get(slot) != data})


def compact(log: SqliteLog, path: Path) -> SqliteLog:
    """Return a log with what a broker keeps of the topic: of each key the newest value, and no void one."""
    newest: dict[str, Stored] = {}
    for one in log.read(topic_of(SAVED, "e"), limit=10**6):
        newest.pop(one.key, None)
        newest[one.key] = one
    kept = SqliteLog.open(path)
    kept.append_now([Record(one.topic, one.key, one.value, 1, one.headers) for one in newest.values() if one.value])
    return kept


def held(log: SqliteLog) -> int:
    return len(log.read(topic_of(SAVED, "e"), limit=10**6))


def test_who_wakes_up_overwrites_nothing_and_the_state_of_the_newest_stays_whole(
    log: SqliteLog, tmp_path: Path
) -> None:
    dice = random.Random(1)
    zombie = Owner(log)
    for _ in range(20):
        step(zombie, dice)
    owner = Owner(log)
    assert owner.found == zombie.state
    step(owner, dice)
    for _ in range(3):  # fewer than would make all of its slots anew; in the end it has come further
        step(zombie, dice)
        assert Owner(log).found == owner.state
    assert zombie.position > owner.position
    with compact(log, tmp_path / "compacted.db") as kept:
        assert Owner(kept).found == owner.state
    step(owner, dice)
    assert Owner(log).found == owner.state


def test_whatever_is_taken_over_saved_and_compacted_it_is_a_state_that_was(
    log: SqliteLog, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    log.append_now([Record(topic_of(SAVED, "e"), "b/venue.raw/3/1/unit/1", b"9", 1)])  # another set's
    owners = [Owner(log)]
    were: list[dict[str, bytes]] = [{}]
    furthest, logs = 0, [log]
    for number in range(150):
        what = dice.random()
        if what < 0.1:
            owners.append(Owner(logs[-1]))
            assert owners[-1].found in were
            assert owners[-1].position >= furthest  # whoever was paused meanwhile
        elif what < 0.15:
            logs.append(compact(logs[-1], tmp_path / f"{number}.db"))
            for owner in owners:
                owner.log = logs[-1]
        else:
            owner = owners[-1] if dice.random() < 0.8 else dice.choice(owners)
            step(owner, dice)
            were.append(dict(owner.state))
            if owner is owners[-1]:
                furthest = owner.position
    for one in logs[1:]:
        one.close_now()


def test_what_is_kept_does_not_grow_with_the_games(log: SqliteLog, tmp_path: Path) -> None:
    dice = random.Random(2)
    for _ in range(10):
        owner = Owner(log)
        for _ in range(20):
            step(owner, dice)
    assert held(log) > 900
    with compact(log, tmp_path / "compacted.db") as kept:
        assert held(kept) == len(owner.state) + 1  # the slots of the newest, and its mark
        assert Owner(kept).found == owner.state


async def test_partitions_that_are_asked_for_at_the_same_time_are_read_at_once(tmp_path: Path) -> None:
    log = Counting.open(tmp_path / "games.db")
    assert isinstance(log, Counting)
    states = SavedStates(log, "e", "a/b")
    places = [(topic, number) for topic in (RAW, EVENTS) for number in range(8)]
    for place in places:
        saving: Saving = states.saving(place, states.read([place])[place])
        await log.append(saving.records({"reached": b"%d" % place[1]}, 1, 1))
    log.reads = 0
    found = await asyncio.gather(*map(states.load, places))
    assert [one.slots["reached"] for one in found] == [b"%d" % number for _, number in places]
    assert log.reads <= 4  # one reading of the first alone and one of the others, each to the end
    await log.close()


class Counting(SqliteLog):
    """A log that counts how often it is read."""

    reads = 0

    def read(self, topic: str, after: int = 0, *, limit: int = 1000, partition: int = 0) -> list[Stored]:
        self.reads += 1
        return super().read(topic, after, limit=limit, partition=partition)
