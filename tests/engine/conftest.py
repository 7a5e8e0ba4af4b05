"""What the tests of the engine share: a log in a file of its own, and a clock that stands where it is put."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from engine.sqlite_log import SqliteLog


class HandClock:
    """Log time in microseconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000_000

    def __call__(self) -> int:
        return self.now

    def forward(self, seconds: float) -> None:
        """Let time pass; below 0 it steps back."""
        self.now += int(seconds * 1_000_000)


@pytest.fixture
def clock() -> HandClock:
    """A clock that stands still."""
    return HandClock()


@pytest.fixture
async def open_log(tmp_path: Path) -> AsyncIterator[Callable[[], SqliteLog]]:
    """Open the test's log, again and again: what the call before opened should be closed by then."""
    opened: list[SqliteLog] = []

    def opens() -> SqliteLog:
        opened.append(SqliteLog.open(tmp_path / "games.podium"))
        return opened[-1]

    yield opens
    for log in opened:
        await log.close()


@pytest.fixture
def log(open_log: Callable[[], SqliteLog]) -> SqliteLog:
    """An empty log."""
    return open_log()
