"""One history written and asked, in a process of its own, by ``bench.history``."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

import msgspec

from bench.child import tell
from bench.games import host_over, wall_clock
from bench.machine import rss
from bench.times import Times
from engine.about import ABOUT
from engine.collector import relax
from engine.history.answering import answer
from engine.history.historian import Historian
from engine.history.place import parse
from engine.history.questions import ViewAsOf
from engine.history.rows import Columns
from engine.history.store import Store
from engine.history.tables import Table
from engine.log import Record
from engine.raw import RAW
from engine.sqlite_log import SqliteLog

__all__ = ["Kept"]

READS = 50  # of each view
LIVE = 200  # messages


class Kept(msgspec.Struct):
    """What one history took."""

    rows: int
    bytes: int  # on disk
    whole: float  # seconds
    inserting: float  # seconds
    live: float  # ms
    table_p50: float  # ms
    table_p99: float
    busiest: str
    busiest_p50: float
    busiest_p99: float
    folded: float  # ms
    memory: int  # bytes resident


class _Watched(Store):
    """A store that takes the time of its inserts."""

    seconds = 0.0

    def insert(self, table: Table, columns: Columns, token: str) -> None:
        began = time.perf_counter()
        super().insert(table, columns, token)
        type(self).seconds += time.perf_counter() - began


def _write(historian: Historian) -> float:
    began = time.perf_counter()
    assert historian.work(), historian.progress().error
    return time.perf_counter() - began


def _read(store: Store, view: str, newest: int) -> Times:
    times = Times()
    for number in range(READS + 5):
        cut = newest * (number % READS + 1) // READS
        began = time.perf_counter()
        answer(store, ViewAsOf(view=view, when=str(cut)))
        if number >= 5:  # the first ones warm up
            times.record(time.perf_counter() - began)
    return times


def _measure(path: Path, folder: Path) -> Kept:
    relax()
    place = parse(str(folder))
    with SqliteLog.open(path, readonly=True) as whole_log, SqliteLog.open(folder.with_suffix(".db")) as log:
        last = _copy(whole_log, log)
        historian = Historian(lambda: host_over(log), place, wall_clock, open_store=_Watched.open)
        whole = _write(historian)
        inserting = _Watched.seconds
        log.append_now(last)
        live = 1000 * _write(historian)
        store = Store.open(place)
        sizes = "SELECT sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase()"
        ((rows, size),) = store.rows(sizes, {})
        newest = historian.progress().cut
        busiest = _busiest(log)
        table, most = _read(store, "medals/table", newest), _read(store, busiest, newest)
        memory = rss()
        host = host_over(log)
        host.catch_up()
        began = time.perf_counter()
        host.as_of("medals/table", f"{host.epoch}.{newest // 2}")
        folded = 1000 * (time.perf_counter() - began)
        store.close()
        historian.close()
    return Kept(
        *(int(rows), int(size), whole, inserting, live, table.at(50), table.at(99)),
        *(busiest, most.at(50), most.at(99), folded, memory),
    )


def _copy(source: SqliteLog, log: SqliteLog) -> list[Record]:
    """Copy a log but for its last messages, and return these."""
    for topic in source.topics():
        if topic in (ABOUT, RAW):
            records = [Record(topic, s.key, s.value, s.time, s.headers) for s in source.read(topic, limit=10**9)]
            kept = len(records) - LIVE if topic == RAW else len(records)
            log.append_now(records[:kept])
            last = records[kept:]
    return last


def _busiest(log: SqliteLog) -> str:
    counts: Counter[str] = Counter()
    host = host_over(log)
    host.listen(lambda cut, _: counts.update(change.view for change in cut.changes))
    host.catch_up()
    return counts.most_common(1)[0][0]


if __name__ == "__main__":
    tell(_measure(Path(sys.argv[1]), Path(sys.argv[2])))
