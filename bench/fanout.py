"""Fan-out to WebSocket subscribers: rows 1, 2 and 3 of the targets.

A server on one core, 1,000 subscribers and the publisher in one C program on the other, without TLS and compression.
What is published comes by TCP, a line an event; everybody gets everything. Ours is the whole feed of Podium (cut,
delta, hash, token, frame, throttle) over a view of 100 rows; its peers pass on payloads of the same size, made before.

- one event a write: the next event is published when all have the one before, so that nothing can be joined;
- saturated: 48 events are always on their way;
- open loop: events are due at fixed times, and a delivery counts from when its event was due;
- standings: each event changes all 100 rows.

Deliveries are counted where they arrive; what they cost is the processor time of the server. Servers take turns, and
ratios are those of one turn.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from bench.figures import Figure, Report, figure_of, ratio_of, say
from bench.load.crowd import Crowd, Heard, crowd, script_for
from bench.peers.build import MissingError
from bench.peers.servers import PEERS, Target, ours
from bench.scale import pick

__all__ = ["measure"]

OURS = "the feed"
NATS = "NATS over WebSocket"
RAW = "raw TCP in C"
PICOWS = "picows send()"
SINGLE = 320  # bytes of the message of our feed for one mark
STANDINGS = 7_500  # for 100 rows of rank, mark and gap
WINDOW = 48  # events on their way, below what a flush conflates
Start = Callable[[], AbstractContextManager[Target]]
METHOD = (
    "server on one core, 1,000 subscribers and the publisher in C on the other, loopback, no TLS, no compression; "
    f"deliveries per second of the server's processor time; messages of about {SINGLE} bytes; open loop: from when an "
    "event was due, HdrHistogram; medians of interleaved runs, ratios within one turn"
)


class _Runs:
    """By quantity and server what the runs have shown."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, list[float]]] = {}
        self.missing: dict[str, None] = {}
        self.notes: list[str] = []

    def add(self, quantity: str, server: str, value: float) -> None:
        """Add the value of a run."""
        self.found.setdefault(quantity, {}).setdefault(server, []).append(value)

    def of(self, quantity: str, server: str) -> list[float]:
        """Return the values of all runs."""
        return self.found.get(quantity, {}).get(server, [])


def measure() -> Report:
    """Measure; see the head of this file."""
    runs = _Runs()
    repeats = pick(1, 3, 5)
    for repeat in range(repeats):
        for name, start in _starts(ours):
            say(f"{name}, run {repeat + 1} of {repeats}")
            _try(runs, name, start, SINGLE, partial(_single, runs, name))
        _try(runs, OURS, partial(ours, 0.0), SINGLE, partial(_one_a_write, runs, OURS))
        for name, start in _starts(partial(ours, rows=100)):
            _try(runs, name, start, STANDINGS, partial(_standings, runs, name))
    if not runs.of("saturated", OURS):
        raise MissingError(f"nothing can be measured: {'; '.join(runs.missing)}")
    return Report("fanout", _figures(runs), METHOD, missing=list(runs.missing), notes=runs.notes)


def _starts(own: Start) -> list[tuple[str, Start]]:
    return [(OURS, own), *PEERS.items()]


def _try(runs: _Runs, name: str, start: Start, size: int, work: Callable[[Crowd], None]) -> None:
    try:
        with start() as target, crowd(target, pick(50, 1000, 1000), script_for(target, _events(size), size)) as its:
            work(its)
    except MissingError as error:
        runs.missing[f"{name}: {error}"] = None


def _events(size: int) -> int:
    return pick(20_000, 60_000, 120_000) if size == SINGLE else pick(1_000, 6_000, 10_000)


def _single(runs: _Runs, name: str, its: Crowd) -> None:
    if name != OURS:  # ours would wait for its throttle between two events
        _one_a_write(runs, name, its)
    heard = its.with_window(WINDOW, pick(0.3, 2.0, 5.0), pick(0.1, 0.5, 1.0))
    runs.add("saturated", name, heard.per_cpu)
    _complain(runs, name, heard)
    for rate in (200, 1000):
        if rate == 200 or name in (OURS, NATS):  # the others cannot do a million deliveries a second
            heard = its.at_rate(rate, pick(0.5, 4.0, 10.0), pick(0.2, 1.0, 2.0))
            runs.add(f"p99 at {rate}", name, heard.times.at(99))
            runs.add(f"cores at {rate}", name, heard.cores)
            runs.notes.append(f"{name}, {rate} events/s: {heard.times}, {heard.cores:.2f} core")
            _complain(runs, name, heard)


def _one_a_write(runs: _Runs, name: str, its: Crowd) -> None:
    heard = its.with_window(1, pick(0.3, 2.0, 5.0), pick(0.1, 0.5, 1.0))
    runs.add("one", name, heard.per_cpu)
    _complain(runs, name, heard)


def _standings(runs: _Runs, name: str, its: Crowd) -> None:
    heard = its.with_window(4, pick(0.3, 1.5, 4.0), pick(0.1, 0.5, 1.0))
    runs.add("standings", name, heard.per_cpu)
    _complain(runs, name, heard)


def _complain(runs: _Runs, name: str, heard: Heard) -> None:
    told = heard.told
    if told.missing or told.stuck:
        runs.notes.append(f"{name}: {told.missing} deliveries had not come 5 s after the end, {told.stuck} times stuck")


def _figures(runs: _Runs) -> list[Figure]:
    quantities = [
        ("saturated", "saturated", "deliveries/s", "higher"),
        ("one", "one event a write", "deliveries/s", "higher"),
        ("standings", "standings of 100 rows", "deliveries/s", "higher"),
        ("p99 at 200", "p99 at 200 events/s", "ms", "lower"),
        ("cores at 200", "processor at 200 events/s", "core", "lower"),
        ("p99 at 1000", "p99 at 1,000 events/s", "ms", "lower"),
        ("cores at 1000", "processor at 1,000 events/s", "core", "lower"),
    ]
    figures = []
    for key, title, unit, better in quantities:
        for server, its in runs.found.get(key, {}).items():
            goal = {"row": "3", "target": 0.8} if server == OURS and unit == "core" else {}
            figures.append(figure_of(f"{title}, {server}", unit, its, better=better, **goal))
        figures += _ratios(runs, key, title)
    return figures


def _ratios(runs: _Runs, key: str, title: str) -> list[Figure]:
    """Return the figures that the targets are about."""
    targets = {
        "one": [(RAW, "1", 0.75, "higher"), (PICOWS, "1", 0.95, "higher")],
        "saturated": [(NATS, "2", 2.0, "higher")],
        "p99 at 200": [(NATS, "3", 0.7, "lower")],
        "p99 at 1000": [(NATS, "3", 0.7, "lower")],
    }
    return [
        figure
        for peer, row, target, better in targets.get(key, [])
        for figure in ratio_of(
            f"{title}: {OURS} / {peer}", runs.of(key, OURS), runs.of(key, peer), row=row, target=target, better=better
        )
    ]
