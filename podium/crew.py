"""A worker's work in all epochs that are wanted: the one that is shown, and beside it the one that is being built."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from contextlib import suppress

import structlog

from engine import epochs
from engine.epochs import EPOCHS, Book, Epoch
from engine.errors import LogError
from engine.log import Log
from engine.raw import RAW
from engine.sports import load_sports
from engine.stages import EVENTS
from engine.worker import BATCH, Place, Worker
from podium.again import again
from podium.rules import rules_of
from podium.wiring import wall_clock
from projections.fold import VERSION
from schemas.games import Games

__all__ = ["Crew"]

GENTLE = 200  # records of an epoch that is being built, before what is shown has its turn
TELL_EVERY = 1.0  # seconds between two times that it is said how far an epoch is built
KEEP = 60.0  # seconds that an epoch is worked on after another one is shown, for edges that are late

_log = structlog.get_logger()


class Crew:
    """The workers of one process, one for each epoch."""

    def __init__(self, log: Log, name: str, games: Games, *, keep: float = KEEP) -> None:
        self.workers: dict[str, Worker] = {}
        self.interrupted = 0  # times that the log refused, and work began anew
        self._log = log
        self._name = name
        self._first = Epoch.of(log.id, VERSION, load_sports(), games)  # where nobody has said another one
        self._keep = keep
        self._book = Book(VERSION)
        self._changed = asyncio.Event()
        self._ending: dict[str, asyncio.TimerHandle] = {}
        self._update()

    @property
    def shown(self) -> Worker | None:
        """The worker of the epoch that is shown; None where the log has none of our version."""
        shown = self._book.shown if self._book.position else self._first
        return self.workers.get(shown.name) if shown is not None else None

    @property
    def read(self) -> int:
        """Records read, since the start."""
        return sum(worker.read for worker in self.workers.values())

    # -- which epochs --------------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Find out what is wanted; where nobody has said so, say that it is what this Podium comes with."""
        self._book = await asyncio.to_thread(epochs.read, self._log, VERSION)
        if not self._book.position:
            await self._log.append([epochs.announcement(self._first, wall_clock())])
            self._book = await asyncio.to_thread(epochs.read, self._log, VERSION)
        self._update()

    async def follow(self) -> None:
        """Work in what is wanted from now on, until cancelled."""
        while True:
            with suppress(LogError):
                async for batch in self._log.follow(EPOCHS, self._book.position):
                    self._book.take(batch)
                    self._update()
            await asyncio.sleep(random.uniform(0.5, 1.0))

    def _update(self) -> None:
        wanted = self._book.wanted if self._book.position else [self._first]
        if not wanted:
            _log.warning("no_epoch", reason=f"none of folds of version {VERSION}: `podium epoch begin` makes one")
        for epoch in wanted:
            if (ending := self._ending.pop(epoch.name, None)) is not None:
                ending.cancel()
            if epoch.name not in self.workers:
                self.workers[epoch.name] = Worker(self._log, rules_of(epoch), self._name, wall_clock)
                _log.info("epoch_taken_up", epoch=epoch.name)
            self.workers[epoch.name].batch = GENTLE if epoch is self._book.building else BATCH
        loop = asyncio.get_running_loop()
        for name in self.workers.keys() - {epoch.name for epoch in wanted} - self._ending.keys():
            self._ending[name] = loop.call_later(self._keep, self._end, name)
        self._wake()

    def _end(self, name: str) -> None:
        del self._ending[name], self.workers[name]
        _log.info("epoch_let_go", epoch=name)
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    # -- the work ------------------------------------------------------------------------------------------------

    async def work_on(self, share: int) -> None:
        """Work on a share in every epoch that is wanted, until cancelled."""
        tasks: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                changed = self._changed
                for name in tasks.keys() - self.workers.keys():
                    await _end(tasks.pop(name))
                for name, worker in self.workers.items():
                    if name not in tasks:
                        tasks[name] = asyncio.create_task(self._work_on(worker, share))
                waiting = asyncio.create_task(changed.wait())
                done, _ = await asyncio.wait([waiting, *tasks.values()], return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                for task in done - {waiting}:
                    task.result()
        finally:
            for task in tasks.values():
                await _end(task)

    def places(self, shares: Iterable[int]) -> list[Place]:
        """Return the partitions of shares: what the sources say there, and what is asserted of its disciplines."""
        return [(topic, share) for share in shares for topic in (RAW, EVENTS) if share < self._log.partitions(topic)]

    async def _work_on(self, worker: Worker, share: int) -> None:
        async with asyncio.TaskGroup() as group:
            for place in self.places([share]):
                group.create_task(self._again(worker, place))

    async def _again(self, worker: Worker, place: Place) -> None:
        """Work, and begin anew from what is saved whenever the log refuses."""

        def interrupted(error: LogError) -> None:
            self.interrupted += 1
            _log.warning("work_interrupted", topic=place[0], partition=place[1], reason=str(error))

        await again(lambda: worker.work(*place), interrupted)

    async def save(self) -> int:
        """Save the state of every epoch; return how many bytes that were."""
        return sum([await worker.save() for worker in list(self.workers.values())])

    async def tell(self) -> None:
        """Say now and then how far the epoch is that is being built, until cancelled."""
        while True:
            building = self._book.building
            if building is not None and building.name in self.workers:
                try:
                    await self.workers[building.name].tell()
                except LogError as error:
                    _log.warning("reach_not_told", reason=str(error))
            await asyncio.sleep(TELL_EVERY)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
