"""From a venue's bytes to a thousand subscribers: row 4 of the targets.

A real ``podium serve`` on one core: venue lines by TCP, durable in the log, acknowledged, folded, fanned out. On the
other core 1,000 subscribers to all results, and the venues of the synthetic Games, who send 200 messages a second that
subscribers hear of (and those between that they do not). Open loop: a delivery counts from when its message was due.

Beside it, in turn, the same cuts through the feed alone, made before: no gateway, no log, no fold. And the whole way
with the log in memory (/dev/shm), where a sync costs nothing: the difference is the storage's.

Messages that took a subscriber more than 0.3 s are listed, with how late the loop was in that second, what the
collector did, and how much the hypervisor took.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import mix, watched
from bench.event import BASE
from bench.figures import Figure, Report, figure_of, ratio_of, say
from bench.games import GamesScale, wall_clock
from bench.load.crowd import Heard, Script, crowd
from bench.machine import stolen
from bench.mix import Mix
from bench.peers.servers import FEED_PATH, Target, feed_sayings, free_port
from bench.scale import pick
from bench.servers.process import Server
from bench.watched import Seen
from engine import about
from engine.about import About
from engine.gateway import Gateway
from engine.sqlite_log import SqliteLog

__all__ = ["measure"]

RATE = 200  # events a second that subscribers hear of
WARM_UP = 3.0
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
METHOD = (
    "podium serve on one core, venues by TCP and 1,000 subscribers to result/** on the other; "
    f"{RATE} messages/s of the synthetic Games that change a result, and those between; open loop, from when a message "
    "was due to each delivery, HdrHistogram; beside it the same cuts through the feed alone"
)


class _Runs:
    def __init__(self) -> None:
        self.times: dict[str, list[Heard]] = {"path": [], "memory": [], "feed": []}
        self.notes: list[str] = []


def measure() -> Report:
    """Measure; see the head of this file."""
    seconds = pick(2.0, 15.0, 60.0)
    repeats = pick(1, 3, 3)
    long = pick(0.0, 0.0, 600.0)  # one run on top, for outliers
    scale: GamesScale = pick("small", "day", "full")
    say(f"folding the synthetic Games ({scale})")
    prepared = mix.prepare(scale, int((max(seconds, long) + WARM_UP + 5) * RATE * 2.5))
    runs = _Runs()
    with TemporaryDirectory(prefix="podium-bench-") as text:
        folder = Path(text)
        prepared.write_cuts(folder / "cuts")
        for repeat in range(repeats):
            say(f"the feed alone, then the whole way, run {repeat + 1} of {repeats}")
            runs.times["feed"].append(_feed_alone(folder, prepared, seconds))
            runs.times["path"].append(_whole_way(folder, prepared, seconds, runs.notes))
            if MEMORY.is_dir():
                with TemporaryDirectory(prefix="podium-bench-", dir=MEMORY) as in_memory:
                    runs.times["memory"].append(_whole_way(Path(in_memory), prepared, seconds, runs.notes))
        if long:
            say(f"the whole way for {long:.0f} s")
            heard = _whole_way(folder, prepared, long, runs.notes)
            runs.notes.append(f"{long:.0f} s: {heard.times}; {len(heard.told.outliers)} outliers")
    return Report("path", _figures(runs), METHOD, notes=runs.notes)


@contextmanager
def _served(folder: Path, prepared: Mix) -> Iterator[Target]:
    """Start ``podium serve`` over a log that holds what is known before."""
    for old in folder.glob("games.db*"):
        old.unlink()
    path = folder / "games.db"
    with SqliteLog.open(path) as log:
        about.write(log, About(prepared.games, "rehearsal"), wall_clock())
        Gateway(log, wall_clock, games=prepared.games).store(prepared.before)
    web, lines = free_port(), free_port()
    words = [sys.executable, "-m", "bench.watched", folder / "seen", "podium", "serve", "--log", path]
    with Server([*words, "--port", web, "--feed-in", lines], ready="podium: http") as server:
        yield Target(server, web, lines, path=FEED_PATH, sayings=feed_sayings("result/**"))


def _whole_way(folder: Path, prepared: Mix, seconds: float, notes: list[str]) -> Heard:
    hellos = [f"PODIUM/1 {source} {mix.SESSION}\n".encode() for source in prepared.sources]
    with _served(folder, prepared) as target, _Steal() as steal:
        with crowd(target, pick(50, 1000, 1000), Script(hellos, prepared.events)) as its:
            heard = its.at_rate(RATE / prepared.heard, seconds, WARM_UP)
        memory = target.server.memory
    told = heard.told
    notes.append(
        f"path{' (log in memory)' if folder.parent == MEMORY else ''}: {heard.times}, {heard.cores:.2f} core, "
        f"{memory >> 20} MiB, {told.bytes / max(1, told.deliveries):.0f} "
        f"bytes a delivery, {told.conflated} conflated, {told.missing} missing"
    )
    began = told.began  # what it was late by while a thousand subscribers connected is not of interest
    notes += _explain(heard, [one for one in watched.read(folder / "seen") if one[0] > began], steal.seconds)
    return heard


def _feed_alone(folder: Path, prepared: Mix, seconds: float) -> Heard:
    lines = ((source & mix.SILENT, b',"at":%d\n' % (BASE + n)) for n, (source, _) in enumerate(prepared.events))
    with Server.of("bench.servers.cuts", folder / "cuts") as server:
        target = Target(
            server,
            int(server.said["feed"]),
            int(server.said["publish"]),
            path=FEED_PATH,
            sayings=feed_sayings("result/**"),
        )
        with crowd(target, pick(50, 1000, 1000), Script([b""], lines)) as its:
            return its.at_rate(RATE / prepared.heard, seconds, WARM_UP)


class _Steal:
    """Notes once a second how much the hypervisor took."""

    def __init__(self) -> None:
        self.seconds: dict[int, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        before = stolen()
        while not self._stop.wait(1 - time.time() % 1):
            now = stolen()
            self.seconds[int(time.time()) - 1] = now - before
            before = now

    def __enter__(self) -> _Steal:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def _explain(heard: Heard, seen: list[Seen], steal: dict[int, float]) -> list[str]:
    """Return a line for each second with an outlier: what the loop, the collector and the hypervisor did in it."""
    by_second: dict[int, list[float]] = {}
    for _, due, late in heard.told.outliers:
        by_second.setdefault(int(heard.told.began + due), []).append(late)
    lines = []
    for second, its in sorted(by_second.items()):
        near = [(what, ms) for at, what, ms in seen if second - 1 <= at <= second + 2]
        loop = max((ms for what, ms in near if what == "loop"), default=0.0)
        collector = sum(ms for what, ms in near if what != "loop")
        lines.append(
            f"outliers in second {second - int(heard.told.began)}: {len(its)} messages, at most {max(its):.0f} ms; "
            f"loop late by {loop:.0f} ms, collector {collector:.0f} ms, steal {steal.get(second, 0.0):.2f} s"
        )
    worst = max(seen, key=lambda one: one[2], default=None)
    if worst:
        longest = max((ms for _, what, ms in seen if what != "loop"), default=0.0)
        lines.append(f"  the loop was late {len(seen)} times, worst {worst[1]} {worst[2]} ms; collector {longest} ms")
    return lines


def _figures(runs: _Runs) -> list[Figure]:
    path, feed = runs.times["path"], runs.times["feed"]
    lower = partial(figure_of, better="lower")
    ours, alone = [one.times.at(99) for one in path], [one.times.at(99) for one in feed]
    memory = [one.times.at(99) for one in runs.times["memory"]]
    return [
        lower("venue to subscribers, p99", "ms", ours),
        lower("the same cuts through the feed alone, p99", "ms", alone),
        *ratio_of("the way / the feed alone, p99", ours, alone, row="4", target=1.5, better="lower"),
        *([lower("venue to subscribers, log in memory, p99", "ms", memory)] if memory else []),
        *ratio_of("the way, log in memory / the feed alone, p99", memory, alone, better="lower"),
        lower("venue to subscribers, p50", "ms", [one.times.at(50) for one in path]),
        lower("venue to subscribers, p99.9", "ms", [one.times.at(99.9) for one in path]),
        lower("venue to subscribers, longest", "ms", [one.times.longest for one in path]),
        lower("processor, venue to subscribers", "core", [one.cores for one in path]),
        lower("processor, the feed alone", "core", [one.cores for one in feed]),
        lower("outliers over 0.3 s", "messages", [len(one.told.outliers) for one in path]),
    ]
