"""Numbers of cards: whoever gives them out, none is given out twice."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from desks.card_numbers import BLOCK, CardNumbers
from desks.errors import BadPolicy
from desks.partitions import Partitions
from desks.writer import Writer
from schemas.policy import reservation
from tests.desks.people import PARTITIONS, POLICIES, People, clock


def now() -> int:
    return clock() // 1000


def nothing() -> tuple[int, int]:
    return 0, 0


async def test_two_who_know_nothing_of_each_other_give_out_no_number_twice(tmp_path: Path, seed: int) -> None:
    people, chance = await People.open(tmp_path), random.Random(seed)
    writers = [CardNumbers(people.writer, now, nothing) for _ in range(2)]
    found = await asyncio.gather(*(chance.choice(writers).next() for _ in range(4 * BLOCK)))
    for numbers in zip(*found, strict=True):
        assert len(set(numbers)) == len(numbers)
        assert min(numbers) == 1
        assert max(numbers) < 6 * BLOCK  # each left a part of one block, at most
    await people.close()


async def test_whoever_begins_anew_goes_on_behind_what_is_on_the_log(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    before = [await CardNumbers(people.writer, now, nothing).next() for _ in range(3)]
    assert before == [(1, 1), (BLOCK, BLOCK), (2 * BLOCK, 2 * BLOCK)]
    others = CardNumbers(people.writer, now, lambda: (10 * BLOCK + 3, 7))  # cards that somebody numbered by hand
    assert await others.next() == (10 * BLOCK + 4, 3 * BLOCK)
    await people.close()


async def test_a_games_that_reserves_none_is_told(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.writer.close()
    rules = {**POLICIES, "uq": reservation.Policy({})}
    writer = await Writer.open(people.log, rules, clock, b"pepper", partitions=Partitions(PARTITIONS.count))
    with pytest.raises(BadPolicy, match="reserve no such numbers"):
        await CardNumbers(writer, now, nothing).next()
    await writer.close()
    await people.log.close()
