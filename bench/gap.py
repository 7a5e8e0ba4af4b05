"""How long subscribers see nothing where a set of workers is lost: with one set, and with another one beside it.

A broker, an edge and the workers in processes of their own on this machine, with their settings as they come; a gateway
in this process. Two disciplines, each in a partition of its own, change a mark 25 times a second, open loop. One
subscriber at the edge notes when it first sees each mark, counted from when the message was due. Every few seconds all
workers of set ``a`` are killed (SIGKILL) at once, at moments that a seed draws, and started again at once, as a
supervisor would; with two sets, ``b`` is left alone. The gap is the longest that any mark took to show.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import msgspec
import uvloop
from websockets.asyncio.client import connect

from bench.figures import Figure, Report, figure_of, say
from bench.games import wall_clock
from bench.machine import let_go, prefer
from bench.scale import pick
from bench.times import Times
from engine import about, broker
from engine.about import About
from engine.gateway import Gateway
from engine.kafka_log import KafkaLog
from engine.raw import RAW
from engine.shares import SHARES
from engine.stages import EVENTS
from schemas.layout import Layout, Spread

__all__ = ["measure"]

UNITS = {
    "SWM.timing": "SWMM100MFR------------FNL-000100--",
    "ATH.timing": "ATHM100M--------------FNL-000100--",
}
EVERY = 0.04  # seconds between two marks of a discipline
BETWEEN = 15.0  # seconds from one kill to the next, on the mean
WORKERS = 2  # a set
METHOD = (
    "broker, edge and two workers a set as processes with their own settings (session 6 s), 50 messages/s, open loop; "
    "all workers of one set killed at once and started again at once; from due to seen by a subscriber at the edge"
)


class Watch:
    """What a subscriber has seen of marks, and how late."""

    def __init__(self) -> None:
        self.times = Times()
        self.due: dict[str, list[float]] = {source: [] for source in UNITS}
        self.seen = dict.fromkeys(UNITS, 0)

    def see(self, source: str, number: int) -> None:
        """Note that a mark is shown, and with it all before it."""
        now = time.perf_counter()
        for due in self.due[source][self.seen[source] : number]:
            self.times.record(now - due)
        self.seen[source] = max(self.seen[source], number)

    def forget(self) -> None:
        """Begin to measure, after a warm-up."""
        self.times = Times()

    @property
    def waiting(self) -> int:
        """Marks that are due and not seen."""
        return sum(len(due) - self.seen[source] for source, due in self.due.items())


@contextmanager
def _podium(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    with (folder / "notes.log").open("a") as notes:
        command = [sys.executable, "-m", "podium", *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=notes, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def _subscribe(port: int, watch: Watch) -> None:
    async with connect(f"ws://127.0.0.1:{port}/v1/feed", max_size=None, compression=None) as feed:
        await feed.send(msgspec.json.encode({"op": "hello", "v": 1}).decode())
        views = [f"result/{unit}" for unit in UNITS.values()]
        await feed.send(msgspec.json.encode({"op": "sub", "id": 1, "views": views}).decode())
        async for text in feed:
            told = msgspec.json.decode(text)
            for source, unit in UNITS.items():
                view = told.get("views", {}).get(f"result/{unit}", {})
                row = (view.get("up") or view.get("rows") or {}).get("7", {})
                if "mark" in row:
                    watch.see(source, int(row["mark"].partition(".")[2]))


async def _send(gateway: Gateway, watch: Watch) -> None:
    begin, number = time.perf_counter(), 0
    while True:
        number += 1
        for source in UNITS:
            watch.due[source].append(begin + number * EVERY)
        if (wait := begin + number * EVERY - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        for source, unit in UNITS.items():
            said = {"kind": "finish", "at": number, "unit": unit, "subject": "7", "mark": f"46.{number:09}"}
            gateway.offer(source, "gap", number, msgspec.json.encode(said))


async def _settled(watch: Watch) -> None:
    """Wait until everything runs, and what came meanwhile is seen."""
    await asyncio.sleep(5)
    async with asyncio.timeout(120):
        while watch.waiting > 2 * len(UNITS):  # noqa: ASYNC110 - the subscriber is another task
            await asyncio.sleep(0.02)


async def _run(address: str, sets: str, kills: int) -> tuple[Times, Times]:
    """Return how long marks took without harm, and with it."""
    spread, dice = Spread(2, {"SWM": 0, "ATH": 1}), random.Random(7)
    raw = Spread(2, {"SWM.timing": 0, "ATH.timing": 1})
    url = f"kafka://{address}/{uuid4().hex[:8]}"
    KafkaLog.open(url, layout=Layout({RAW: raw, EVENTS: spread, SHARES: Spread(2)})).close_now()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="podium-bench-")))
        log = stack.enter_context(KafkaLog.open(url))
        await asyncio.to_thread(about.write, log, About(), 0)
        crews = {name: stack.enter_context(ExitStack()) for name in sets}

        def start(name: str) -> list[subprocess.Popen[str]]:
            words = ("worker", "--log", url, "--set", name)
            return [crews[name].enter_context(_podium(folder, *words)) for _ in range(WORKERS)]

        crew = {name: start(name) for name in sets}
        edge = stack.enter_context(_podium(folder, "edge", "--log", url, "--port", "0"))
        assert edge.stdout
        found = re.search(r"http://\S+:(\d+)", await asyncio.to_thread(edge.stdout.readline))
        assert found, (folder / "notes.log").read_text()
        gateway, watch = Gateway(log, wall_clock), Watch()
        tasks = [asyncio.create_task(_subscribe(int(found[1]), watch)), asyncio.create_task(_send(gateway, watch))]
        await _settled(watch)
        watch.forget()
        await asyncio.sleep(pick(3, 15, 60))
        calm = watch.times
        watch.forget()
        for _ in range(kills):
            await asyncio.sleep(BETWEEN * dice.uniform(0.75, 1.25))
            for worker in crew["a"]:
                worker.kill()
            crew["a"] = start("a")
        await asyncio.sleep(BETWEEN)
        tasks[1].cancel()
        await _settled(watch)
        tasks[0].cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await gateway.close()
        return calm, watch.times


def measure() -> Report:
    """Measure; see the head of this file."""
    let_go()  # its processes are as many as there are in a Games
    prefer(os.getpid())
    figures: list[Figure] = []
    notes = []
    with TemporaryDirectory(prefix="podium-bench-") as folder:
        started = broker.start(Path(folder), say=say)
        for node in started.nodes:
            prefer(node.pid)
        try:
            for sets, name in (("ab", "two sets"), ("a", "one set")):
                say(f"{name}: one of them is killed")
                calm, harmed = uvloop.run(_run(started.address, sets, pick(1, 3, 12)))
                figures += [
                    figure_of(f"{name}, longest gap", "ms", [harmed.longest], better="lower"),
                    figure_of(f"{name}, longest without harm", "ms", [calm.longest], better="lower"),
                ]
                notes += [f"{name}, with harm: {harmed}", f"{name}, without: {calm}"]
        finally:
            broker.stop(Path(folder))
    return Report("gap", figures, METHOD, notes=notes)
