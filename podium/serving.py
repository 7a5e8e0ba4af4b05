"""One process that does it all: doors, log, folds, feed and page, on one loop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import uvloop

from engine import about
from engine.about import About
from engine.gateway import Gateway
from engine.host import Host
from engine.http_door import http_door
from engine.sqlite_log import SqliteLog
from engine.tcp_door import open_tcp_door
from feeds.server import Edge, build
from feeds.server import serve as serve_edge
from podium.wiring import host_over, wall_clock

__all__ = ["Ports", "Process", "run", "tell"]

SAVE_EVERY = 10.0  # seconds between two checkpoints, where something changed


class Ports(NamedTuple):
    """Where a process listens; 0 is any free port."""

    host: str = "127.0.0.1"
    http: int = 8080
    lines: int | None = None  # the TCP door; None: none


class Process:
    """The parts of a serving process and the tasks between them."""

    def __init__(self, log: SqliteLog, host: Host, gateway: Gateway, edge: Edge) -> None:
        self.log = log
        self.host = host
        self.gateway = gateway
        self.edge = edge

    @classmethod
    def open(cls, path: Path, mode: str | None) -> Process:
        """Open a log for writing and build everything over it, caught up with what it holds."""
        log = SqliteLog.open(path)
        said = about.read(log)
        if said is None or (mode is not None and said.mode != mode):
            said = About(said.games if said else About().games, mode or "live")
            about.write(log, said, wall_clock())
        host = host_over(log)
        host.load()
        host.catch_up()
        host.save()
        gateway = Gateway(log, wall_clock, games=said.games)
        edge = build(host, games=said.games, extra_routers=(http_door(gateway),))
        return cls(log, host, gateway, edge)

    @asynccontextmanager
    async def working(self, ports: Ports) -> AsyncIterator[None]:
        """Fold, save and take venue lines within a block; close everything behind it."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.close)
            works = [self.host.run(), self._save()]
            if self.host.mode != "replay":  # the silence of a past Games says nothing of today's links
                works.append(self.gateway.run())
            for work in works:
                stack.push_async_callback(_end, asyncio.create_task(work))
            if ports.lines is not None:
                door = await open_tcp_door(self.gateway, ports.host, ports.lines)
                stack.push_async_callback(door.close)
                print(f"podium: venue lines at {ports.host}:{door.port}", flush=True)
            gc.collect()
            gc.freeze()  # what was loaded lives as long as the process: never walk it again
            yield

    async def serve(self, ports: Ports) -> None:
        """Serve until a signal comes."""
        async with self.working(ports):
            await serve_edge(self.edge, ports.host, ports.http, started=lambda port: tell(ports.host, port))

    async def _save(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY)
            self.host.save()

    async def close(self) -> None:
        """Let the venues' last messages through, save, and close the log."""
        await self.gateway.close()
        self.host.catch_up()
        self.host.save()
        await self.log.close()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def tell(host: str, port: int) -> None:
    """Say where the page is."""
    print(f"podium: http://{host}:{port}", flush=True)


async def _serve(path: Path, ports: Ports, mode: str | None) -> None:
    await Process.open(path, mode).serve(ports)


def run(path: Path, ports: Ports, mode: str | None = None) -> None:
    """Serve a log on a loop of its own until a signal comes."""
    uvloop.run(_serve(path, ports, mode))
