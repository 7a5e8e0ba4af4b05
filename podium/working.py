"""A worker process: its shares of decoding and folding, until it is stopped."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import structlog

from engine import about
from engine.about import About
from engine.errors import LogError
from engine.kafka_log import KafkaLog, parse
from engine.log import Record
from engine.shares import SHARES, Shares
from engine.versions import stamp
from engine.worker import Place, Worker
from engine.worker_metrics import WorkerMetrics
from podium.crew import Crew
from podium.departure import at_signal, end
from podium.operations_port import operations_port
from podium.settings import Settings
from podium.vitals import Vitals
from podium.wiring import client_settings, wall_clock

__all__ = ["Working", "run"]

LOOK_EVERY = 0.5  # seconds between two looks at how far it is behind

_log = structlog.get_logger()


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
        self._crew: Crew | None = None
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
        if self._shares is None or self._crew is None:
            return "nobody has said which Games the log holds"
        if (worker := self._crew.shown) is None:
            return "the log has no epoch of folds of this version"
        if not self._shares.joined:
            return f"the set {self._settings.worker.set} has not given it its shares yet"
        missing = set(self._crew.places(self._shares.mine)).difference(worker.places)
        return f"{len(missing)} partitions are being taken up" if missing else ""

    def _behind(self) -> str:
        allowed = self._settings.operations.ready_within
        behind = self._metrics.behind if self._metrics else 0
        return f"{behind} records are not worked on, and at most {allowed} may be" if behind > allowed else ""

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
            shares, crew = began.result()
            working = asyncio.create_task(shares.run())
            works = (crew.follow(), crew.tell(), self._look(), self._save_now_and_then())
            for work in (self.vitals.look_at_the_loop(), *works):
                stack.push_async_callback(end, asyncio.create_task(work))
            await asyncio.wait((stopped, working), return_when=asyncio.FIRST_COMPLETED)
            await self._save()
            if working.done():
                working.result()
            await end(working)
            _log.info("stopped", read=crew.read)

    async def _begin(self) -> tuple[Shares, Crew]:
        log, chosen = self._log, self._settings.worker
        crew = self.take_up(await about.wait(log))
        await crew.begin()
        servers, prefix = parse(log.url)
        topic = f"{prefix}.{SHARES}" if prefix else SHARES
        here = Record(SHARES, chosen.set, b"a worker began", wall_clock(), stamp(SHARES))
        await log.append([here])  # and so the topic is there
        group = f"{prefix or 'podium'}.{chosen.set}"
        self._shares = Shares(servers, topic, group, crew.work_on, session=chosen.session)
        _log.info("working", log=log.url, set=chosen.set, shares=log.partitions(SHARES))
        return self._shares, crew

    def take_up(self, said: About) -> Crew:
        """Return the crew on the Games that the log says it holds; it is measured from now on."""
        crew = self._crew = Crew(self._log, self._settings.worker.set, said.games)
        self._metrics = WorkerMetrics(crew, self._reach, lambda: self.vitals.unsaved)
        self.vitals.registry.register(self._metrics)
        return crew

    def _reach(self, worker: Worker, place: Place) -> int:
        return self._log.reach(worker.source(place[0]), partition=place[1])

    async def _leave(self) -> None:
        """Be not ready for a while; what is under way is finished, and the state of all that was read is saved."""
        self.vitals.leaving = True
        _log.info("leaving", shares=self._shares.mine if self._shares else [])
        await asyncio.sleep(self._settings.drain.notice)

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
        assert self._crew
        try:
            size = await self._crew.save()
        except LogError as error:
            _log.error("checkpoint_failed", reason=str(error))
            return
        self.vitals.saved()
        if size:
            _log.debug("checkpoint_saved", bytes=size)
