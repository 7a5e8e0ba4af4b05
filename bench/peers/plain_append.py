"""Appending without a gateway: a file with fdatasync, SQLite by itself, and the log, each in batches."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.child import tell
from bench.event import payload
from engine.log import Record
from engine.sqlite_log import SqliteLog

__all__ = ["measure"]

SECONDS = 2.0


def _file(folder: Path, batch: int, seconds: float) -> float:
    data = payload(1)
    joined = b"".join(len(data).to_bytes(4) + data for _ in range(batch))
    file = os.open(folder / "plain", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        os.write(file, joined)
        os.fdatasync(file)
        count += batch
    return count / (time.perf_counter() - began)


def _sqlite(folder: Path, batch: int, seconds: float) -> float:
    connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, value BLOB)")
    rows = [(payload(1),)] * batch
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO events (value) VALUES (?)", rows)
        connection.execute("COMMIT")
        count += batch
    return count / (time.perf_counter() - began)


def _log(folder: Path, batch: int, seconds: float) -> float:
    records = [Record("venue.raw", "bench", payload(1), 1)] * batch
    with SqliteLog.open(folder / "log.db") as log:
        count, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            log.append_now(records)
            count += batch
        return count / (time.perf_counter() - began)


WAYS = {"file": _file, "sqlite": _sqlite, "log": _log}


def measure(way: str, batch: int, seconds: float = SECONDS) -> float:
    """Return durable messages per second."""
    with TemporaryDirectory(prefix="podium-bench-") as folder:
        return WAYS[way](Path(folder), batch, seconds)


if __name__ == "__main__":
    tell(measure(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
