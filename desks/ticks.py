"""Time on the log: a deadline passes by a command, so that a replay decides as it was decided then.

A Tick comes some seconds after its deadline, so that a command that came in time and is still under way is decided
first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol
from uuid import UUID, uuid5

from desks.errors import DesksError
from desks.outcome import Outcome
from management.command import Actor, Grant, Received, Tick

__all__ = ["LAG", "Ticked", "run_ticks", "tick_of"]

LAG = 5000  # ms from a deadline to its Tick
PAUSE = 1.0  # seconds between two looks

SCHEDULER = Actor("scheduler", (Grant("SYSTEM"),))
TICKS = UUID("6f2b0f7e-58a1-5d6c-9a3e-2f6c1d0b7a44")  # the namespace of their ids


class Ticked(Protocol):
    """What has deadlines: a writer."""

    def ticks(self, now: int) -> list[Received[Tick]]:
        """Return the ticks that are due, ms."""

    def submit(self, received: Received[Any], place: str = "") -> Coroutine[Any, Any, Outcome]:
        """Take a command."""


def tick_of(key: str, due: int, version: int, now: int) -> Received[Tick]:
    """Return the command that fires the deadline of an aggregate.

    Its id comes from the key, the deadline and the version: two schedulers that see the same send the same command,
    and a later deadline at the same instant is another one.
    """
    return Received(str(uuid5(TICKS, f"{key} {due} {version}")), key, Tick(due), SCHEDULER, now)


async def run_ticks(ticked: Ticked, clock: Callable[[], int], pause: float = PAUSE) -> None:
    """Send what is due, again and again, until cancelled; ``clock`` gives microseconds."""
    while True:
        due = ticked.ticks(clock() // 1000)
        sent = await asyncio.gather(*(ticked.submit(tick, "scheduler") for tick in due), return_exceptions=True)
        for outcome in sent:  # what the log did not take is due again; anything else is a bug
            if isinstance(outcome, BaseException) and not isinstance(outcome, DesksError):
                raise outcome
        fired = any(isinstance(outcome, Outcome) and outcome.events for outcome in sent)
        await asyncio.sleep(0 if fired else pause)  # there may be more behind them
