"""The process of a history's owner: a log to read, a history to write, a door to answer at."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import structlog
import uvloop

from engine.errors import LogError
from engine.history.historian import Historian
from engine.history.metrics import HistoryMetrics
from engine.history.owner import Owner
from engine.history.place import Place
from engine.history.questions import Progress
from engine.sqlite_log import SqliteLog
from podium.departure import at_signal
from podium.errors import OperatorError
from podium.operations_port import operations_port
from podium.serving import end
from podium.settings import Settings
from podium.vitals import Vitals
from podium.wiring import host_over, name_of, open_log, said, wall_clock

__all__ = ["run"]

LOOK_EVERY = 0.5  # seconds between two looks at how far the history is

_log = structlog.get_logger()


async def _own(log: SqliteLog, name: str, place: Place, settings: Settings, *, until_eof: bool) -> None:
    stop = asyncio.Event()
    historian = Historian(lambda: host_over(log), place, wall_clock, games=said(log).games)
    seat = place.seat(log.path)
    metrics = HistoryMetrics()
    within = settings.operations.ready_within
    checks = {"history": lambda: metrics.trouble(within)}
    vitals = Vitals("historian", lambda: {"log": log.id, "epoch": historian.epoch, "history": place.name}, checks)
    vitals.measure(metrics)
    owner = Owner(historian, place, seat, log, every=settings.historian.every, turned=_turned)

    async def leave() -> None:
        vitals.leaving = True
        _log.info("leaving")
        await asyncio.sleep(settings.drain.notice)

    async with AsyncExitStack() as stack:
        stack.enter_context(at_signal(leave, stop.set))
        if until_eof:
            loop = asyncio.get_running_loop()
            loop.add_reader(sys.stdin.fileno(), _heard, loop, stop)
        print(f"podium: the history of {name} is in {place.name}", flush=True)
        await stack.enter_async_context(operations_port(vitals, settings, always=True))
        for work in (vitals.look_at_the_loop(), _look(historian, metrics)):
            stack.push_async_callback(end, asyncio.create_task(work))
        _log.info("writing", log=name, history=place.name, epoch=historian.epoch)
        await owner.run(stop)
    _log.info("stopped", cut=historian.progress().cut)
    await log.close()


async def _look(historian: Historian, metrics: HistoryMetrics) -> None:
    while True:
        try:
            metrics.see(await asyncio.to_thread(historian.progress))
        except LogError as error:
            _log.warning("log_out_of_reach", reason=str(error))
        await asyncio.sleep(LOOK_EVERY)


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


def run(path: Path, place: Place, settings: Settings, *, until_eof: bool = False) -> None:
    """Write a log's history and answer questions about it until a signal comes.

    Raises ``HistoryTaken`` where another process does so already.
    """
    with open_log(path) as log:
        if not isinstance(log, SqliteLog):
            raise OperatorError(f"{name_of(path)}: a history is kept of a log in a file")
        lock = place.seat(log.path).take(place.name)
        try:
            uvloop.run(_own(log, str(log.path), place, settings, until_eof=until_eof))
        finally:
            lock.release()
