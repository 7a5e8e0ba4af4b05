"""The commands that say that time has passed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from desks.errors import Unavailable
from desks.outcome import Outcome, Position
from desks.ticks import run_ticks, tick_of
from management.command import Received, Tick


def test_the_id_of_a_tick_is_that_of_key_deadline_and_version() -> None:
    tick = tick_of("ro:FRA", 10, 3, 99)
    assert (tick.key, tick.command, tick.at, tick.actor.may("SYSTEM")) == ("ro:FRA", Tick(10), 99, True)
    assert tick_of("ro:FRA", 10, 3, 100).id == tick.id
    others = [tick_of("ro:GER", 10, 3, 99), tick_of("ro:FRA", 11, 3, 99), tick_of("ro:FRA", 10, 4, 99)]
    assert len({tick.id, *(other.id for other in others)}) == 4


class Scripted:
    """Something with deadlines: what is due each time, and what comes of sending it."""

    def __init__(self, *answers: Exception | bool) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[int, str]] = []
        self.over = asyncio.Event()

    def ticks(self, now: int) -> list[Received[Tick]]:
        return [tick_of("ct:A", now, 1, now)] if self.answers else []

    async def submit(self, received: Received[Any], place: str = "") -> Outcome:
        self.sent.append((received.command.until, place))
        answer = self.answers.pop(0)
        if not self.answers:
            self.over.set()
        if isinstance(answer, Exception):
            raise answer
        return Outcome(received.id, received.key, Position(0, 1), 2, ("e",) if answer else ())


async def test_what_the_log_did_not_take_is_sent_again() -> None:
    scripted = Scripted(Unavailable(0, "told to"), True, False)
    running = asyncio.create_task(run_ticks(scripted, lambda: 5_000_000, pause=0.0))
    await scripted.over.wait()
    running.cancel()
    assert scripted.sent == [(5_000, "scheduler")] * 3


async def test_a_bug_is_not_passed_over() -> None:
    with pytest.raises(ZeroDivisionError):
        await run_ticks(Scripted(True, ZeroDivisionError()), lambda: 5_000_000, pause=0.0)
