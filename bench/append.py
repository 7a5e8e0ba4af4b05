"""Durable ingest: row 7 of the targets.

A gateway with its doors over an SQLite log, alone in a process on one core; twenty venues on the other, each on a TCP
connection of its own, messages of 300 bytes made before:

- pipelined: every venue sends as fast as it is taken; messages per second until the last is acknowledged, and so
  durable;
- open loop: 5,000 messages a second, due at fixed times whatever comes back; the time from when a message was due to
  its acknowledgement, by HdrHistogram;
- HTTP: twenty venues push, each one message at a time, on connections that stay open.

Beside it, in the same run, what the storage allows: a plain file with fdatasync, SQLite by itself and the log, each in
batches of 100; one fdatasync by itself; and the open loop over memory (/dev/shm), where a sync costs nothing, so that
what is left is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.child import ask
from bench.figures import Figure, Report, figure_of, say
from bench.load.sender import Sent
from bench.machine import LOAD_CORE
from bench.scale import pick
from bench.servers.process import Server

__all__ = ["measure"]

SOURCES = 20
RATE = 5_000  # messages a second in the open loop
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
PEERS = {
    "plain file with fdatasync, batches of 100": "file",
    "SQLite by itself, batches of 100": "sqlite",
    "the log without a gateway, batches of 100": "log",
}
METHOD = (
    f"gateway and log in one process on one core, {SOURCES} venues on the other, TCP lines, 300 bytes a message; "
    f"open loop at {RATE}/s, from when a message was due to its acknowledgement, HdrHistogram; medians"
)


class _Runs:
    """What the runs have shown."""

    def __init__(self) -> None:
        self.pipelined: list[float] = []
        self.busy: list[float] = []  # messages per second of processor time
        self.p50: list[float] = []
        self.p99: list[float] = []
        self.p99_memory: list[float] = []
        self.sync: list[float] = []  # ms
        self.http: list[float] = []
        self.http_p99: list[float] = []
        self.notes: list[str] = []
        self.peers: dict[str, list[float]] = {name: [] for name in PEERS}


def measure() -> Report:
    """Measure; see the head of this file."""
    runs = _Runs()
    repeats = pick(1, 3, 5)
    for repeat in range(repeats):
        say(f"gateway, run {repeat + 1} of {repeats}")
        with TemporaryDirectory(prefix="podium-bench-") as folder:
            _with_gateway(Path(folder), lambda server: _pipelined(server, runs))
            _with_gateway(Path(folder), lambda server: _open_loop(server, runs))
            runs.sync.append(1000 / ask("bench.peers.plain_append", "file", 1, pick(0.3, 1.0, 2.0), answer=float))
            _with_gateway(Path(folder), lambda server: _http(server, runs))
        if MEMORY.is_dir():
            with TemporaryDirectory(prefix="podium-bench-", dir=MEMORY) as folder:
                _with_gateway(Path(folder), lambda server: _in_memory(server, runs))
        for name, way in PEERS.items():
            runs.peers[name].append(ask("bench.peers.plain_append", way, 100, pick(0.3, 2.0, 3.0), answer=float))
    return Report("append", _figures(runs), METHOD, notes=runs.notes)


def _with_gateway(folder: Path, work: Callable[[Server], None]) -> None:
    for old in folder.iterdir():
        old.unlink()
    with Server.of("bench.servers.gateway", folder / "log.db") as server:
        work(server)


def _send(server: Server, how: str, *more: object) -> Sent:
    return ask(
        "bench.load.sender", server.said["http" if how == "push" else "lines"], how, *more, answer=Sent, core=LOAD_CORE
    )


def _pipelined(server: Server, runs: _Runs) -> None:
    warm, each = pick((50, 200), (1_000, 10_000), (1_000, 20_000))
    sent = _send(server, "pipelined", SOURCES, warm, each, server.pid)
    runs.pipelined.append(sent.rate)
    runs.busy.append(sent.rate_of_cpu)


def _open_loop(server: Server, runs: _Runs) -> None:
    sent = _send(server, "rate", SOURCES, RATE, pick(1.0, 10.0, 30.0))
    _note(runs, "acknowledged", sent)
    runs.p50.append(sent.p50)
    runs.p99.append(sent.p99)


def _in_memory(server: Server, runs: _Runs) -> None:
    sent = _send(server, "rate", SOURCES, RATE, pick(1.0, 10.0, 30.0))
    _note(runs, "acknowledged, log in memory", sent)
    runs.p99_memory.append(sent.p99)


def _http(server: Server, runs: _Runs) -> None:
    sent = _send(server, "push", SOURCES, pick(0.5, 5.0, 10.0))
    _note(runs, "pushed by HTTP", sent)
    runs.http.append(sent.rate)
    runs.http_p99.append(sent.p99)


def _note(runs: _Runs, what: str, sent: Sent) -> None:
    runs.notes.append(f"{what}, run {len(runs.peers[next(iter(PEERS))]) + 1}: {sent.times}")


def _figures(runs: _Runs) -> list[Figure]:
    unit = "messages/s"
    return [
        figure_of("gateway, TCP door, pipelined", unit, runs.pipelined, row="7", target=50_000.0),
        figure_of("the same, of processor time", unit, runs.busy),
        figure_of(f"acknowledged at {RATE}/s, p50", "ms", runs.p50, better="lower"),
        figure_of(f"acknowledged at {RATE}/s, p99", "ms", runs.p99, better="lower", row="7", target=5.0),
        *(
            [figure_of(f"acknowledged at {RATE}/s, p99, log in memory", "ms", runs.p99_memory, better="lower")]
            if runs.p99_memory
            else []
        ),
        figure_of("one write and fdatasync, mean", "ms", runs.sync, better="lower"),
        figure_of("gateway, HTTP door, one at a time a venue", unit, runs.http),
        figure_of("pushed by HTTP, p99", "ms", runs.http_p99, better="lower"),
        *(figure_of(name, unit, its) for name, its in runs.peers.items()),
    ]
