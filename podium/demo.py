"""The demonstration: an invented Games, played at speed into a serving process, with its page."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import uvloop
from websockets.asyncio.client import connect

from engine import about
from engine.about import About
from engine.sqlite_log import SqliteLog
from feeds.server import running
from podium.errors import OperatorError
from podium.serving import Ports, Process, tell
from podium.settings import Settings
from podium.speed import speed_of
from podium.wiring import wall_clock
from replay.archive import Message
from replay.player import Pace
from replay.synth import synthesise

__all__ = ["run_demo"]

HOST = "127.0.0.1"
BATCH = 500  # messages that go into the log at once, at most
GRACE = 30.0  # seconds beyond the time given that a slow machine may need to show something
LEAD = 60_000_000  # microseconds before the first start at which the play begins


def run_demo(*, seconds: str | None, settings: Settings) -> None:
    """Play an invented Games; with ``seconds`` check the page and come back after that long."""
    duration = _seconds(seconds) if seconds is not None else None
    header, messages = synthesise(settings.demo.seed, "small")
    played = list(messages)
    with tempfile.TemporaryDirectory(prefix="podium-demo-") as folder:
        path = Path(folder) / "demo.db"
        with SqliteLog.open(path) as log:
            about.write(log, About(header.games, "replay"), wall_clock())
        demo = _Demo(path, played, settings, _free(settings.demo.port))
        uvloop.run(demo.run(duration))


def _seconds(text: str) -> float:
    if (found := re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|)", text)) is None:
        raise OperatorError(f"no time {text!r}: 30s, 2m, ...")
    return float(found[1]) * (60 if found[2] == "m" else 1)


def _free(port: int) -> int:
    """Return the port, or a free one where it is busy."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            print(f"port {port} is busy, taking a free one", file=sys.stderr)
            probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _first_start(messages: Iterable[Message]) -> int:
    starts = (message.time for message in messages if b'"kind":"start"' in message.data)
    return next(starts, 0) - LEAD


class _Demo:
    """A serving process, and the player that feeds it."""

    def __init__(self, path: Path, messages: list[Message], settings: Settings, port: int) -> None:
        self.path = path
        self.messages = messages
        self.pace = Pace(speed_of(settings.demo.speed), _first_start(messages))
        self.settings = settings
        self.port = port

    async def run(self, duration: float | None) -> None:
        """Serve and play; come back after ``duration`` seconds, having checked the page, or at a signal."""
        process = Process.open(self.path, None, self.settings)
        ports = Ports(HOST, self.port)
        player = asyncio.create_task(self._play(process))
        try:
            if duration is None:
                await process.serve(ports)
            else:
                await self._watch(process, ports, duration)
        finally:
            player.cancel()
            with suppress(asyncio.CancelledError):
                await player

    async def _watch(self, process: Process, ports: Ports, duration: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + duration
        async with process.working(ports), running(process.edge, ports.host, ports.http) as port:
            tell(ports.host, port)
            try:
                async with asyncio.timeout(duration + GRACE):
                    report = await check(f"{ports.host}:{port}")
            except TimeoutError:
                raise OperatorError(f"no result moved within {duration + GRACE:.0f} s") from None
            await asyncio.sleep(max(0.0, end - loop.time()))
        print(report)

    async def _play(self, process: Process) -> None:
        batch: list[Message] = []
        for message in self.messages:
            if process.vitals.leaving:
                return
            wait = self.pace.due(message)
            if batch and (wait > 0 or len(batch) == BATCH):
                process.gateway.store(batch)
                batch = []
                await asyncio.sleep(0)
                wait = self.pace.due(message)
            if wait > 0:
                await asyncio.sleep(wait)
            batch.append(message)
        if batch:
            process.gateway.store(batch)
        print("the Games are over; the page stays until you stop it", file=sys.stderr)


async def check(address: str) -> str:
    """Look at the page as a visitor does, follow the feed until a result moves, and say what was seen."""
    page = await asyncio.to_thread(_get, f"http://{address}/")
    linked = sorted(set(re.findall(r'(?:src|href)="(/?[\w./-]+\.(?:js|css))"', page)))
    if not linked:
        raise OperatorError("the page at / links no script")
    for link in linked:
        await asyncio.to_thread(_get, f"http://{address}/{link.lstrip('/')}")
    async with connect(f"ws://{address}/v1/feed") as feed:
        await feed.send(json.dumps({"op": "hello", "v": 1}))
        await feed.send(json.dumps({"op": "sub", "id": 1, "views": ["medals/table", "result/**"]}))
        cuts = 0
        async for text in feed:
            told = json.loads(text)
            if told.get("op") == "err":
                raise OperatorError(f"the feed said {told}")
            cuts += told.get("op") == "cut"
            if cuts >= 3:
                break
    return f"checked: page with {len(linked)} files, feed with {cuts} cuts"


def _get(url: str) -> str:
    try:
        with urlopen(url, timeout=10) as answer:  # noqa: S310 - our own loopback address
            body: bytes = answer.read()
    except OSError as error:
        raise OperatorError(f"{url}: {error}") from error
    return body.decode()
