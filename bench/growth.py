"""Work per event as the Games grows from 1 x to 10 x: row 12 of the targets.

Contests that are all alike (an event of eight starters: entries, start list, splits, finishes, medals), folded one
after the other, every cut encoded and hashed for a subscriber to everything. After 20 contests, and after 200, the next
ten are looked at: how many functions are called for each message (exact, and the same on every machine), how many bytes
go out, and how much processor time it takes.
"""

from __future__ import annotations

import gc
import sys
import time
from types import FrameType

import msgspec

from bench.child import ask, tell
from bench.contests import CONTEST, contest, organisations
from bench.figures import Report, figure_of, ratio_of, say
from bench.games import fold_factory
from bench.nobody import Nobody
from bench.scale import pick
from bench.servers.feed import Listeners
from feeds.encoding import JSON
from feeds.fanout import frame
from feeds.hub import Hub
from feeds.patterns import decode
from schemas.cut import Cut
from schemas.games import DEFAULT_GAMES

__all__ = ["Work", "measure", "work_after"]

PROBE = 10  # contests
METHOD = (
    "contests that are all alike, folded and encoded for a subscriber to everything; of ten contests after 20 and "
    "after 200 others: functions called (exact), bytes sent and processor time for each message"
)


class Work(msgspec.Struct):
    """What a message costs."""

    calls: float
    size: float  # bytes sent
    rows: float  # changed
    us: float  # processor time


class _Games(Listeners):
    def __init__(self) -> None:
        super().__init__()
        self.fold = fold_factory(DEFAULT_GAMES)()
        self.nobody = Nobody()
        self.hub = Hub(self, framer=frame, key=b"bench", now=lambda: 0)
        self.hub.subscribe(self.nobody, JSON, 1, decode(["*/**"], most=1), now=0.0)
        self.listen(self.hub.take)
        self.rows = 0

    def take(self, source: str, session: str, serial: int, data: bytes) -> None:
        """Fold a message and send its cut."""
        self.fold.apply(source, session, serial, data)
        changes = self.fold.changes()
        if not changes:
            return
        self.rows += len(changes)
        number = self.views.cut + 1
        self.tell(Cut(number, number, (f"{source}/{session}/{serial}",), number, 0, changes))
        for _ in self.hub.flush(0.0):
            pass

    def hold(self, numbers: range) -> None:
        """Hold contests."""
        for number in numbers:
            for said in contest(number):
                self.take(*said)


def work_after(contests: int, *, counted: bool = True) -> Work:
    """Return what a message costs after so many contests; ``counted`` without processor time, which counting spoils."""
    games = _Games()
    for said in organisations():
        games.take(*said)
    games.hold(range(contests))
    coming = [said for number in range(contests, contests + PROBE) for said in contest(number)]
    gc.collect()
    gc.freeze()
    gc.disable()
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        if event.endswith("call"):
            calls += 1

    size, rows = games.nobody.size, games.rows
    if counted:
        sys.setprofile(count)
    began = time.process_time()
    try:
        for said in coming:
            games.take(*said)
    finally:
        sys.setprofile(None)
        gc.enable()
        gc.unfreeze()
    us = 0.0 if counted else (time.process_time() - began) * 1e6
    n = len(coming)
    return Work(calls / n, (games.nobody.size - size) / n, (games.rows - rows) / n, us / n)


def measure() -> Report:
    """Measure; see the head of this file."""
    small = pick(5, 20, 20)
    large = 10 * small
    counts: dict[int, Work] = {}
    times: dict[int, list[float]] = {}
    for contests in (small, large):
        say(f"counting the work after {contests} contests")
        counts[contests] = ask("bench.growth", contests, "counted", answer=Work)
        times[contests] = []
    for _ in range(pick(1, 5, 9)):
        for contests in (small, large):
            times[contests].append(ask("bench.growth", contests, "timed", answer=Work).us)
    few, many = counts[small], counts[large]
    limit = {"row": "12", "target": 1.1, "better": "lower"}
    return Report(
        "growth",
        [
            *ratio_of("functions called for a message, 10 x / 1 x", [many.calls], [few.calls], **limit),
            *ratio_of("processor time for a message, 10 x / 1 x", times[large], times[small], **limit),
            *ratio_of("bytes sent for a message, 10 x / 1 x", [many.size], [few.size], **limit),
            *ratio_of("rows changed by a message, 10 x / 1 x", [many.rows], [few.rows], **limit),
            figure_of(f"functions called, after {small} contests", "calls", [few.calls], better="lower"),
            figure_of(f"functions called, after {large} contests", "calls", [many.calls], better="lower"),
            figure_of(f"processor time, after {small} contests", "us", times[small], better="lower"),
            figure_of(f"processor time, after {large} contests", "us", times[large], better="lower"),
        ],
        f"{METHOD}; {CONTEST} messages a contest",
    )


if __name__ == "__main__":
    tell(work_after(int(sys.argv[1]), counted=sys.argv[2] == "counted"))
