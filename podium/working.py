"""A worker process: its shares of decoding and folding, until it is stopped."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack

import structlog

from engine import about
from engine.about import About
from engine.errors import LogError
from engine.kafka_log import KafkaLog, parse
from engine.log import Record
from engine.raw import RAW
from engine.shares import SHARES, Shares
from engine.sports import load_sports
from engine.stages import EVENTS
from engine.worker import Place, Rules, Worker
from engine.worker_metrics import WorkerMetrics
from podium.departure import at_signal
from podium.operations_port import operations_port
from podium.serving import end
from podium.settings import Settings
from podium.vitals import Vitals
from podium.wiring import client_settings, epoch_over, wall_clock
from projections.stages import DecodeStage, ResultsStage

__all__ = ["Working", "rules_over", "run"]

LONGEST_WAIT = 5.0  # seconds until work that the log refused is tried again
LOOK_EVERY = 0.5  # seconds between two looks at how far it is behind

_log = structlog.get_logger()


def rules_over(log: KafkaLog, said: About) -> Rules:
    """Return what all workers on a log agree on, following the packaged sport definitions."""
    sports = load_sports()
    games = said.games
    return Rules(epoch_over(log, said), lambda: DecodeStage(games), lambda: ResultsStage(sports, games))


async def run(url: str, settings: Settings) -> None:
    """Work in a set of workers until a signal comes."""
    log = await asyncio.to_thread(KafkaLog.open, url, settings=client_settings(settings.kafka.client))
    try:
        await Working(log, settings).run()
    finally:
        await log.close()


class Working:
    """The parts of a worker process; it answers at its operations port before there is anything to work on."""

    def __init__(self, log: KafkaLog, settings: Settings) -> None:
        self._log = log
        self._settings = settings
        self._stopped = asyncio.Event()
        self._worker: Worker | None = None
        self._metrics: WorkerMetrics | None = None
        self._shares: Shares | None = None
        self.vitals = Vitals(
            "worker",
            lambda: {"set": settings.worker.set, "log": log.id},
            {"shares": self._taken, "folds": self._behind},
        )
        self.vitals.measure()

    # -- ready ---------------------------------------------------------------------------------------------------

    def _taken(self) -> str:
        """Say that it does not work on what is its own yet."""
        if self._shares is None or self._worker is None:
            return "nobody has said which Games the log holds"
        if not self._shares.joined:
            return f"the set {self._settings.worker.set} has not given it its shares yet"
        missing = set(self._places(self._shares.mine)).difference(self._worker.places)
        return f"{len(missing)} partitions are being taken up" if missing else ""

    def _behind(self) -> str:
        allowed = self._settings.operations.ready_within
        behind = self._metrics.behind if self._metrics else 0
        return f"{behind} records are not worked on, and at most {allowed} may be" if behind > allowed else ""

    def _places(self, shares: list[int]) -> list[Place]:
        """Return the partitions of shares: what the sources say there, and what is asserted of its disciplines."""
        return [(topic, share) for share in shares for topic in (RAW, EVENTS) if share < self._log.partitions(topic)]

    # -- working -------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until a signal comes; raises what the work raised."""
        async with AsyncExitStack() as stack:
            stack.enter_context(at_signal(self._leave, self._stopped.set))
            await stack.enter_async_context(operations_port(self.vitals, self._settings, always=True))
            stopped = asyncio.create_task(self._stopped.wait())
            began = asyncio.create_task(self._begin())
            await asyncio.wait((stopped, began), return_when=asyncio.FIRST_COMPLETED)
            if not began.done():
                await end(began)
                return
            shares, worker = began.result()
            working = asyncio.create_task(shares.run())
            for work in (self.vitals.look_at_the_loop(), self._look(), self._save_now_and_then()):
                stack.push_async_callback(end, asyncio.create_task(work))
            await asyncio.wait((stopped, working), return_when=asyncio.FIRST_COMPLETED)
            await self._save()
            if working.done():
                working.result()
            await end(working)
            _log.info("stopped", read=worker.read)

    async def _begin(self) -> tuple[Shares, Worker]:
        log, chosen = self._log, self._settings.worker
        worker = self.take_up(await about.wait(log))
        servers, prefix = parse(log.url)
        topic = f"{prefix}.{SHARES}" if prefix else SHARES
        await log.append([Record(SHARES, chosen.set, b"a worker began", wall_clock())])  # and so the topic is there
        group = f"{prefix or 'podium'}.{chosen.set}"
        self._shares = Shares(servers, topic, group, self._work_on, session=chosen.session)
        _log.info("working", log=log.url, set=chosen.set, shares=log.partitions(SHARES))
        return self._shares, worker

    def take_up(self, said: About) -> Worker:
        """Return the worker on the Games that the log says it holds; it is measured from now on."""
        log = self._log
        worker = self._worker = Worker(log, rules_over(log, said), self._settings.worker.set, wall_clock)
        self._metrics = WorkerMetrics(
            worker, lambda place: log.reach(place[0], partition=place[1]), lambda: self.vitals.unsaved
        )
        self.vitals.registry.register(self._metrics)
        return worker

    async def _leave(self) -> None:
        """Be not ready for a while; what is under way is finished, and the state of all that was read is saved."""
        self.vitals.leaving = True
        _log.info("leaving", shares=self._shares.mine if self._shares else [])
        await asyncio.sleep(self._settings.drain.notice)

    async def _work_on(self, share: int) -> None:
        async with asyncio.TaskGroup() as group:
            for place in self._places([share]):
                group.create_task(self._again(place))

    async def _again(self, place: Place) -> None:
        """Work, and begin anew from what is saved whenever the log refuses."""
        assert self._worker
        assert self._metrics
        wait = 0.1
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._worker.work(*place)
            except LogError as error:
                self._metrics.interruptions += 1
                _log.warning("work_interrupted", topic=place[0], partition=place[1], reason=str(error))
            if asyncio.get_running_loop().time() - began > LONGEST_WAIT:
                wait = 0.1
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))
            wait = min(LONGEST_WAIT, 2 * wait)

    async def _look(self) -> None:
        assert self._metrics
        while True:
            self._metrics.look()
            await asyncio.sleep(LOOK_EVERY)

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self._settings.worker.save_every)
            await self._save()

    async def _save(self) -> None:
        assert self._worker
        try:
            size = await self._worker.save()
        except LogError as error:
            _log.error("checkpoint_failed", reason=str(error))
            return
        self.vitals.saved()
        if size:
            _log.debug("checkpoint_saved", bytes=size)
