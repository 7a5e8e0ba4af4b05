"""One partition in memory: what it costs, whoever else there is."""

from __future__ import annotations

import gc
import sys
from types import FrameType
from typing import Any
from uuid import UUID

import pytest

from desks.codec import Codec
from desks.partition import Partition, Spoiled
from desks.partitions import Partitions
from desks.recovery import Loaded, save, saved
from management.command import Actor, Grant, Received
from tests.desks.tally import TALLY, Add, Break, Limit, Ring

SYSTEM = Actor("system", (Grant("SYSTEM"),))


def received(number: int, command: Any, key: str) -> Received[Any]:
    return Received(str(UUID(int=number)), key, command, SYSTEM, 1)


def partition(people: int) -> Loaded:
    """Return a partition in which so many people have been counted and wait for a deadline."""
    loaded = Loaded(Partition(0, Partitions(1), Codec(b"pepper", {"ct": TALLY}), {"ct": Limit()}, {}))
    for number in range(people):
        step = loaded.partition.take(received(number, Ring(10_000 + number), f"ct:P{number}"), 1)
        assert step.outcome.accepted
    snapshot(loaded)
    return loaded


def snapshot(loaded: Loaded) -> int:
    """Take a snapshot as if a log did, and return how many records it had."""
    records = save(loaded)
    saved(loaded, records, range(loaded.slots + 1, loaded.slots + 1 + len(records)))
    return len(records)


def calls(work: Any) -> int:
    """Return how many functions are called by something."""
    count = 0

    def look(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    gc.disable()  # what it clears away may have something to call
    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(before)
        gc.enable()
    return count


@pytest.mark.parametrize("command", [Add(), Ring(5), Add(9_000_000)], ids=["counting", "a deadline", "a refusal"])
def test_a_command_costs_the_same_however_many_people_there_are(command: Any) -> None:
    costs = []
    for people in (20, 5_000):
        loaded = partition(people)
        wish = received(1_000_000, command, "ct:P7")
        costs.append(calls(lambda loaded=loaded, wish=wish: loaded.partition.take(wish, 1)))
    assert costs[0] == costs[1]


def test_looking_for_deadlines_costs_what_is_due() -> None:
    looks = [partition(people).partition.ticks_due for people in (20, 5_000)]
    costs = [calls(lambda look=look: look(9_999, 10)) for look in looks]
    assert costs[0] == costs[1]


def test_a_snapshot_costs_what_changed() -> None:
    sizes = []
    for people in (20, 5_000):
        loaded = partition(people)
        loaded.partition.take(received(1_000_000, Add(), "ct:P7"), 1)
        sizes.append(snapshot(loaded))
    assert sizes == [3, 3]  # what changed, one of the oldest, and the manifest
    assert snapshot(loaded) == 0


def test_what_fails_on_its_own_event_is_named_and_nothing_it_worked_on() -> None:
    loaded = partition(1)
    with pytest.raises(Spoiled) as found:
        loaded.partition.take(received(9, Break("evolve"), "ct:P0"), 1)
    assert found.value.command == str(UUID(int=9))
    assert found.value.reason.startswith("ZeroDivisionError in tally.py, line ")
