"""An edge process: follows what the workers make of a log in Kafka, and serves subscribers.

Any number of them hold the same cuts under the same numbers. One, elected by a group of its own, writes the images from
which all of them start.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import blake2b
from typing import Any

import structlog
from litestar import Router

from engine import about
from engine.epochs import Epoch
from engine.errors import LogError
from engine.host import Host
from engine.kafka_log import KafkaLog, parse
from engine.lag import Lag
from engine.latency import ARCHIVED, Latency
from engine.log import Record
from engine.metrics import EdgeMetrics, HostMetrics
from engine.shares import SESSION, Shares
from engine.versions import stamp
from feeds import history
from feeds.bridge import Farewell
from feeds.metrics import FeedMetrics
from feeds.server import build, serve
from podium.again import again
from podium.departure import end
from podium.edge_history import EdgeHistory
from podium.historian_process import place_of
from podium.operations_port import operations_port, routes_of
from podium.serving import GOING_AWAY, Ports, tell
from podium.settings import Settings
from podium.showing import Showing
from podium.succession import Succession
from podium.vitals import Vitals
from podium.wiring import client_settings, host_over, said, shown_epoch, wall_clock
from schemas.cut import Cut

__all__ = ["TURN", "Edging", "run"]

TURN = "games.images.turn"  # its one share says which edge writes the images
LOOK_EVERY = 0.5  # seconds between two looks at how far the feed goes

_log = structlog.get_logger()


class Edging:
    """The parts of an edge process and the tasks between them."""

    process = "edge"

    def __init__(self, log: KafkaLog, settings: Settings, routers: Sequence[Router] = ()) -> None:
        """Make it over a log; ``routers`` are served beside its own."""
        self.log = log
        self.settings = settings
        self.told = said(log)
        host = host_over(log)
        host.load()  # before there is anybody to listen: a change is told from what stood before
        self.showing = Showing(host)
        self.lag = Lag()  # asking brokers takes time that subscribers would wait, so it is looked at now and then
        self.latency = Latency(time.time)
        self.my_turn = False  # to write the images
        checks = {"folds": self._behind}
        self.vitals = Vitals(self.process, self._info, checks | self.more_checks())
        routers = [*routers, *routes_of(self.vitals, settings)]
        self.history: EdgeHistory | None = None
        if history_at := self.history_at:
            self.history = EdgeHistory(self.showing, log, place_of(history_at))
            routers.append(history.router(self.history.ask))
        feeding = settings.feed
        self.server = build(
            self.showing,
            games=shown_epoch(log, self.told).games,
            extra_routers=routers,
            key=feeding.key.encode() or self._key(),
            interval=feeding.interval,
            hello_within=feeding.hello_within,
        )
        folds = HostMetrics(
            self.showing,
            lambda: self.lag.head,
            lambda: self.lag.seconds(self.host.position),
            lambda: self.vitals.unsaved if self.my_turn else None,
        )
        feed = self.server.feed
        self.vitals.measure(
            folds,
            EdgeMetrics(self.latency, self.showing),
            FeedMetrics(feed),
            doors=(feed.refusals, self.server.refusals),
        )

    @property
    def host(self) -> Host:
        """The host whose views are shown."""
        return self.showing.host

    def _info(self) -> dict[str, str]:
        return {"mode": self.showing.mode, "epoch": self.showing.epoch, "log": self.log.id}

    def _key(self) -> bytes:
        """Return what signs resume tokens: the same at all edges of a log, whichever epoch they began with."""
        return blake2b(self.log.id.encode(), person=b"podium-resume").digest()

    def _behind(self) -> str:
        behind, allowed = self.lag.records(self.host.position), self.settings.operations.ready_within
        return f"{behind} records are not folded, and at most {allowed} may be" if behind > allowed else ""

    def _measure(self) -> None:
        """Measure how long messages take from now on: what was folded before came long ago."""

        def came(cut: Cut, _: Sequence[str]) -> None:
            now, received = time.time(), cut.time / 1_000_000
            if cut.changes and now - received < ARCHIVED:
                self.latency.store(cut.position, min(received, now), 1)

        self.showing.listen(came)
        self.host.passed = self.latency.fold
        self.server.feed.hub.sent = self.latency.send

    def _changed(self, epoch: Epoch) -> None:
        """Take note that another epoch is shown."""
        self.server.xml.follow(epoch.games)
        self.lag = Lag()
        self.latency.forget()
        self.host.passed = self.latency.fold
        gc.freeze()
        _log.info("epoch_changed", epoch=epoch.name, cut=self.host.views.cut)

    @property
    def history_at(self) -> str | None:
        """The history from which it answers; None: none."""
        return self.settings.edge.history

    def more_checks(self) -> dict[str, Callable[[], str]]:
        """Return what is to be well beside the folds."""
        return {}

    def works(self) -> dict[str, Coroutine[Any, Any, object]]:
        """Return what is done as long as it serves, by the names that are told where something fails."""
        return {
            "the folding": Succession(self.log, self.told, self.showing, self._changed).run(),
            "the look at the feed": self._look(),
            "the taking of turns": again(self._take_turns, self._interrupted),
            "the look at the loop": self.vitals.look_at_the_loop(),
        }

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Fold within a block, follow the epochs, and write images while it is this edge's turn."""
        await asyncio.to_thread(self.host.catch_up)
        works = self.works()
        self._measure()
        async with AsyncExitStack() as stack:
            if self.history is not None:
                stack.push_async_callback(self.history.close)
            for name, work in works.items():
                stack.push_async_callback(end, asyncio.create_task(self.vitals.watch(name, work)))
            await stack.enter_async_context(operations_port(self.vitals, self.settings))
            gc.collect()
            gc.freeze()  # what was loaded lives as long as the process: never walk it again
            yield

    def _interrupted(self, error: LogError) -> None:
        _log.warning("work_interrupted", work="the taking of turns", reason=str(error))

    async def _look(self) -> None:
        while True:
            host, lag = self.host, self.lag
            try:
                lag.see(await asyncio.to_thread(self.log.head, host.topic), host.position)
            except LogError as error:
                _log.warning("feed_out_of_reach", reason=str(error))
            await asyncio.sleep(LOOK_EVERY)

    async def _take_turns(self) -> None:
        servers, prefix = parse(self.log.url)
        await self.log.append(
            [Record(TURN, "", b"an edge began", wall_clock(), stamp(TURN))]
        )  # and so the topic is there
        topic = f"{prefix}.{TURN}" if prefix else TURN
        await Shares(servers, topic, f"{prefix or 'podium'}.images", self._save, session=SESSION).run()

    async def _save(self, _share: int) -> None:
        self.my_turn = True
        self.vitals.saved()
        try:
            await self._save_now_and_then()
        finally:
            self.my_turn = False

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self.settings.operations.save_every)
            try:
                manifest = await self.host.save_meanwhile()
            except LogError as error:
                _log.error("checkpoint_failed", reason=str(error))
                continue
            self.vitals.saved()
            if manifest is not None:
                _log.debug("checkpoint_saved", position=manifest.position, cut=manifest.cut, bytes=manifest.size)

    async def serve(self, ports: Ports) -> None:
        """Serve until a signal comes, and then leave in good order."""
        drain = self.settings.drain
        farewell = Farewell(GOING_AWAY, "going away", drain.spread, drain.reconnect)

        def started(port: int) -> None:
            tell(ports.host, port)
            _log.info("serving", log=self.log.url, epoch=self.host.epoch, cut=self.host.views.cut, port=port)

        async with self.working():
            await serve(self.server, ports.host, ports.http, started=started, leaving=self.leave, farewell=farewell)
        _log.info("stopped", position=self.host.position, cut=self.host.views.cut)

    async def leave(self) -> None:
        """Finish what was begun; whoever is connected gets it all before this returns."""
        drain = self.settings.drain
        self.vitals.leaving = True
        _log.info("leaving", subscribers=self.server.feed.connections)
        await asyncio.sleep(drain.notice)
        try:
            async with asyncio.timeout(drain.finish):
                await self.finish()
                await self.server.feed.flushed()
        except TimeoutError:
            _log.warning("leaving_unfinished", position=self.host.position)

    async def finish(self) -> None:
        """Finish what comes before the feed."""


async def run(url: str, settings: Settings) -> None:
    """Serve the feed of a log in Kafka until a signal comes."""
    log = await asyncio.to_thread(KafkaLog.open, url, settings=client_settings(settings.kafka.client))
    try:
        await about.wait(log)
        edging = await asyncio.to_thread(Edging, log, settings)
        await edging.serve(Ports(settings.edge.host, settings.edge.port))
    finally:
        await log.close()
