"""One re-fold of a log, in a process of its own, by ``bench.fold``."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bench.child import tell
from bench.games import fold_factory, host_over
from bench.machine import rss
from bench.nobody import Nobody
from engine import about
from engine.about import About
from engine.collector import relax
from engine.host import Host
from engine.raw import RAW, raw_of
from engine.sqlite_log import SqliteLog
from feeds.encoding import JSON
from feeds.fanout import frame
from feeds.hub import Hub
from feeds.patterns import decode
from schemas.cut import Cut

__all__ = ["Refold", "encode_every_cut"]


class Refold(msgspec.Struct):
    """What one re-fold took."""

    messages: int
    cuts: int
    wall: float  # seconds
    cpu: float  # seconds
    memory: int  # bytes resident at the end
    grown: int  # bytes resident more than before
    views: int
    collections: tuple[int, ...]  # of the garbage collector, by generation
    collecting: float  # seconds in it
    digest: str


def encode_every_cut(host: Host) -> None:
    """Have the feed encode, hash and frame every cut of all views, for one subscriber that keeps nothing."""
    hub = Hub(host, framer=frame, key=b"bench", now=lambda: 0)
    hub.subscribe(Nobody(), JSON, 1, decode(["*/**"], most=1), now=0.0)

    def take(cut: Cut, changed: Sequence[str]) -> None:
        hub.take(cut, changed)
        for _ in hub.flush(0.0):
            pass

    host.listen(take)


def _fold_state(log: SqliteLog) -> tuple[int, int, str]:
    """Fold without looking: what a fold costs whose rows nobody asks for before the end."""
    fold = fold_factory((about.read(log) or About()).games)()
    position = count = 0
    while batch := log.read(RAW, position):
        for stored in batch:
            raw = raw_of(stored)
            fold.apply(raw.source, raw.session, raw.serial, raw.data)
        position = batch[-1].position
        count += len(batch)
    changes = fold.changes()
    return count, 1, str(len(changes))


def _fold_cuts(log: SqliteLog, prepare: Callable[[Host], None]) -> tuple[int, int, str, int]:
    host = host_over(log)
    prepare(host)
    count = host.catch_up()
    return count, host.views.cut, host.views.digest(), len(host.views.names())


def _measure(path: Path, mode: str, thresholds: str) -> Refold:
    collecting = 0.0
    began = 0.0

    def watch(phase: str, _: dict[str, int]) -> None:
        nonlocal collecting, began
        if phase == "start":
            began = time.perf_counter()
        else:
            collecting += time.perf_counter() - began

    gc.collect()
    gc.freeze()
    if thresholds == "off":
        gc.disable()
    elif thresholds:
        gc.set_threshold(*map(int, thresholds.split(",")))
    else:
        relax()
    with SqliteLog.open(path, readonly=True) as log:
        before = rss()
        generations = [one["collections"] for one in gc.get_stats()]
        gc.callbacks.append(watch)
        wall, cpu = time.perf_counter(), time.process_time()
        if mode == "state":
            count, cuts, digest = _fold_state(log)
            views = 0
        else:
            count, cuts, digest, views = _fold_cuts(log, encode_every_cut if mode == "encoded" else lambda _: None)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        gc.callbacks.remove(watch)
        collections = tuple(one["collections"] - was for one, was in zip(gc.get_stats(), generations, strict=True))
        return Refold(count, cuts, wall, cpu, rss(), rss() - before, views, collections, collecting, digest)


if __name__ == "__main__":
    tell(_measure(Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""))
