"""One process that does it all: doors, log, folds, feed and page, on one loop."""

from __future__ import annotations

import asyncio
import gc
import sys
from contextlib import AsyncExitStack, suppress
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

__all__ = ["Ports", "Process", "serve"]

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

    async def run(self, ports: Ports, *, started: asyncio.Future[int] | None = None) -> None:
        """Serve until a signal comes; ``started`` hears the port."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.close)
            for work in (self.host.run(), self.gateway.run(), self._save()):
                stack.push_async_callback(_end, asyncio.create_task(work))
            if ports.lines is not None:
                door = await open_tcp_door(self.gateway, ports.host, ports.lines)
                stack.push_async_callback(door.close)
                print(f"venue lines: tcp://{ports.host}:{door.port}", file=sys.stderr)

            def ready(port: int) -> None:
                print(f"podium: http://{ports.host}:{port}", flush=True)
                if started is not None and not started.done():
                    started.set_result(port)

            gc.collect()
            gc.freeze()  # what was loaded lives as long as the process: never walk it again
            await serve_edge(self.edge, ports.host, ports.http, started=ready)

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


async def serve(path: Path, ports: Ports, mode: str | None = None) -> None:
    """Serve a log until a signal comes."""
    await Process.open(path, mode).run(ports)


def run(path: Path, ports: Ports, mode: str | None = None) -> None:
    """Serve a log on a loop of its own."""
    uvloop.run(serve(path, ports, mode))
