"""One process that does it all: doors, log, folds, feed and page, on one loop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import structlog
import uvloop

from engine import about
from engine.about import About
from engine.errors import LogError
from engine.gateway import Gateway
from engine.host import Host
from engine.http_door import http_door
from engine.metrics import GatewayMetrics, HostMetrics
from engine.sqlite_log import SqliteLog
from engine.tcp_door import TcpDoor, open_tcp_door
from feeds import history
from feeds.bridge import Farewell
from feeds.metrics import FeedMetrics
from feeds.server import Edge, build
from feeds.server import serve as serve_edge
from podium.departure import end
from podium.errors import OperatorError
from podium.historian_process import HistorianProcess
from podium.operations_port import operations_port, routes_of
from podium.settings import Settings
from podium.vitals import Vitals
from podium.wiring import host_over, wall_clock

if TYPE_CHECKING:
    from podium.people import Working

__all__ = ["Ports", "Process", "run", "tell"]

GOING_AWAY = 1001  # close code
DEFAULT = Settings()

_log = structlog.get_logger()


class Ports(NamedTuple):
    """Where a process listens; 0 is any free port."""

    host: str = "127.0.0.1"
    http: int = 8080
    lines: int | None = None  # the TCP door; None: none


class Process:
    """The parts of a serving process and the tasks between them."""

    def __init__(
        self,
        log: SqliteLog,
        host: Host,
        gateway: Gateway,
        edge: Edge,
        *,
        vitals: Vitals,
        settings: Settings,
        historian: HistorianProcess | None,
    ) -> None:
        self.log = log
        self.host = host
        self.gateway = gateway
        self.edge = edge
        self.vitals = vitals
        self.settings = settings
        self.historian = historian
        self._door: TcpDoor | None = None

    @classmethod
    def open(cls, path: Path, mode: str | None, settings: Settings = DEFAULT) -> Process:
        """Open a log for writing and build everything over it, caught up with what it holds."""
        history_at = settings.serve.history
        historian = HistorianProcess(path.absolute(), history_at, settings.logging) if history_at else None
        log = SqliteLog.open(path)
        said = about.read(log)
        if said is None or (mode is not None and said.mode != mode):
            said = About(said.games if said else About().games, mode or "live")
            about.write(log, said, wall_clock())
        host = host_over(log)
        host.load()
        host.catch_up()
        host.save()
        gateway = Gateway(log, wall_clock, games=said.games, limits=settings.gateway)
        within = settings.operations.ready_within
        checks = {"folds": lambda: _behind(host, within), "log": lambda: gateway.trouble}
        vitals = Vitals("serve", lambda: {"mode": host.mode, "epoch": host.epoch, "log": log.id}, checks)
        feeding = settings.feed
        routers = [http_door(gateway), *routes_of(vitals, settings)]
        if historian is not None:
            routers.append(history.router(historian.ask))
        edge = build(
            host,
            games=said.games,
            extra_routers=routers,
            key=feeding.key.encode() or None,
            interval=feeding.interval,
            hello_within=feeding.hello_within,
        )
        _measure(vitals, gateway, host, edge)
        return cls(log, host, gateway, edge, vitals=vitals, settings=settings, historian=historian)

    @asynccontextmanager
    async def working(self, ports: Ports) -> AsyncIterator[None]:
        """Fold, save and take venue lines within a block; close everything behind it."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.close)
            works = {
                "the folding": self.host.run(),
                "the saving": self._save(),
                "the look at the loop": self.vitals.look_at_the_loop(),
            }
            if self.host.mode != "replay":  # the silence of a past Games says nothing of today's links
                works["the look at the links"] = self.gateway.run()
            if self.historian is not None:
                works["the historian"] = self.historian.run()
            for name, work in works.items():
                stack.push_async_callback(end, asyncio.create_task(self.vitals.watch(name, work)))
            await stack.enter_async_context(operations_port(self.vitals, self.settings))
            if ports.lines is not None:
                door = self._door = await open_tcp_door(self.gateway, ports.host, ports.lines)
                stack.push_async_callback(door.close)
                print(f"podium: venue lines at {ports.host}:{door.port}", flush=True)
            if self.settings.people.keys is not None:
                deciding = await stack.enter_async_context(_people(self.log, self.settings, self.host))
                stack.push_async_callback(end, asyncio.create_task(self.vitals.watch("the people side", deciding.work)))
            gc.collect()
            gc.freeze()  # what was loaded lives as long as the process: never walk it again
            yield

    async def serve(self, ports: Ports) -> None:
        """Serve until a signal comes, and then leave in good order."""
        drain = self.settings.drain
        farewell = Farewell(GOING_AWAY, "going away", drain.spread, drain.reconnect)

        def started(port: int) -> None:
            tell(ports.host, port)
            host = self.host
            _log.info(
                "serving",
                address=f"{ports.host}:{port}",
                log=str(self.log.path),
                mode=host.mode,
                epoch=host.epoch,
                position=host.position,
                cut=host.views.cut,
            )

        async with self.working(ports):
            await serve_edge(self.edge, ports.host, ports.http, started=started, leaving=self.leave, farewell=farewell)
        _log.info("stopped", position=self.host.position, cut=self.host.views.cut)

    async def leave(self) -> None:
        """Finish what was taken, and take nothing more; whoever is connected gets it all before this returns.

        Not ready first, for ``drain.notice`` seconds, so that nobody is sent here any more; then the doors, the log,
        the folds and the feed, in the order in which a message goes through them, for ``drain.finish`` seconds at most.
        """
        self.vitals.leaving = True
        _log.info("leaving", subscribers=self.edge.feed.connections)
        await asyncio.sleep(self.settings.drain.notice)
        try:
            async with asyncio.timeout(self.settings.drain.finish):
                if self._door is not None:
                    await self._door.close()
                await self.gateway.close()
                while self._is_behind and not self.vitals.failed:  # noqa: ASYNC110 - a few milliseconds, once
                    await asyncio.sleep(0.002)
                await self.edge.feed.flushed()
        except TimeoutError:
            _log.warning("leaving_unfinished", position=self.host.position, head=self.log.head(self.host.topic))
        self.save()

    @property
    def _is_behind(self) -> bool:
        return self.host.position < self.log.head(self.host.topic)

    def save(self) -> None:
        """Save a checkpoint of what changed; where the log refuses, the next one tries again."""
        try:
            manifest = self.host.save()
        except LogError as error:
            _log.error("checkpoint_failed", reason=str(error))
            return
        self.vitals.saved()
        if manifest is not None:
            _log.debug("checkpoint_saved", position=manifest.position, cut=manifest.cut, bytes=manifest.size)

    async def _save(self) -> None:
        while True:
            await asyncio.sleep(self.settings.operations.save_every)
            self.save()

    async def close(self) -> None:
        """Let the venues' last messages through, save, and close the log."""
        await self.gateway.close()
        try:
            self.host.catch_up()
            self.save()
        finally:
            await self.log.close()


def _people(log: SqliteLog, settings: Settings, host: Host) -> AbstractAsyncContextManager[Working]:
    """Return the people side over the log of this process, working within a block."""
    try:
        from podium import people  # noqa: PLC0415 - the extra
    except ImportError as error:
        raise OperatorError(f"the people side needs the extra: pip install 'podium-games[people]' ({error})") from error
    return people.working(log, people.door_of(settings.people), host)


def _behind(host: Host, allowed: int) -> str:
    """Say that more waits for the folds than may."""
    behind = host.log.head(host.topic) - host.position
    return f"{behind} messages are not folded, and at most {allowed} may be" if behind > allowed else ""


def _measure(vitals: Vitals, gateway: Gateway, host: Host, edge: Edge) -> None:
    """Have each part tell the next one's time, and gather the metrics of all of them."""
    host.passed = gateway.latency.fold
    edge.feed.hub.sent = gateway.latency.send
    folds = HostMetrics(
        host, lambda: host.log.head(host.topic), lambda: gateway.latency.waiting, lambda: vitals.unsaved
    )
    doors = (gateway.refusals, edge.feed.refusals, edge.refusals)
    vitals.measure(GatewayMetrics(gateway, folds=True), folds, FeedMetrics(edge.feed), doors=doors)


def tell(host: str, port: int) -> None:
    """Say where the page is."""
    print(f"podium: http://{host}:{port}", flush=True)


async def _serve(path: Path, settings: Settings) -> None:
    chosen = settings.serve
    await Process.open(path, chosen.mode, settings).serve(Ports(chosen.host, chosen.port, chosen.feed_in))


def run(path: Path, settings: Settings) -> None:
    """Serve a log on a loop of its own, as the settings say, until a signal comes."""
    uvloop.run(_serve(path, settings))
