"""One epoch after another at an edge: the next one is folded beside the one that is shown, until it holds as much.

Whoever sees first that it does says so in the log, and then every edge changes as soon as its own host is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import structlog

from engine import epochs
from engine.about import About
from engine.approach import Approach
from engine.epochs import EPOCHS, Book, Epoch
from engine.errors import LogError
from engine.host import Host
from engine.log import Log
from podium.again import again
from podium.departure import end
from podium.showing import Showing
from podium.wiring import edge_over, wall_clock
from projections.fold import VERSION

__all__ = ["Succession"]

LOOK_EVERY = 0.25  # seconds between two looks at how far the next epoch is
GENTLE = 20  # causes folded for the next epoch before the loop has its turn: subscribers of this one are served

_log = structlog.get_logger()


async def _fold(host: Host) -> None:
    """Fold for ever, from where the host stands whenever the log refuses."""

    def interrupted(error: LogError) -> None:
        _log.warning("work_interrupted", work="the folding", epoch=host.epoch, reason=str(error))

    await again(host.run, interrupted)


class _Next(NamedTuple):
    """An epoch that is to be shown."""

    epoch: Epoch
    host: Host
    folding: asyncio.Task[None]


class Succession:
    """Keeps the shown host folding, and puts the next one in its place. Belongs to one loop."""

    def __init__(self, log: Log, told: About, showing: Showing, changed: Callable[[Epoch], object]) -> None:
        self._log = log
        self._told = told
        self._showing = showing
        self._changed = changed  # told after each change
        self._book = Book(VERSION)

    async def run(self) -> None:
        """Fold what is shown, and follow the epochs, until cancelled."""
        folding = asyncio.create_task(_fold(self._showing.host))
        following = asyncio.create_task(self._follow())
        try:
            while True:
                succeeding = asyncio.create_task(self._succeed())
                await asyncio.wait([folding, following, succeeding], return_when=asyncio.FIRST_COMPLETED)
                for task in (folding, following):
                    if task.done():
                        succeeding.cancel()
                        task.result()
                        return
                next_one = succeeding.result()
                await end(folding)  # before its host lets go of what it holds
                folding = next_one.folding
                self._showing.change(next_one.host)
                self._changed(next_one.epoch)
        finally:
            await end(folding)
            await end(following)

    async def _follow(self) -> None:
        while True:
            with suppress(LogError):
                async for batch in self._log.follow(EPOCHS, self._book.position):
                    self._book.take(batch)
            await asyncio.sleep(LOOK_EVERY)

    def _next(self) -> Epoch | None:
        """Return the epoch that is to follow the one that is shown here, None where there is none."""
        here = self._showing.epoch
        shown = self._book.shown
        return shown if shown is not None and shown.name != here else self._book.building

    async def _succeed(self) -> _Next:
        """Return the next epoch once it is there."""
        while True:
            if (epoch := self._next()) is not None and (found := await self._approach(epoch)) is not None:
                return found
            await asyncio.sleep(LOOK_EVERY)

    async def _approach(self, epoch: Epoch) -> _Next | None:
        """Fold an epoch beside the one that is shown until it holds as much; None where it is not wanted any more."""
        host = edge_over(self._log, epoch, self._told.mode)
        host.slice = GENTLE
        _log.info("epoch_building", epoch=epoch.name)
        await asyncio.to_thread(host.load)
        folding = asyncio.create_task(_fold(host))
        there = False
        try:
            there = await self._there(host, epoch)
        finally:
            if not there:
                await end(folding)
        if not there:
            return None
        del host.slice
        return _Next(epoch, host, folding)

    async def _there(self, host: Host, epoch: Epoch) -> bool:
        """Wait until a host holds as much as the one that is shown; say whether it is still wanted."""
        approach: Approach | None = None
        head: int | None = None  # of the feed, when somebody had said that it has caught up
        while (wanted := self._next()) is not None and wanted.name == epoch.name:
            try:
                if self._book.shown is wanted:
                    head = await asyncio.to_thread(self._log.head, host.topic) if head is None else head
                    if host.position >= head:
                        return True
                elif approach is None:
                    approach = await asyncio.to_thread(Approach, self._log, epoch.name)
                elif await asyncio.to_thread(approach.look, host.position):
                    if await self._as_new(host, approach):
                        await self._log.append([epochs.caught_up(epoch.name, wall_clock())])
                        await self._hear(epoch)
                        continue
                    approach = None
            except LogError as error:
                _log.warning("epoch_out_of_reach", epoch=epoch.name, why=str(error))
            await asyncio.sleep(LOOK_EVERY)
        return False

    async def _as_new(self, host: Host, approach: Approach) -> bool:
        """Say whether a host that had all a moment ago shows nothing older than what is shown."""
        return host.views.time >= self._showing.views.time or await asyncio.to_thread(approach.quiet)

    async def _hear(self, epoch: Epoch) -> None:
        """Wait until what was said is read, so that it is not said again."""
        while (building := self._book.building) is not None and building.name == epoch.name:  # noqa: ASYNC110 - some milliseconds
            await asyncio.sleep(0.01)
