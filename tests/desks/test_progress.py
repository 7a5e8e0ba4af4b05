"""Waiting until a reader has come so far."""

from __future__ import annotations

import asyncio

from desks.outcome import Position
from desks.progress import Progress

SOON = 60.0  # seconds: nothing is asserted about less


async def test_what_was_reached_needs_no_waiting() -> None:
    progress = Progress()
    progress.reach(Position(1, 5))
    assert await progress.wait(Position(1, 5), 0.0)
    assert await progress.wait(Position(2, 0), 0.0)
    assert progress.serial(1) == 5


async def test_what_is_not_reached_in_time_is_said() -> None:
    progress = Progress()
    progress.reach(Position(1, 5))
    assert not await progress.wait(Position(1, 6), 0.001)
    assert not await progress.wait(Position(2, 1), 0.0)


async def test_each_waits_for_his_own() -> None:
    progress = Progress()
    waiting = [asyncio.create_task(progress.wait(Position(1, serial), SOON)) for serial in (3, 5, 9)]
    other = asyncio.create_task(progress.wait(Position(2, 1), SOON))
    await asyncio.sleep(0)
    progress.reach(Position(1, 5))
    assert await asyncio.gather(*waiting[:2]) == [True, True]
    assert [task.done() for task in (waiting[2], other)] == [False, False]
    progress.reach(Position(1, 4))  # going back is nothing
    assert progress.serial(1) == 5
    progress.reach(Position(2, 1))
    progress.reach(Position(1, 12))
    assert [await waiting[2], await other] == [True, True]


async def test_who_gives_up_leaves_nothing_behind() -> None:
    progress = Progress()
    waiting = asyncio.create_task(progress.wait(Position(1, 1), SOON))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert not await progress.wait(Position(1, 1), 0.0)
    assert progress._waiting == {1: set()}
