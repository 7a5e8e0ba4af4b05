"""Workers and edges over a log in Kafka: rows 5 and 8 of the targets.

A broker of its own on the same machine; the synthetic Games (seed 7), spread over four partitions. Each run is a
process of its own on one core, the broker on the other:

- one, two and four workers: as ``bench/sharing.py`` has it;
- one worker: all of ``venue.raw`` decoded and folded into ``games.feed``, from the first record read to the last append
  acknowledged, and by its processor time;
- one edge: all of ``games.feed`` folded into views: what one ordered partition allows;
- embedded: the same messages by ``Host.catch_up`` over an SQLite log, in the same run;
- the way: 200 messages a second, open loop, from the offer to the gateway to the cut at an edge, both in this process,
  one worker in another; and in turn with it the same messages embedded, from the offer to the cut, over an SQLite log.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import uvloop

from bench.child import ask
from bench.figures import Figure, Report, figure_of, ratio_of, say
from bench.fold_once import Refold
from bench.games import GamesScale, host_over, messages_of, wall_clock, write_log
from bench.scale import pick
from bench.sharing import Shared, share
from bench.times import Times
from bench.workers_once import Worked
from engine import about, broker
from engine.about import About
from engine.edge import Edge
from engine.gateway import Gateway
from engine.host import Host
from engine.kafka_log import KafkaLog
from engine.raw import RAW, Raw, record_of
from engine.shares import SHARES
from engine.sqlite_log import SqliteLog
from engine.stages import EVENTS
from projections.games import GamesFold
from replay.synth import synthesise
from schemas.layout import Layout, Spread

__all__ = ["broker_of_its_own", "load", "measure", "spread"]

WIDE = Spread(4)
RATE = 200  # messages a second
METHOD = (
    "Apache Kafka on the same machine, one broker that syncs every append; synthetic Games (seed 7) over four "
    "partitions; one process a run, pinned; medians of the runs"
)


@contextmanager
def broker_of_its_own() -> Iterator[str]:
    """Yield the address of a broker: the one that PODIUM_KAFKA names, or one that is started."""
    if named := os.environ.get("PODIUM_KAFKA"):
        yield named
        return
    with TemporaryDirectory(prefix="podium-bench-") as folder:
        started = broker.start(Path(folder), say=say)
        try:
            yield started.address
        finally:
            broker.stop(Path(folder))


def spread(address: str, *, shares: bool = False) -> str:
    """Make a log and return its URL; with ``shares`` it is one for groups of workers."""
    url = f"kafka://{address}/{uuid4().hex}"
    wide = (RAW, EVENTS, SHARES) if shares else (RAW, EVENTS)
    KafkaLog.open(url, layout=Layout(dict.fromkeys(wide, WIDE))).close_now()
    return url


def say_what(url: str, scale: GamesScale) -> None:
    """Have a log say which Games it holds."""
    with KafkaLog.open(url) as log:
        about.write(log, About(synthesise(7, scale)[0].games, "replay"), 0)


def load(url: str, scale: GamesScale) -> int:
    """Store the synthetic Games in a log; return how many messages that are."""
    header, messages = synthesise(7, scale)
    with KafkaLog.open(url) as log:
        about.write(log, About(header.games, "replay"), 0)
        batch, count = [], 0
        for one in messages:
            batch.append(record_of(Raw(one.source, one.session, one.serial, one.at, one.time, one.data)))
            count += 1
            if len(batch) == 2000:
                log.append_now(batch)
                batch = []
        log.append_now(batch)
    return count


def measure() -> Report:
    """Measure; see the head of this file."""
    scale: GamesScale = pick("small", "day", "day")
    workers: list[Worked] = []
    edges: list[Worked] = []
    embedded: list[Refold] = []
    with broker_of_its_own() as address, TemporaryDirectory(prefix="podium-bench-") as folder:
        path = Path(folder) / "games.db"
        count = write_log(path, scale)
        for repeat in range(pick(1, 3, 3)):
            say(f"one worker, run {repeat + 1}")
            url = spread(address)
            stored = load(url, scale)
            workers.append(ask("bench.workers_once", "worker", url, answer=Worked))
            edges.append(ask("bench.workers_once", "edge", url, answer=Worked))
            embedded.append(ask("bench.fold_once", path, "cuts", answer=Refold))
        shared = _share(address, scale)
        ways: list[Times] = []
        embedded_ways: list[Times] = []
        for repeat in range(pick(1, 2, 3)):
            say(f"the way at 200 messages a second, run {repeat + 1}")
            ways.append(uvloop.run(_way(spread(address), pick(5, 30, 120))))
            embedded_ways.append(uvloop.run(_embedded_way(Path(folder) / f"way-{repeat}.db", pick(5, 30, 120))))
    same = len({one.digest for one in edges}) == 1
    return Report(
        "workers",
        [*_figures(workers, edges, embedded, stored), *_of_shares(shared), *_times(ways, embedded_ways)],
        f"{METHOD}; {count} messages ({scale})",
        notes=[
            *(f"the way through Kafka: {way}" for way in ways),
            *(f"the way embedded: {way}" for way in embedded_ways),
            *(f"{one.workers} workers did {', '.join(f'{part:.0%}' for part in one.parts)}" for one in shared),
            *([] if same else ["THE DIGESTS DIFFER"]),
        ],
    )


def _share(address: str, scale: GamesScale) -> list[Shared]:
    """Return what one, two and four workers took."""
    shared = []
    for _ in range(pick(1, 2, 3)):
        for count in pick((2,), (1, 2, 4), (1, 2, 4)):
            say(f"{count} workers of a set")
            url = spread(address, shares=True)
            say_what(url, scale)
            shared.append(share(url, count, partial(load, url, scale)))
    return shared


def _of_shares(shared: list[Shared]) -> list[Figure]:
    lower = partial(figure_of, better="lower")
    figures = []
    for count in sorted({one.workers for one in shared}):
        its = [one for one in shared if one.workers == count]
        name = f"{count} {'worker' if count == 1 else 'workers'} of a set"
        figures += [
            lower(f"{name}, processor time", "us a message", (1e6 * one.cpu / one.messages for one in its)),
            lower(f"{name}, the largest share", "of the messages", (one.parts[0] for one in its)),
        ]
    return figures


def _figures(workers: list[Worked], edges: list[Worked], embedded: list[Refold], count: int) -> list[Figure]:
    unit = "messages/s"
    return [
        figure_of("one worker", unit, (count / one.wall for one in workers), row="8", target=10_000.0),
        figure_of("one worker, by its processor time", unit, (count / one.cpu for one in workers)),
        figure_of("one edge", unit, (count / one.wall for one in edges)),
        figure_of("one edge, cuts", "cuts/s", (one.cuts / one.wall for one in edges)),
        figure_of("embedded", unit, (one.messages / one.wall for one in embedded)),
        figure_of("memory of a worker", "MiB", (one.memory / 2**20 for one in workers), better="lower"),
        figure_of("memory of an edge", "MiB", (one.memory / 2**20 for one in edges), better="lower"),
    ]


def _times(ways: list[Times], embedded: list[Times]) -> list[Figure]:
    lower = partial(figure_of, better="lower")
    ours, theirs = [one.at(99) for one in ways], [one.at(99) for one in embedded]
    return [
        lower("the way through Kafka and Faust, p50", "ms", [one.at(50) for one in ways]),
        lower("the way through Kafka and Faust, p99", "ms", ours, row="5", target=100.0),
        lower("the way embedded, p50", "ms", [one.at(50) for one in embedded]),
        lower("the way embedded, p99", "ms", theirs),
        *ratio_of("the way through Kafka / embedded, p99", ours, theirs, better="lower"),
    ]


async def _way(url: str, seconds: int) -> Times:
    """Offer messages when they are due and note when the cut of each is there."""
    async with KafkaLog.open(url) as log:
        header, _ = synthesise(7, "small")
        await asyncio.to_thread(about.write, log, About(header.games, "replay"), 0)
        gateway = Gateway(log, wall_clock, games=header.games)
        command = [sys.executable, "-m", "bench.workers_once", "worker", url]
        worker = await asyncio.to_thread(subprocess.Popen, command, stdout=subprocess.DEVNULL)
        times = await _offer(gateway, Edge(log, GamesFold, "bench"), seconds)
        worker.kill()
        await asyncio.to_thread(worker.wait)
    return times


async def _embedded_way(path: Path, seconds: int) -> Times:
    """Do the same with the log in a file, and all of it in this process."""
    header, _ = synthesise(7, "small")
    with SqliteLog.open(path) as log:
        about.write(log, About(header.games, "replay"), 0)
        return await _offer(Gateway(log, wall_clock, games=header.games), host_over(log), seconds)


async def _offer(gateway: Gateway, host: Host, seconds: int) -> Times:
    times = Times()
    due: dict[str, float] = {}
    following = asyncio.create_task(host.run())
    warm = 2 * RATE  # the first seconds of a producer are slow
    host.listen(lambda cut, _: _note(times, due.pop(cut.because[0], None)))
    begin = time.perf_counter() + 1
    serials: dict[str, int] = {}
    for number, one in zip(range(seconds * RATE + warm), messages_of("small"), strict=False):
        at = begin + number / RATE
        if (wait := at - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        serial = serials[one.source] = serials.get(one.source, 0) + 1
        if number >= warm:
            due[f"{one.source}/way/{serial}"] = at
        gateway.offer(one.source, "way", serial, one.data)
    await asyncio.sleep(3)
    following.cancel()
    await gateway.close()
    return times


def _note(times: Times, due: float | None) -> None:
    if due is not None:
        times.record(time.perf_counter() - due)
