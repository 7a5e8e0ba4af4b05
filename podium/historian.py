"""The process of a history's owner: a log to read, a history to write, a door to answer at."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import structlog
import uvloop

from engine import about
from engine.errors import LogError, LogNotFound
from engine.history.historian import Historian
from engine.history.metrics import HistoryMetrics
from engine.history.owner import Owner
from engine.history.place import Place, Seat
from engine.history.questions import Progress
from engine.log import DirectLog, Record
from engine.raw import RAW
from engine.sqlite_log import SqliteLog
from engine.versions import stamp
from podium.departure import at_signal, end
from podium.operations_port import operations_port
from podium.settings import Settings
from podium.vitals import Vitals
from podium.wiring import host_over, kafka_url, name_of, open_log, said, shown_epoch, wall_clock

__all__ = ["HISTORIANS", "run"]

HISTORIANS = "games.historians"  # who is about to write a history, under the fence of its writer
LOOK_EVERY = 0.5  # seconds between two looks at how far the history is, and at what is to be written
Claim = Callable[[], object]

_log = structlog.get_logger()


class _Keeper:
    """Keeps the history of a log: of the epoch that is shown, and then of the one that follows it."""

    def __init__(self, log: DirectLog, place: Place, seat: Seat | None, claim: Claim, settings: Settings) -> None:
        self._log = log
        self._place = place
        self._seat = seat
        self._claim = claim
        self._settings = settings
        self._historian = self._make()
        self._metrics = HistoryMetrics()
        within = settings.operations.ready_within
        checks = {"history": lambda: self._metrics.trouble(within)}
        self._vitals = Vitals("historian", self._info, checks)
        self._vitals.measure(self._metrics)

    def _make(self) -> Historian:
        log = self._log
        games = shown_epoch(log, said(log)).games
        return Historian(lambda: host_over(log), self._place, wall_clock, games=games, claim=self._claim)

    def _info(self) -> dict[str, str]:
        return {"log": self._log.id, "epoch": self._historian.epoch, "history": self._place.name}

    async def run(self, name: str, *, until_eof: bool) -> None:
        """Work until a signal comes, or until the end of standard input."""
        stop = asyncio.Event()
        async with AsyncExitStack() as stack:
            stack.enter_context(at_signal(self._leave, stop.set))
            if until_eof:
                loop = asyncio.get_running_loop()
                loop.add_reader(sys.stdin.fileno(), _heard, loop, stop)
            print(f"podium: the history of {name} is in {self._place.name}", flush=True)
            await stack.enter_async_context(operations_port(self._vitals, self._settings, always=True))
            for work in (self._vitals.look_at_the_loop(), self._look()):
                stack.push_async_callback(end, asyncio.create_task(work))
            while not stop.is_set():
                _log.info("writing", log=name, history=self._place.name, epoch=self._historian.epoch)
                await self._keep(stop)
        _log.info("stopped", cut=self._historian.progress().cut)
        await self._log.close()

    async def _leave(self) -> None:
        self._vitals.leaving = True
        _log.info("leaving")
        await asyncio.sleep(self._settings.drain.notice)

    async def _keep(self, stop: asyncio.Event) -> None:
        """Keep the history of an epoch until another one is shown, or until told to stop."""
        every = self._settings.historian.every
        owner = Owner(self._historian, self._place, self._seat, self._log, every=every, turned=_turned)
        over = asyncio.Event()
        tasks = [asyncio.create_task(work) for work in (self._watch(over), _pass_on(stop, over))]
        try:
            await owner.run(over)
        finally:
            for task in tasks:
                await end(task)
        if not stop.is_set():
            self._historian = await asyncio.to_thread(self._make)

    async def _watch(self, over: asyncio.Event) -> None:
        """Notice that another epoch is shown."""
        if self._log.partitions(RAW) == 1:
            return  # it is folded here, by what this Podium comes with
        while not over.is_set():
            with suppress(LogError):
                shown = await asyncio.to_thread(shown_epoch, self._log, said(self._log))
                if shown.name != self._historian.epoch:
                    _log.info("epoch_changed", epoch=shown.name)
                    over.set()
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self) -> None:
        while True:
            try:
                self._metrics.see(await asyncio.to_thread(self._historian.progress))
            except LogError as error:
                _log.warning("log_out_of_reach", reason=str(error))
            await asyncio.sleep(LOOK_EVERY)


async def _pass_on(stop: asyncio.Event, over: asyncio.Event) -> None:
    await stop.wait()
    over.set()


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

    Raises ``HistoryTaken`` where another process does so already, and ``Fenced`` where, of a log in Kafka and a history
    on a server, another one has taken over.
    """
    shared = kafka_url(path) is not None and place.folder is None  # no lock beside either
    with _opened(path, write=shared) as log:
        file = log.path if isinstance(log, SqliteLog) else None
        seat = None if shared else place.seat(file)
        lock = None if seat is None else seat.take(place.name)
        try:
            claim = _fenced(log, place) if shared else lambda: None
            keeper = _Keeper(log, place, seat, claim, settings)
            uvloop.run(keeper.run(name_of(file or path), until_eof=until_eof))
        finally:
            if lock is not None:
                lock.release()


@contextmanager
def _opened(path: Path, *, write: bool) -> Iterator[DirectLog]:
    """Open a log; wait for one in Kafka until it is there, and says which Games it holds."""
    if kafka_url(path) is None:
        with open_log(path) as log:
            yield log
        return
    while True:
        with suppress(LogNotFound), open_log(path) as log:
            if about.read(log) is not None:
                break
        time.sleep(LOOK_EVERY)
    with open_log(path, write=write) as log:
        yield log


def _fenced(log: DirectLog, place: Place) -> Claim:
    """Become the one writer of a history on a server, and return what says whether one still is."""
    fence = log.fence_now(f"historian.{sha256(place.name.encode()).hexdigest()[:8]}")
    return lambda: log.append_now([Record(HISTORIANS, place.name, b"", wall_clock(), stamp(HISTORIANS))], fence)
