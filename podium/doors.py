"""A gateway process: the venues' doors to a log in Kafka, and nothing else.

It holds the fence of its name: where a second one starts, the first hears that it is stale and ends, and venues that
come again find the second.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import msgspec
import structlog
import uvicorn
from litestar import Litestar, Router, get

from engine import about
from engine.about import About
from engine.gateway import Gateway
from engine.http_door import http_door
from engine.kafka_log import KafkaLog
from engine.listener import listen_at
from engine.metrics import GatewayMetrics
from engine.tcp_door import TcpDoor, open_tcp_door
from feeds.answers import answer_error
from podium.departure import at_signal, end
from podium.errors import OperatorError
from podium.operations_port import operations_port, routes_of
from podium.serving import tell
from podium.settings import Settings
from podium.vitals import Vitals
from podium.wiring import client_settings, games_of, wall_clock
from schemas.games import Games
from schemas.layout import Layout

__all__ = ["FENCE", "Doors", "introduce", "run"]

FENCE = "gateway"
LOOK_EVERY = 0.5  # seconds between two looks whether the log takes anything at all

_log = structlog.get_logger()


async def run(url: str, settings: Settings) -> None:
    """Take venue feeds into a log in Kafka until a signal comes, or until another gateway has taken over."""
    games = games_of(settings.gateway.games)
    told_client = client_settings(settings.kafka.client)
    layout = (games.layout if games else Layout()).with_people()
    log = await asyncio.to_thread(KafkaLog.open, url, layout=layout, settings=told_client)
    try:
        told = await asyncio.to_thread(introduce, log, games, settings.gateway.mode)
        fence = await log.fence(FENCE)  # first, so that nobody stores what is not read next
        gateway = await asyncio.to_thread(
            lambda: Gateway(log, wall_clock, games=told.games, limits=settings.gateway, fence=fence)
        )
        await Doors(log, gateway, told, settings).serve()
    finally:
        await log.close()


def introduce(log: KafkaLog, games: Games | None, mode: str | None) -> About:
    """Return what a log says of itself, and have it say so where it is new or its mode another one."""
    told = about.read(log)
    if told is None or (mode is not None and told.mode != mode):
        told = About(told.games if told else games or Games(), mode or "live")
        about.write(log, told, wall_clock())
    return told


class Doors:
    """The doors of one gateway, and how the process is."""

    def __init__(self, log: KafkaLog, gateway: Gateway, told: About, settings: Settings) -> None:
        self._gateway = gateway
        self._told = told
        self._settings = settings
        self._door: TcpDoor | None = None
        self.vitals = Vitals("gateway", lambda: {"mode": told.mode, "log": log.id}, {"log": lambda: gateway.trouble})
        self.vitals.measure(GatewayMetrics(gateway, folds=False), doors=(gateway.refusals,))
        routes = [_status(told), http_door(gateway), *routes_of(self.vitals, settings)]
        app = Litestar(routes, exception_handlers={Exception: answer_error}, openapi_config=None, logging_config=None)
        config = uvicorn.Config(
            app,
            lifespan="on",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        self._server = uvicorn.Server(config)
        self._server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]

    async def serve(self) -> None:
        """Serve until told to leave, and then leave in good order; raises ``OperatorError`` where the log is closed."""
        gateway, vitals, chosen = self._gateway, self.vitals, self._settings.gateway
        listener = listen_at(chosen.host, chosen.port)
        works: dict[str, Awaitable[object]] = {"the look at the loop": vitals.look_at_the_loop()}
        if self._told.mode != "replay":  # the silence of a past Games says nothing of today's links
            works["the look at the links"] = gateway.run()
        async with AsyncExitStack() as stack:
            stack.push_async_callback(gateway.close)
            for name, work in works.items():
                stack.push_async_callback(end, asyncio.create_task(vitals.watch(name, work)))
            stack.push_async_callback(end, asyncio.create_task(self._watch()))
            await stack.enter_async_context(operations_port(vitals, self._settings))
            if chosen.feed_in is not None:
                self._door = await open_tcp_door(gateway, chosen.host, chosen.feed_in)
                stack.push_async_callback(self._door.close)
                print(f"podium: venue lines at {chosen.host}:{self._door.port}", flush=True)
            stack.enter_context(at_signal(self.leave, self._stop))
            stack.push_async_callback(end, asyncio.create_task(self._tell(lambda: listener.getsockname()[1])))
            await self._server.serve(sockets=[listener])
        _log.info("stopped")
        if gateway.trouble and not vitals.leaving:
            raise OperatorError(f"the gateway ended, as the log takes nothing more of it: {gateway.trouble}")

    async def leave(self) -> None:
        """Take nothing more, and answer for what was taken."""
        drain = self._settings.drain
        self.vitals.leaving = True
        _log.info("leaving")
        await asyncio.sleep(drain.notice)
        try:
            async with asyncio.timeout(drain.finish):
                if self._door is not None:
                    await self._door.close()
                await self._gateway.close()
        except TimeoutError:
            _log.warning("leaving_unfinished", bytes=self._gateway.in_flight)

    def _stop(self) -> None:
        self._server.should_exit = True

    async def _tell(self, port: Callable[[], int]) -> None:
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        tell(self._settings.gateway.host, port())
        _log.info("serving", mode=self._told.mode, port=port())

    async def _watch(self) -> None:
        """End the process once the log takes nothing more of it: another gateway has the fence."""
        while not self._gateway.trouble:  # noqa: ASYNC110 - it is looked at, twice a second
            await asyncio.sleep(LOOK_EVERY)
        if not self.vitals.leaving:
            _log.error("gateway_closed", reason=self._gateway.trouble)
            self._stop()


class _Status(msgspec.Struct, frozen=True):
    mode: str  # live, replay or rehearsal: a live one is never played into
    now: int  # wall clock, microseconds


def _status(told: About) -> Router:
    @get("/v1/status")
    async def read_status() -> _Status:
        return _Status(told.mode, wall_clock())

    return Router("/", route_handlers=[read_status])
