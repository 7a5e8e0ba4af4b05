"""Readers take in every event once, in the order of its partition, what was there and what comes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from desks.outcome import Position
from desks.readers import Readers
from management.command import Recorded
from tests.desks.people import PARTITIONS, People
from tests.management.accredited import SPRING, TO_PENDING, TO_SUBMITTED


class Noted:
    def __init__(self) -> None:
        self.positions: list[Position] = []

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        self.positions.append(position)

    def serials(self) -> dict[int, list[int]]:
        return {
            number: [one.serial for one in self.positions if one.partition == number]
            for number in range(PARTITIONS.count)
        }


async def fill(people: People, *persons: str) -> list[Position]:
    outcomes = [
        await people.do(*((f"per:{person}", command, by, SPRING) for command, by in TO_PENDING)) for person in persons
    ]
    return [outcome.position for one in outcomes for outcome in one]


async def test_what_was_there_and_what_comes_is_taken_once(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    before = await fill(people, "P1", "P2", "P3", "P4")
    noted = Noted()
    readers = Readers(people.log, PARTITIONS, [noted])
    await readers.catch_up()
    assert sorted(noted.positions) == sorted(before)
    running = asyncio.create_task(readers.run())
    after = await fill(people, "P5", "P6")
    assert all([await readers.progress.wait(position, 5) for position in after])
    running.cancel()
    await asyncio.wait([running])
    assert sorted(noted.positions) == sorted(before + after)
    assert all(serials == list(range(1, len(serials) + 1)) for serials in noted.serials().values())
    await people.close()


async def test_what_is_not_there_is_not_waited_for_without_end(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    (position, *_) = await fill(people, "P1")
    readers = Readers(people.log, PARTITIONS, [])
    assert not await readers.progress.wait(position, 0.01)
    await readers.catch_up()
    assert await readers.progress.wait(position, 0.01)
    await people.close()


async def test_a_reader_that_fails_is_heard_of(tmp_path: Path) -> None:
    class Failing(Noted):
        def take(self, recorded: Recorded[Any], position: Position) -> None:
            raise ZeroDivisionError("a bug")

    people = await People.open(tmp_path)
    readers = Readers(people.log, PARTITIONS, [Failing()])
    running = asyncio.create_task(readers.run())
    await people.do(*(("per:P1", command, by, SPRING) for command, by in TO_SUBMITTED))
    with pytest.RaisesGroup(ZeroDivisionError):
        await asyncio.wait_for(running, 5)
    await people.close()
