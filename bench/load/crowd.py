"""A crowd of subscribers and the publishers that they wait for: ``subscribers.c``, driven from here."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bench.event import BASE
from bench.machine import LOAD_CORE
from bench.peers.build import compile_c
from bench.peers.servers import Target
from bench.servers.process import Server
from bench.times import Times

__all__ = ["Crowd", "Heard", "Script", "Told", "crowd", "payload", "script_for"]


class Told(msgspec.Struct):
    """What the load generator tells at the end."""

    seconds: float
    events: int
    deliveries: int
    conflated: int  # deliveries that were in a message of several cuts
    missing: int  # deliveries that never came
    stuck: int
    bytes: int
    cpu: float  # seconds of the server
    own_cpu: float  # seconds of the subscribers
    began: float  # wall clock, seconds since 1970
    outliers: list[tuple[int, float, float]]  # event, seconds from the beginning, ms until the last subscriber had it


class Heard:
    """What subscribers heard in a while."""

    def __init__(self, told: Told, times: Times) -> None:
        self.told = told
        self.times = times  # from when an event was due to each delivery

    @property
    def per_cpu(self) -> float:
        """Deliveries per processor second of the server."""
        return self.told.deliveries / self.told.cpu if self.told.cpu else 0.0

    @property
    def cores(self) -> float:
        """How much of a core the server took."""
        return self.told.cpu / self.told.seconds


class Script(msgspec.Struct):
    """What is published: by publisher what it says first, then the events in order."""

    hellos: list[bytes]
    events: Iterable[tuple[int, bytes]]  # publisher, bytes

    def write(self, path: Path) -> None:
        """Write it as ``subscribers.c`` reads it."""
        with path.open("wb") as file:
            file.write(struct.pack("<I", len(self.hellos)))
            for hello in self.hellos:
                file.write(struct.pack("<I", len(hello)) + hello)
            for publisher, data in self.events:
                file.write(struct.pack("<II", publisher, len(data)) + data)


class Crowd:
    """Subscribers that are connected."""

    def __init__(self, process: Server, folder: Path) -> None:
        self._process = process
        self._out = folder / "times"

    def at_rate(self, rate: float, seconds: float, warm_up: float = 1.0) -> Heard:
        """Publish in an open loop; return what was heard of the events after the warm-up."""
        return self._measure("rate", rate, seconds, warm_up)

    def with_window(self, window: int, seconds: float, warm_up: float = 1.0) -> Heard:
        """Publish so that a number of events is always on its way; return what was heard after the warm-up."""
        return self._measure("window", window, seconds, warm_up)

    def hold(self, seconds: float) -> None:
        """Only read for a while."""
        self._process.ask(f"hold {seconds}")

    def _measure(self, how: str, amount: float, seconds: float, warm_up: float) -> Heard:
        answer = self._process.ask(f"{how} {amount} {warm_up} {seconds} {self._out}")
        times = Times()
        for line in self._out.read_text().splitlines():
            us, count = line.split()
            times.record(int(us) / 1e6, int(count))
        return Heard(msgspec.json.decode(answer, type=Told), times)


@contextmanager
def crowd(target: Target, subscribers: int, script: Script | None = None) -> Iterator[Crowd]:
    """Connect subscribers, and publishers where there is a script; raises ``MissingError`` without a C compiler."""
    program = compile_c("subscribers")
    with TemporaryDirectory(prefix="podium-bench-") as text:
        folder = Path(text)
        sayings = folder / "sayings"
        sayings.write_bytes(b"".join(struct.pack("<BI", code, len(data)) + data for code, data in target.sayings))
        written: Path | str = "-"
        if script is not None:
            written = folder / "script"
            script.write(written)
        place = f"127.0.0.1:{target.feed}"
        words = [
            program,
            subscribers,
            target.kind,
            place,
            target.path,
            sayings,
            target.publish,
            written,
            target.server.pid,
        ]
        with Server(words, core=LOAD_CORE) as process:
            yield Crowd(process, folder)


def payload(event: int, size: int) -> bytes:
    """Return what is published as an event: as long, and in its beginning as, a message of our feed."""
    head = b'{"op":"cut","id":1,"cut":%d,"resume":"%032d","at":%d,"taken":1900000000000000,"views":"'
    filled = head % (event, event, BASE + event)
    return filled + b"x" * (size - len(filled) - 2) + b'"}'


def script_for(target: Target, events: int, size: int) -> Script:
    """Return a script of one publisher with payloads of a size."""
    return Script([target.hello], ((0, target.wrap(payload(event, size))) for event in range(events)))
