"""What a subscriber costs, and what a bad one costs the others: rows 10 and 11 of the targets.

Memory: resident memory of a server with idle subscribers less that with ten, for each of them; peers in turn.

One that stalls: 300 subscribers at 200 events a second of ten rows, without and with one more that subscribes and
then reads nothing. What the others' p99 becomes, how much memory the server takes for it (beside what it takes for its
ring of recent cuts in any case), and how soon the one has everything when it reads again.
"""

from __future__ import annotations

from functools import partial
from urllib.request import urlopen

import msgspec

from bench.figures import Figure, Report, figure_of, ratio_of, say
from bench.load.crowd import crowd, script_for
from bench.load.stalled import CaughtUp
from bench.machine import LOAD_CORE
from bench.peers.build import MissingError
from bench.peers.servers import FEED_PATH, PEERS, Target, ours
from bench.scale import pick
from bench.servers.process import Server

__all__ = ["measure"]

OURS = "the feed"
RATE = 200
METHOD = (
    "memory: resident with idle subscribers less resident with ten, for each; stalled: 300 subscribers at 200 events/s "
    "of ten rows, without and with one that reads nothing; medians of interleaved runs"
)


class _Status(msgspec.Struct):
    behind: int
    counts: dict[str, int]


class _Runs:
    def __init__(self) -> None:
        self.memory: dict[str, list[float]] = {}
        self.calm: list[float] = []
        self.stalled: list[float] = []
        self.ring: list[float] = []  # MiB taken without one that stalls
        self.grown: list[float] = []  # and with
        self.back: list[float] = []  # seconds
        self.missing: dict[str, None] = {}
        self.notes: list[str] = []


def measure() -> Report:
    """Measure; see the head of this file."""
    runs = _Runs()
    repeats = pick(1, 3, 5)
    for repeat in range(repeats):
        for name, start in ((OURS, ours), *PEERS.items()):
            say(f"memory of {name}, run {repeat + 1} of {repeats}")
            try:
                with start() as target:
                    runs.memory.setdefault(name, []).append(_memory(target))
            except MissingError as error:
                runs.missing[f"{name}: {error}"] = None
        say(f"one that stalls, run {repeat + 1} of {repeats}")
        try:
            with ours(rows=10) as target:
                _stall(target, runs)
        except MissingError as error:
            runs.missing[f"one that stalls: {error}"] = None
    runs.memory = {name: its for name, its in runs.memory.items() if its}
    if not runs.memory:
        raise MissingError(f"nothing can be measured: {'; '.join(runs.missing)}")
    return Report("subscribers", _figures(runs), METHOD, missing=list(runs.missing), notes=runs.notes)


def _memory(target: Target) -> float:
    """Return KiB for each idle subscriber."""
    many = pick(100, 2000, 5000)
    with crowd(target, 10) as few:
        few.hold(0.5)
        before = target.server.memory
        with crowd(target, many) as its:
            its.hold(1.0)
            return (target.server.memory - before) / many / 1024


def _status(target: Target) -> _Status:
    with urlopen(f"http://127.0.0.1:{target.feed}/v1/status", timeout=10) as answer:
        return msgspec.json.decode(answer.read(), type=_Status)


def _stall(target: Target, runs: _Runs) -> None:
    seconds = pick(2.0, 8.0, 20.0)
    with crowd(target, pick(50, 300, 300), script_for(target, pick(2_000, 12_000, 20_000), 0)) as its:
        before = target.server.memory
        calm = its.at_rate(RATE, seconds)
        runs.ring.append((target.server.memory - before) / 2**20)
        before = target.server.memory
        with Server.of("bench.load.stalled", target.feed, FEED_PATH, core=LOAD_CORE) as stalled:
            heard = its.at_rate(RATE, seconds)
            grown = target.server.memory - before
            status = _status(target)
            runs.calm.append(calm.times.at(99))
            runs.stalled.append(heard.times.at(99))
            runs.grown.append(grown / 2**20)
            stalled.send("read")  # while events go on, as it is only then that there is something to catch up with
            its.at_rate(RATE, 1.5, 0.1)
            back = msgspec.json.decode(stalled.hear(), type=CaughtUp)
    runs.back.append(back.seconds)
    runs.notes.append(
        f"stalled: calm {calm.times}; with one stalled {heard.times}; {status.behind} behind; back after "
        f"{back.seconds:.2f} s with {back.messages} messages, {back.bytes >> 10} KiB, {back.conflated} of them "
        f"conflated, {back.anew} resets"
    )


def _figures(runs: _Runs) -> list[Figure]:
    lower = partial(figure_of, better="lower")
    figures = []
    for name, its in runs.memory.items():
        goal = {"row": "10", "target": 16.0} if name == OURS else {}
        figures.append(lower(f"memory for an idle subscriber, {name}", "KiB", its, **goal))
    figures += ratio_of(
        "p99 of the others, one stalled / none", runs.stalled, runs.calm, row="11", target=1.2, better="lower"
    )
    if runs.back:
        figures.append(lower("memory taken while none stalls", "MiB", runs.ring))
        figures.append(lower("memory taken while one stalls", "MiB", runs.grown))
        figures.append(lower("one that reads again has everything after", "s", runs.back, row="11", target=1.0))
    return figures
