"""The process that owns a history: it writes what its log gives, and answers questions at its door."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, suppress
from typing import Any

import msgspec

from engine.errors import LogFailed, LogUnreachable, NotKnown
from engine.history.door import open_door
from engine.history.historian import Historian
from engine.history.place import Place, Seat
from engine.history.questions import Between, Progress, Question, Standing, ViewAsOf
from engine.history.reading import Reading
from engine.instants import parse_instant, write_instant
from engine.log import Log

__all__ = ["Owner"]

LONGEST_WAIT = 30.0  # seconds between two attempts while the history is down


class Owner:
    """Runs a historian and its door on one loop; what blocks runs in threads, one for writing and one for reading."""

    def __init__(
        self,
        historian: Historian,
        place: Place,
        seat: Seat | None,
        log: Log,
        *,
        every: float = 1.0,
        retry: float = 1.0,
        turned: Callable[[Progress], object] = lambda progress: None,
    ) -> None:
        """Make an owner that writes at most once in ``every`` seconds, and tries again after ``retry`` and more.

        Without a seat it has no door: who wants to know asks the server. ``turned`` is told when the history goes down,
        and when it is back.
        """
        self._historian = historian
        self._seat = seat
        self._log = log
        self._every = every
        self._retry = retry
        self._turned = turned
        self._reading = Reading(place)
        self._more = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; the seat's lock is to be held."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._close)
            if self._seat is not None:
                await stack.enter_async_context(open_door(self._seat, self.ask))
            watches = [self._watch(topic, partition) for topic, partition in self._historian.reads]
            for work in (*watches, self._heed(stop)):
                stack.push_async_callback(_end, asyncio.create_task(work))
            await self._work(stop)

    async def _work(self, stop: asyncio.Event) -> None:
        wait = self._retry
        down = False
        while not stop.is_set():
            self._more.clear()
            went = await asyncio.to_thread(self._historian.work)
            if went == down:  # it went down, or has come back
                self._turned(await asyncio.to_thread(self._historian.progress))
                down = not went
            if went:
                wait = self._retry
                await _first(stop.wait(), asyncio.sleep(self._every))
                await _first(stop.wait(), self._more.wait())
            else:
                await _first(stop.wait(), asyncio.sleep(wait))
                wait = min(2 * wait, LONGEST_WAIT)

    async def _watch(self, topic: str, partition: int) -> None:
        """Notice that the log holds more."""
        while True:
            try:
                head = await asyncio.to_thread(self._log.head, topic, partition=partition)
                self._more.set()  # of what came before that nobody else would tell
                async for _ in self._log.follow(topic, head, partition=partition):
                    self._more.set()
                return
            except (LogUnreachable, LogFailed):  # the historian hears the same, and says so
                await asyncio.sleep(self._retry)

    async def _heed(self, stop: asyncio.Event) -> None:
        """Have the historian leave the rest for the next time."""
        await stop.wait()
        self._historian.stop()

    # -- answering -----------------------------------------------------------------------------------------------

    async def ask(self, question: Question) -> bytes:
        """Return the JSON of an answer; raises ``HistoryError`` and ``NotKnown``."""
        instants = _instants(question)
        if instants or isinstance(question, Standing):
            progress = await asyncio.to_thread(self._historian.progress)
            if isinstance(question, Standing):
                return msgspec.json.encode(progress)
            if progress.state != "current":
                _refuse_later(instants, progress)
        return await self._reading.ask(question, self._historian.epoch)

    async def _close(self) -> None:
        await asyncio.to_thread(self._historian.close)
        await self._reading.close()


def _instants(question: Question) -> dict[str, int]:
    """Return the instants in a question: as they are written, and in microseconds."""
    match question:
        case ViewAsOf():
            whens = [question.when]
        case Between():
            whens = [question.since, question.until]
        case _:
            whens = []
    return {when: instant for when in whens if (instant := parse_instant(when)) is not None}


def _refuse_later(instants: Mapping[str, int], progress: Progress) -> None:
    """Raise ``NotKnown`` for an instant after the newest cut that is written: there may be later ones before it."""
    for when, instant in instants.items():
        if instant > progress.cut_time:
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
