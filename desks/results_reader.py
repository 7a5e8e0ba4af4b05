"""The results side speaks to the people side: what follows from a cut is carried out, once each.

The id of a command comes from the cause of its cut (the name of a raw message), which is the same on every log and in
every epoch. After some cuts it is noted how far the reader has come; whoever stops before that sends the same again,
and gets the outcome that is there. Whoever hands over cuts goes on behind the note (``podium/meeting.py``).

| topic | key | value |
|---|---|---|
| ``management.results`` | ``results`` | how far the reader has come, with what was refused |
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self
from uuid import UUID, uuid5

import msgspec

from desks.errors import Unavailable
from desks.notes import Notes
from desks.outcome import Outcome
from desks.reactor import PAUSE, Taker
from desks.results_news import News
from engine.log import Fence, Log, Stored
from engine.versions import Upcast
from management.command import Actor, Grant, Received
from management.publication import RESULTS

__all__ = ["HEARD", "Heard", "ResultsReader", "Unheard", "commands_of"]

HEARD = "management.results"
SIDE = Actor(RESULTS, (Grant("SYSTEM"),))
IDS = UUID("0d0b3d5c-6f4e-5b0f-8a55-7d1c6b7f2a11")  # the namespace of their ids
BATCH = 200  # cuts


def _first(stored: Stored) -> Stored:
    return stored


# --- how a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {HEARD: (_first,)}


class Unheard(msgspec.Struct, frozen=True):
    """A command that followed from a cut and was refused: somebody has to look at it."""

    because: str  # name of a raw message
    key: str
    unit: str
    code: str
    text: str


class Heard(msgspec.Struct, frozen=True, omit_defaults=True):
    """All cuts up to this one are seen to."""

    epoch: str
    cut: int
    time: int  # log time of the cut, microseconds
    refused: tuple[Unheard, ...] = ()


NOTES = Notes(HEARD, RESULTS, Heard, UPCASTS)


class _Waiting(NamedTuple):
    epoch: str
    cut: int
    time: int
    because: str
    news: list[News]


def commands_of(because: str, news: list[News], at: int) -> list[Received[Any]]:
    """Return what follows from a cut as commands, received at ``at`` (ms)."""
    commands, told = [], dict[tuple[str, str], int]()
    for key, unit, command in news:
        number = told[key, unit] = told.get((key, unit), 0) + 1
        name = str(uuid5(IDS, f"{because} {key} {unit} {number}"))
        commands.append(Received(name, key, command, SIDE, at, correlation=name))
    return commands


class ResultsReader:
    """The one reader of a log's results for the people side. After an error it is of no use: open another one."""

    def __init__(self, log: Log, taker: Taker, clock: Callable[[], int], fence: Fence, heard: Heard | None) -> None:
        """Prepare one; use ``open``."""
        self._log = log
        self._taker = taker
        self._clock = clock
        self._fence = fence
        self._waiting: deque[_Waiting] = deque()
        self._more = asyncio.Event()
        self.heard = heard  # None: nothing yet

    @classmethod
    async def open(cls, log: Log, taker: Taker, clock: Callable[[], int]) -> Self:
        """Take over the reading; ``clock`` gives log time, microseconds. Raises what the log raises."""
        fence = await log.fence(RESULTS)
        return cls(log, taker, clock, fence, await asyncio.to_thread(NOTES.read, log))

    def hear(self, epoch: str, cut: int, time: int, because: str, news: list[News]) -> None:
        """Take what follows from the next cut; it is carried out by ``catch_up``."""
        self._waiting.append(_Waiting(epoch, cut, time, because, news))
        self._more.set()

    async def catch_up(self) -> int:
        """Carry out what waits; return how many commands that were.

        Raises ``NotServed`` where nobody here decides for a key, ``Fenced`` where another reader has taken over, and
        what else the log raises.
        """
        count = 0
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            count += await self._see_to(batch)
        return count

    async def _see_to(self, batch: list[_Waiting]) -> int:
        now = self._clock()
        sent = [(one, news, command) for one in batch for news, command in _zipped(one, now // 1000)]
        outcomes = await asyncio.gather(*(self._submit(command) for _, _, command in sent), return_exceptions=True)
        refused = []
        for (one, news, _), outcome in zip(sent, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            # Units that the people side does not plan are none of its business.
            if outcome.refusal and outcome.refusal.code not in ("UNKNOWN", "IDEMPOTENCY_CONFLICT"):
                refused.append(Unheard(one.because, news.key, news.unit, outcome.refusal.code, outcome.refusal.text))
        newest = batch[-1]
        if sent:  # what followed nothing from is looked at again after a restart
            self.heard = Heard(newest.epoch, newest.cut, newest.time, tuple(refused))
            note = NOTES.record(self.heard, max(now, newest.time))
            await self._log.append([note], fence=self._fence)
        return len(sent)

    async def _submit(self, command: Received[Any]) -> Outcome:
        while True:
            try:
                return await self._taker.submit(command, RESULTS)
            except Unavailable:  # nothing has happened: the same again
                await asyncio.sleep(PAUSE)

    async def run(self) -> None:
        """Carry out what follows, as it comes, until cancelled."""
        while True:
            await self._more.wait()
            self._more.clear()
            await self.catch_up()


def _zipped(one: _Waiting, at: int) -> zip[tuple[News, Received[Any]]]:
    return zip(one.news, commands_of(one.because, one.news, at), strict=True)
