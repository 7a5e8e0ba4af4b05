"""Reading an SQLite log: short transactions, a connection for each thread that reads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec

from engine.errors import LogClosed, NoPartition
from engine.log import NO_HEADERS, Stored
from engine.sqlite_format import failure, log_id, open_reader

__all__ = ["SqliteReader"]

decode = msgspec.msgpack.Decoder(dict[str, bytes]).decode


class Seat:
    """One thread's connection, and what it knows of the topics."""

    def __init__(self, log: Path) -> None:
        self.connection = open_reader(log)
        self.turn = threading.Lock()  # so that close() does not pull a connection from under a reader
        self.queries: dict[str, str] = {}

    def query(self, topic: str) -> str | None:
        """Return the SELECT of a topic, None while nothing was ever appended to it."""
        query = self.queries.get(topic)
        if query is None:
            found = self.connection.execute("SELECT number FROM topics WHERE name = ?", (topic,)).fetchone()
            if found is None:
                return None
            query = self.queries[topic] = (
                f"SELECT position, key, value, time, headers FROM topic_{found[0]}"  # noqa: S608 - a number of ours
                " WHERE position > ? ORDER BY position LIMIT ?"
            )
        return query


class SqliteReader:
    """Reads a log file, in any thread, in any number of processes, beside the one that writes."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._seats: list[Seat] = []
        self._mine = threading.local()
        self._closed = False
        self.id = log_id(self._seat().connection)

    def _seat(self) -> Seat:
        if self._closed:
            raise LogClosed(str(self._log))
        seat: Seat | None = getattr(self._mine, "seat", None)
        if seat is None:
            seat = self._mine.seat = Seat(self._log)
            self._seats.append(seat)
        return seat

    def read(self, topic: str, after: int, limit: int, partition: int) -> list[Stored]:
        """Return up to ``limit`` records above ``after``; a file has one partition, 0."""
        if partition:
            raise NoPartition(str(self._log), topic, partition)
        seat = self._seat()
        with seat.turn:
            try:
                query = seat.query(topic)
                rows = seat.connection.execute(query, (after, limit)).fetchall() if query else []
            except sqlite3.Error as error:
                raise self._why(f"reading {topic} after {after}", error) from error
        return [
            Stored(position, topic, key, value, time, _headers(headers) if headers else NO_HEADERS)
            for position, key, value, time, headers in rows
        ]

    def head(self, topic: str, partition: int) -> int:
        """Return the position of the newest durable record of a topic, 0 where it holds none."""
        if partition:
            raise NoPartition(str(self._log), topic, partition)
        seat = self._seat()
        with seat.turn:
            try:
                if (query := seat.query(topic)) is None:
                    return 0
                newest = query.replace("WHERE position > ? ORDER BY position LIMIT ?", "ORDER BY position DESC LIMIT 1")
                found = seat.connection.execute(newest).fetchone()
            except sqlite3.Error as error:
                raise self._why(f"reading {topic}", error) from error
        return int(found[0]) if found else 0

    def topics(self) -> list[str]:
        """Return the names of all topics that hold a record, sorted."""
        seat = self._seat()
        with seat.turn:
            try:
                return [name for (name,) in seat.connection.execute("SELECT name FROM topics ORDER BY name")]
            except sqlite3.Error as error:
                raise self._why("reading the topics", error) from error

    def _why(self, doing: str, error: sqlite3.Error) -> Exception:
        return LogClosed(str(self._log)) if self._closed else failure(self._log, doing, error)

    def close(self) -> None:
        """Let go of the file, whichever threads have read it."""
        self._closed = True
        for seat in self._seats:
            with seat.turn:
                seat.connection.close()
        self._seats.clear()


def _headers(packed: bytes) -> Mapping[str, bytes]:
    return decode(packed)
