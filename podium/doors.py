"""A gateway process: the venues' doors to a log in Kafka, and nothing else.

It holds the fence of its name: where a second one starts, the first hears that it is stale and ends, and venues that
come again find the second.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import msgspec
import structlog
import uvicorn
from litestar import Litestar, Router, get
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from engine import about
from engine.about import About
from engine.gateway import Gateway
from engine.http_door import http_door
from engine.kafka_log import KafkaLog
from engine.metrics import GatewayMetrics
from engine.tcp_door import open_tcp_door
from feeds import operations
from feeds.answers import answer_error
from podium.errors import OperatorError
from podium.serving import Ports, end, tell
from podium.settings import Settings
from podium.wiring import client_settings, wall_clock

__all__ = ["run"]

FENCE = "gateway"
LOOK_EVERY = 0.5  # seconds between two looks whether the log takes anything at all

_log = structlog.get_logger()


async def run(url: str, ports: Ports, settings: Settings, mode: str | None = None) -> None:
    """Take venue feeds into a log in Kafka until a signal comes, or until another gateway has taken over."""
    log = await asyncio.to_thread(KafkaLog.open, url, settings=client_settings())
    try:
        told = await asyncio.to_thread(about.read, log)
        if told is None or (mode is not None and told.mode != mode):
            told = About(told.games if told else About().games, mode or "live")
            await asyncio.to_thread(about.write, log, told, wall_clock())
        fence = await log.fence(FENCE)  # first, so that nobody stores what is not read next
        gateway = await asyncio.to_thread(
            lambda: Gateway(log, wall_clock, games=told.games, limits=settings.gateway, fence=fence)
        )
        await _serve(gateway, told, ports)
    finally:
        await log.close()


async def _serve(gateway: Gateway, told: About, ports: Ports) -> None:
    registry = CollectorRegistry()
    registry.register(GatewayMetrics(gateway))
    for standard in (ProcessCollector, PlatformCollector, GCCollector):
        standard(registry=registry)
    routers = [_status(told), http_door(gateway), operations.router({"log": lambda: gateway.trouble}, registry)]
    config = uvicorn.Config(
        Litestar(routers, exception_handlers={Exception: answer_error}, openapi_config=None, logging_config=None),
        host=ports.host,
        port=ports.http,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(gateway.close)
        works = [_tell(server, ports), _watch(gateway, server)]
        if told.mode != "replay":  # the silence of a past Games says nothing of today's links
            works.append(gateway.run())
        for work in works:
            stack.push_async_callback(end, asyncio.create_task(work))
        if ports.lines is not None:
            door = await open_tcp_door(gateway, ports.host, ports.lines)
            stack.push_async_callback(door.close)
            print(f"podium: venue lines at {ports.host}:{door.port}", flush=True)
        await server.serve()
        if gateway.trouble:
            raise OperatorError(f"the gateway ended, as the log takes nothing more of it: {gateway.trouble}")


class _Status(msgspec.Struct, frozen=True):
    mode: str  # live, replay or rehearsal: a live one is never played into
    now: int  # wall clock, microseconds


def _status(told: About) -> Router:
    @get("/v1/status")
    async def read_status() -> _Status:
        return _Status(told.mode, wall_clock())

    return Router("/", route_handlers=[read_status])


async def _tell(server: uvicorn.Server, ports: Ports) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    tell(ports.host, int(server.servers[0].sockets[0].getsockname()[1]))


async def _watch(gateway: Gateway, server: uvicorn.Server) -> None:
    """End the process once the log takes nothing more of it: another gateway has the fence."""
    while not gateway.trouble:  # noqa: ASYNC110 - it is looked at, twice a second
        await asyncio.sleep(LOOK_EVERY)
    _log.error("gateway_closed", reason=gateway.trouble)
    server.should_exit = True
