"""The process that owns a history: it writes what its log gives, and answers questions at its door."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any

import msgspec

from engine.errors import NotKnown
from engine.history.answering import answer
from engine.history.door import open_door
from engine.history.errors import HistoryDown, HistoryFailed
from engine.history.historian import Historian
from engine.history.place import Place, Seat
from engine.history.questions import Between, Progress, Question, Standing, ViewAsOf
from engine.history.store import Store
from engine.instants import parse_instant, write_instant
from engine.log import Log
from engine.raw import RAW

__all__ = ["Owner"]

LONGEST_WAIT = 30.0  # seconds between two attempts while the history is down


class Owner:
    """Runs a historian and its door on one loop; what blocks runs in threads, one for writing and one for reading."""

    def __init__(
        self,
        historian: Historian,
        place: Place,
        seat: Seat,
        log: Log,
        *,
        every: float = 1.0,
        retry: float = 1.0,
        turned: Callable[[Progress], object] = lambda progress: None,
    ) -> None:
        """Make an owner that writes at most once in ``every`` seconds, and tries again after ``retry`` and more.

        ``turned`` is told when the history goes down, and when it is back.
        """
        self._historian = historian
        self._place = place
        self._seat = seat
        self._log = log
        self._every = every
        self._retry = retry
        self._turned = turned
        self._store: Store | None = None
        self._reading = asyncio.Lock()
        self._more = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; the seat's lock is to be held."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._close)
            await stack.enter_async_context(open_door(self._seat, self.ask))
            for work in (self._watch(self._log.head(RAW)), self._heed(stop)):
                stack.push_async_callback(_end, asyncio.create_task(work))
            await self._work(stop)

    async def _work(self, stop: asyncio.Event) -> None:
        wait = self._retry
        down = False
        while not stop.is_set():
            self._more.clear()
            went = await asyncio.to_thread(self._historian.work)
            if went == down:  # it went down, or has come back
                self._turned(self._historian.progress())
                down = not went
            if went:
                wait = self._retry
                await _first(stop.wait(), asyncio.sleep(self._every))
                await _first(stop.wait(), self._more.wait())
            else:
                await _first(stop.wait(), asyncio.sleep(wait))
                wait = min(2 * wait, LONGEST_WAIT)

    async def _watch(self, after: int) -> None:
        """Notice that the log holds more."""
        async for _ in self._log.follow(RAW, after):
            self._more.set()

    async def _heed(self, stop: asyncio.Event) -> None:
        """Have the historian leave the rest for the next time."""
        await stop.wait()
        self._historian.stop()

    # -- answering -----------------------------------------------------------------------------------------------

    async def ask(self, question: Question) -> bytes:
        """Return the JSON of an answer; raises ``HistoryError`` and ``NotKnown``."""
        progress = self._historian.progress()
        if isinstance(question, Standing):
            return msgspec.json.encode(progress)
        if progress.state != "current":
            _refuse_later(question, progress)
        async with self._reading:
            return await asyncio.to_thread(self._answer, question)

    def _answer(self, question: Question) -> bytes:
        try:
            if self._store is None:
                self._store = Store.open(self._place)
            return msgspec.json.encode(answer(self._store, question, self._historian.epoch))
        except (HistoryDown, HistoryFailed):
            self._let_go()
            raise

    def _let_go(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            store.close()

    async def _close(self) -> None:
        await asyncio.to_thread(self._historian.close)
        async with self._reading:
            await asyncio.to_thread(self._let_go)


def _refuse_later(question: Question, progress: Progress) -> None:
    """Raise ``NotKnown`` for an instant after the newest cut that is written: there may be later ones before it."""
    match question:
        case ViewAsOf():
            whens = [question.when]
        case Between():
            whens = [question.since, question.until]
        case _:
            whens = []
    for when in whens:
        instant = parse_instant(when)
        if instant is not None and instant > progress.cut_time:
            raise NotKnown(when, f"the history has come to {write_instant(progress.cut_time)} and is catching up")


async def _first(*awaitables: Coroutine[Any, Any, object]) -> None:
    """Return when the first of several is done; the others are cancelled."""
    tasks = [asyncio.ensure_future(one) for one in awaitables]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
