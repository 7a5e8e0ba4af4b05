"""What a log says of itself: which Games it holds, and whether they are live."""

from __future__ import annotations

import asyncio
from typing import Protocol

import msgspec

from engine.log import Log, Record
from engine.versions import current, stamp
from schemas.games import DEFAULT_GAMES, Games

__all__ = ["ABOUT", "About", "read", "wait", "write"]

ABOUT = "games.about"
LOOK_EVERY = 0.2  # seconds between two looks whether it says something


class About(msgspec.Struct, frozen=True):
    """The Games of a log and how they got there."""

    games: Games = DEFAULT_GAMES
    mode: str = "live"  # live, replay or rehearsal; marked in every transport


class _Writable(Protocol):
    def append_now(self, records: list[Record]) -> list[int]: ...


def read(log: Log) -> About | None:
    """Return what the log says of itself; the newest word counts. None: nothing yet."""
    head = log.head(ABOUT)
    if not head:
        return None
    (stored,) = log.read(ABOUT, head - 1, limit=1)
    return msgspec.json.decode(current(stored).value, type=About)


async def wait(log: Log) -> About:
    """Return what the log says of itself, as soon as whoever writes it has said so."""
    while (told := await asyncio.to_thread(read, log)) is None:  # noqa: ASYNC110 - a broker is asked
        await asyncio.sleep(LOOK_EVERY)
    return told


def write(log: _Writable, about: About, time: int) -> None:
    """Have a log say this of itself."""
    log.append_now([Record(ABOUT, "", msgspec.json.encode(about), time, stamp(ABOUT))])
