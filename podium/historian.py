"""The process of a history's owner: a log to read, a history to write, a door to answer at."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from signal import SIGINT, SIGTERM

import structlog
import uvloop

from engine.history.historian import Historian
from engine.history.owner import Owner
from engine.history.place import Place
from engine.history.questions import Progress
from engine.sqlite_log import SqliteLog
from podium.errors import OperatorError
from podium.wiring import host_over, name_of, open_log, said, wall_clock

__all__ = ["run"]

_log = structlog.get_logger()


async def _own(log: SqliteLog, place: Place, *, every: float, until_eof: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (SIGINT, SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if until_eof:
        loop.add_reader(sys.stdin.fileno(), _heard, loop, stop)
    historian = Historian(lambda: host_over(log), place, wall_clock, games=said(log).games)
    seat = place.seat(log.path)
    owner = Owner(historian, place, seat, log, every=every, turned=_turned)
    print(f"podium: the history of {log.path} is in {place.name}", flush=True)
    await owner.run(stop)
    await log.close()


def _heard(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """End with the process at the other end of standard input, however that one ended."""
    if not os.read(sys.stdin.fileno(), 1024):
        loop.remove_reader(sys.stdin.fileno())
        stop.set()


def _turned(progress: Progress) -> None:
    if progress.error:
        _log.warning("history_down", history=progress.history, reason=progress.error, behind=progress.behind)
    else:
        _log.info("history_back", history=progress.history, cut=progress.cut)


def run(path: Path, place: Place, *, every: float, until_eof: bool = False) -> None:
    """Write a log's history and answer questions about it until a signal comes.

    Raises ``HistoryTaken`` where another process does so already.
    """
    with open_log(path) as log:
        if not isinstance(log, SqliteLog):
            raise OperatorError(f"{name_of(path)}: a history is kept of a log in a file")
        lock = place.seat(log.path).take(place.name)
        try:
            uvloop.run(_own(log, place, every=every, until_eof=until_eof))
        finally:
            lock.release()
