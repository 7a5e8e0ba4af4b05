"""How long subscribers see nothing where a set of workers is lost: with one set, and with another one beside it.

A broker, an edge and the workers in processes of their own on this machine, with their settings as they come; a gateway
in this process. Two disciplines, each in a partition of its own, change a mark 25 times a second, open loop. One
subscriber at the edge notes when it first sees each mark, counted from when the message was due, and how long it saw
none. With two sets these take turns, several times, for as many seconds each:

- both sets work;
- all workers of set ``a`` are killed (SIGKILL) at once, and are gone;
- they are started again, and begin to work;
- two processes load what a worker consists of, and do nothing: so much of the last is the processor's.

With one set nobody works while it is gone, so there it is killed and started again at once, as a supervisor would. The
gap is the longest that any mark of a turn took to show.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
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
TURN = 8.0  # seconds of a turn
LONG = 20.0  # seconds until one set that was killed is back, at most
WORKERS = 2  # a set
PODIUM = ("-m", "podium")
CALM, GONE, BACK, OTHERS = "no harm", "killed and gone", "started again", "two load the same and do nothing"
METHOD = (
    "broker, edge and two workers a set as processes with their own settings (session 6 s), 50 messages/s, a pause of "
    f"{EVERY * 1000:.0f} ms between two of a discipline, open loop; turns of {TURN:.0f} s, all workers of one set "
    "killed at once; the longest from due to seen by a subscriber at the edge"
)


class Turn:
    """What a subscriber saw in all turns of a kind."""

    def __init__(self) -> None:
        self.times = Times()  # from due to seen
        self.pause = 0.0  # the longest between two marks that were seen, seconds


class Watch:
    """What a subscriber has seen of marks, and how late."""

    def __init__(self) -> None:
        self.turns: dict[str, Turn] = {}
        self.turn = Turn()  # a warm-up
        self.last = 0.0  # when a mark was last seen
        self.due: dict[str, list[float]] = {source: [] for source in UNITS}
        self.seen = dict.fromkeys(UNITS, 0)

    def see(self, source: str, number: int) -> None:
        """Note that a mark is shown, and with it all before it."""
        now = time.perf_counter()
        for due in self.due[source][self.seen[source] : number]:
            self.turn.times.record(now - due)
        self.seen[source] = max(self.seen[source], number)
        self.turn.pause = max(self.turn.pause, now - (self.last or now))
        self.last = now

    async def watch(self, name: str, seconds: float) -> None:
        """See a turn of a kind out, and what was due in it."""
        self.turn = self.turns.setdefault(name, Turn())
        await asyncio.sleep(seconds)
        behind = {source: len(due) for source, due in self.due.items()}
        async with asyncio.timeout(120):
            while any(self.seen[source] < number for source, number in behind.items()):  # noqa: ASYNC110 - of another task
                await asyncio.sleep(0.02)

    @property
    def waiting(self) -> int:
        """Marks that are due and not seen."""
        return sum(len(due) - self.seen[source] for source, due in self.due.items())


@contextmanager
def _ready(folder: Path, *command: str) -> Iterator[subprocess.Popen[str]]:
    """Have a process begin as another one, once it is told: to start one holds this process, and its clock."""
    shell = ["sh", "-c", 'read go && exec "$0" "$@"', sys.executable, *command]
    with (folder / "notes.log").open("a") as notes:
        process = subprocess.Popen(shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=notes, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _go(processes: Iterable[subprocess.Popen[str]]) -> None:
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()


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


async def _run(address: str, sets: str, turns: int) -> dict[str, Turn]:
    """Return what a subscriber saw, by the kind of turn."""
    spread = Spread(2, {"SWM": 0, "ATH": 1})
    raw = Spread(2, {"SWM.timing": 0, "ATH.timing": 1})
    url = f"kafka://{address}/{uuid4().hex[:8]}"
    KafkaLog.open(url, layout=Layout({RAW: raw, EVENTS: spread, SHARES: Spread(2)})).close_now()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="podium-bench-")))
        log = stack.enter_context(KafkaLog.open(url))
        await asyncio.to_thread(about.write, log, About(), 0)

        def ready(*command: str) -> list[subprocess.Popen[str]]:
            return [stack.enter_context(_ready(folder, *command)) for _ in range(WORKERS)]

        crews = {name: [ready(*PODIUM, "worker", "--log", url, "--set", name)] for name in sets}
        crews["a"] += [ready(*PODIUM, "worker", "--log", url, "--set", "a") for _ in range(turns)]
        others = [ready("-c", "import podium.working") for _ in range(turns)]
        edge = stack.enter_context(_ready(folder, *PODIUM, "edge", "--log", url, "--port", "0"))
        _go([edge, *(one for crew in crews.values() for one in crew[0])])
        assert edge.stdout
        found = re.search(r"http://\S+:(\d+)", await asyncio.to_thread(edge.stdout.readline))
        assert found, (folder / "notes.log").read_text()
        gateway, watch = Gateway(log, wall_clock), Watch()
        tasks = [asyncio.create_task(_subscribe(int(found[1]), watch)), asyncio.create_task(_send(gateway, watch))]
        await _settled(watch)
        for number in range(turns):
            await watch.watch(CALM, TURN)
            for worker in crews["a"][number]:
                worker.kill()
            if len(sets) > 1:
                await watch.watch(GONE, TURN)
            _go(crews["a"][number + 1])
            await watch.watch(BACK, TURN if len(sets) > 1 else LONG)
            if len(sets) > 1:
                _go(others[number])
                await watch.watch(OTHERS, TURN)
        for task in reversed(tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await gateway.close()
        return watch.turns


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
                for kind, turn in uvloop.run(_run(started.address, sets, pick(1, 3, 10))).items():
                    figures.append(figure_of(f"{name}, {kind}", "ms", [turn.times.longest], better="lower"))
                    notes.append(f"{name}, {kind}: {turn.times}; longest pause {turn.pause * 1000:.0f} ms")
        finally:
            broker.stop(Path(folder))
    return Report("gap", figures, METHOD, notes=notes)
