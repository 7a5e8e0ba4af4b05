"""An edge process: follows what the workers make of a log in Kafka, and serves subscribers.

Any number of them hold the same cuts under the same numbers. One, elected by a group of its own, writes the images from
which all of them start.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import structlog
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from engine import about
from engine.errors import LogError
from engine.kafka_log import KafkaLog, parse
from engine.log import Record
from engine.metrics import HostMetrics
from engine.shares import SESSION, Shares
from feeds import operations
from feeds.bridge import Farewell
from feeds.metrics import FeedMetrics
from feeds.server import build, serve
from podium.serving import GOING_AWAY, Ports, end, tell
from podium.settings import Settings
from podium.wiring import client_settings, host_over, said, wall_clock

__all__ = ["TURN", "Edging", "run"]

TURN = "games.images.turn"  # its one share says which edge writes the images
LOOK_EVERY = 0.5  # seconds between two looks at how far the feed goes

_log = structlog.get_logger()


class Edging:
    """The parts of an edge process and the tasks between them."""

    def __init__(self, log: KafkaLog, settings: Settings) -> None:
        self.log = log
        self.settings = settings
        self.host = host_over(log)
        self.head = 0  # of the feed, when last looked at: asking brokers takes time that subscribers would wait
        self.leaving = False
        self.failed = ""
        self._caught_up_at = self._saved_at = time.monotonic()
        registry = CollectorRegistry()
        checks = {"process": lambda: "the process is leaving" if self.leaving else "", "folds": self._behind}
        feeding = settings.feed
        self.server = build(
            self.host,
            games=said(log).games,
            extra_routers=(operations.router(checks, registry),),
            key=feeding.key.encode() or None,
            interval=feeding.interval,
            hello_within=feeding.hello_within,
        )
        registry.register(HostMetrics(self.host, lambda: self.head, self._waiting, self._unsaved))
        registry.register(FeedMetrics(self.server.feed))
        for standard in (ProcessCollector, PlatformCollector, GCCollector):
            standard(registry=registry)

    def _waiting(self) -> float:
        return time.monotonic() - self._caught_up_at

    def _unsaved(self) -> float:
        return time.monotonic() - self._saved_at

    def _behind(self) -> str:
        if self.failed:
            return self.failed
        behind, allowed = self.head - self.host.position, self.settings.operations.ready_within
        return f"{behind} records are not folded, and at most {allowed} may be" if behind > allowed else ""

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Fold within a block, and write images while it is this edge's turn."""
        host = self.host
        await asyncio.to_thread(host.load)
        await asyncio.to_thread(host.catch_up)
        works = {
            "the folding": host.run(),
            "the look at the feed": self._look(),
            "the taking of turns": self._take_turns(),
        }
        async with AsyncExitStack() as stack:
            for name, work in works.items():
                stack.push_async_callback(end, asyncio.create_task(self._watch(name, work)))
            gc.collect()
            gc.freeze()  # what was loaded lives as long as the process: never walk it again
            yield

    async def _watch(self, name: str, work: Awaitable[object]) -> None:
        """Do work that should never end; where it fails say so, as nobody awaits it."""
        try:
            await work
        except Exception as error:
            self.failed = f"{name} failed: {error}"
            _log.exception("work_failed", work=name)

    async def _look(self) -> None:
        while True:
            try:
                self.head = await asyncio.to_thread(self.log.head, self.host.topic)
            except LogError as error:
                _log.warning("feed_out_of_reach", why=str(error))
            if self.host.position >= self.head:
                self._caught_up_at = time.monotonic()
            await asyncio.sleep(LOOK_EVERY)

    async def _take_turns(self) -> None:
        servers, prefix = parse(self.log.url)
        await self.log.append([Record(TURN, "", b"an edge began", wall_clock())])  # and so the topic is there
        topic = f"{prefix}.{TURN}" if prefix else TURN
        await Shares(servers, topic, f"{prefix or 'podium'}.images", self._save, session=SESSION).run()

    async def _save(self, _share: int) -> None:
        while True:
            await asyncio.sleep(self.settings.operations.save_every)
            try:
                manifest = await self.host.save_meanwhile()
            except LogError as error:
                _log.error("image_failed", reason=str(error))
                continue
            self._saved_at = time.monotonic()
            if manifest is not None:
                _log.debug("image_saved", position=manifest.position, cut=manifest.cut, bytes=manifest.size)

    async def serve(self, ports: Ports) -> None:
        """Serve until a signal comes, and then leave in good order."""
        drain = self.settings.drain
        farewell = Farewell(GOING_AWAY, "going away", drain.spread, drain.reconnect)

        def started(port: int) -> None:
            tell(ports.host, port)
            _log.info("serving", log=self.log.url, epoch=self.host.epoch, cut=self.host.views.cut, port=port)

        async def leave() -> None:
            self.leaving = True
            await asyncio.sleep(drain.notice)
            with suppress(TimeoutError):
                async with asyncio.timeout(drain.finish):
                    await self.server.feed.flushed()

        async with self.working():
            await serve(self.server, ports.host, ports.http, started=started, leaving=leave, farewell=farewell)
        _log.info("stopped", position=self.host.position, cut=self.host.views.cut)


async def run(url: str, ports: Ports, settings: Settings) -> None:
    """Serve the feed of a log in Kafka until a signal comes."""
    log = await asyncio.to_thread(KafkaLog.open, url, settings=client_settings())
    try:
        await about.wait(log)
        edging = await asyncio.to_thread(Edging, log, settings)
        await edging.serve(ports)
    finally:
        await log.close()
