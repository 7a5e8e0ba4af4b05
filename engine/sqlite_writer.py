"""The committer of an SQLite log: many requests, one transaction, one sync.

Knows nothing of loops. Whoever calls ``commit`` gets every request back with its own outcome, so that one writer's
stale fence or bad record is nobody else's trouble.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import msgspec

from engine.errors import Fenced, LogClosed, LogError, LogFailed, RecordRefused
from engine.log import Fence, Record
from engine.record_flaw import flaw
from engine.sqlite_format import TOPIC, failure, log_id, open_writer

__all__ = ["Append", "Request", "SqliteWriter", "Staged", "TakeOver"]

Row = tuple[int, str, int, bytes | None, bytes]  # the columns of TOPIC

LONGEST = 900_000_000  # bytes of a value; SQLite ends at 1,000,000,000 a row
PROBES = 3  # commits that tell how fast the storage is; the fastest counts

encode = msgspec.msgpack.Encoder().encode
topic_of = attrgetter("topic")


class Append:
    """A batch that wants to be stored: all of it or nothing."""

    __slots__ = ("error", "fence", "records", "result")

    def __init__(self, records: Sequence[Record], fence: Fence | None = None) -> None:
        self.records = records
        self.fence = fence
        self.result: list[int] = []  # the positions
        self.error: Exception | None = None


class TakeOver:
    """A writer that wants to be the newest holder of a name."""

    __slots__ = ("error", "name", "result")

    def __init__(self, name: str) -> None:
        self.name = name
        self.result = Fence(name, 0)
        self.error: Exception | None = None


Request = Append | TakeOver


class Topic:
    """A topic as the writer knows it: where it is kept and how far it goes."""

    __slots__ = ("head", "insert", "number")

    def __init__(self, number: int, head: int) -> None:
        self.number = number
        self.head = head  # position of the newest durable record
        self.insert = f"INSERT INTO topic_{number} VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - a number of ours


class Staged:
    """What a transaction has prepared; nothing of it counts before the commit."""

    __slots__ = ("changed", "created", "error", "requests", "rows")

    def __init__(self, requests: Sequence[Request]) -> None:
        self.requests = requests
        self.error: Exception | None = None  # what kept it from being prepared
        self.changed = False  # the file will not be the same
        self.created: dict[str, Topic] = {}
        self.rows: dict[Topic, list[Row]] = {}


class SqliteWriter:
    """The one connection that writes a log file. Any thread may call; callers take turns."""

    def __init__(self, log: Path, committed: Callable[[], None]) -> None:
        """Open the file, making it where there is none; ``committed`` is called after each commit, within the turn."""
        self._log = log
        self._committed = committed
        self._connection = open_writer(log)
        self.turn = threading.Lock()  # held for the length of a transaction
        self.id = log_id(self._connection)
        self.commits = 0  # transactions that changed something and are durable; grows only while ``turn`` is held
        self._closed = False
        self._topics: dict[str, Topic] = {}
        for number, name in self._connection.execute("SELECT number, name FROM topics").fetchall():
            ((head,),) = self._connection.execute(f"SELECT max(position) FROM topic_{number}")  # noqa: S608
            self._topics[name] = Topic(number, head or 0)

    def sync_time(self) -> float:
        """Return the seconds that the smallest commit takes on this storage, left alone."""
        taken = []
        with self.turn:
            for _ in range(PROBES):
                started = time.perf_counter()
                try:
                    self._connection.execute("INSERT OR REPLACE INTO about VALUES ('probe', '')")
                except sqlite3.Error as error:
                    raise failure(self._log, "opening", error) from error
                taken.append(time.perf_counter() - started)
        return min(taken)

    def head(self, topic: str) -> int:
        """Return the position of a topic's newest durable record, 0 where it holds none."""
        known = self._topics.get(topic)
        return known.head if known else 0

    def topics(self) -> list[str]:
        """Return the names of all topics that hold a record, sorted."""
        return sorted(self._topics.copy())

    def commit(self, requests: Sequence[Request]) -> None:
        """Store the requests in their order and in one sync; each carries its outcome on return."""
        staged = self.stage(requests)
        assert staged
        self.finish(staged)

    def stage(self, requests: Sequence[Request], *, wait: bool = True) -> Staged | None:
        """Do all of a commit that does not wait for the storage; None where it is another's turn, and we do not wait.

        The turn is ours from here to the end of ``finish``, which may run in another thread.
        """
        if not self.turn.acquire(blocking=wait):
            return None
        staged = Staged(requests)
        try:
            self._fill(staged)
        except Exception as error:  # whatever it was, it must reach the one whose batch it is
            staged.error = error
        except BaseException:
            self.turn.release()
            raise
        return staged

    def finish(self, staged: Staged) -> None:
        """Make durable what was staged; each request carries its outcome on return."""
        before = self.commits
        try:
            try:
                self._make_durable(staged)
            except Exception as error:  # as in stage
                self._roll_back(error)
                if len(staged.requests) == 1:
                    staged.requests[0].error = self._name(error, staged.requests[0])
                else:
                    self._commit_one_by_one(staged.requests)
            if self.commits > before:
                self._committed()
        finally:
            self.turn.release()

    def _commit_one_by_one(self, requests: Sequence[Request]) -> None:
        """Find out whose fault it was that a shared transaction failed, so that only they hear of it."""
        for request in requests:
            request.error = None
            staged = Staged([request])
            try:
                self._fill(staged)
                self._make_durable(staged)
            except Exception as error:
                self._roll_back(error)
                request.error = self._name(error, request)

    def _fill(self, staged: Staged) -> None:
        """Begin a transaction and do in it what is asked."""
        if self._closed:
            raise LogClosed(str(self._log))
        self._connection.execute("BEGIN IMMEDIATE")
        for request in staged.requests:
            if isinstance(request, TakeOver):
                request.result = self._take_over(request.name)
                staged.changed = True
            elif request.fence is None or self._holds(request, request.fence):
                request.result = self._place(request.records, staged)
                staged.changed = staged.changed or bool(request.records)
        for topic, rows in staged.rows.items():
            self._connection.executemany(topic.insert, rows)

    def _make_durable(self, staged: Staged) -> None:
        if staged.error:
            raise staged.error
        self._connection.execute("COMMIT")
        for topic, rows in staged.rows.items():
            topic.head += len(rows)
        self._topics.update(staged.created)
        if staged.changed:
            self.commits += 1

    def _take_over(self, name: str) -> Fence:
        ((number,),) = self._connection.execute(
            "INSERT INTO fences VALUES (?, 1) ON CONFLICT DO UPDATE SET number = number + 1 RETURNING number", (name,)
        ).fetchall()
        return Fence(name, number)

    def _holds(self, request: Append, fence: Fence) -> bool:
        found = self._connection.execute("SELECT number FROM fences WHERE name = ?", (fence.name,)).fetchone()
        newest = found[0] if found else 0
        if not found or fence.number != newest:  # a greater number comes from another log: no right to write this one
            request.error = Fenced(str(self._log), fence.name, fence.number, newest)
            return False
        return True

    def _place(self, records: Sequence[Record], staged: Staged) -> list[int]:
        """Give each record its position, and put its row where it will be inserted from."""
        positions: list[int] = []
        for name, run in groupby(records, key=topic_of):
            topic = self._topics.get(name) or staged.created.get(name) or self._create(name, staged.created)
            rows = staged.rows.setdefault(topic, [])
            first = topic.head + len(rows) + 1
            rows += [
                (position, record.key, record.time, pack(record.headers) if record.headers else None, record.value)
                for position, record in enumerate(run, first)
            ]
            positions += range(first, topic.head + len(rows) + 1)
        return positions

    def _create(self, name: str, created: dict[str, Topic]) -> Topic:
        if not name or type(name) is not str:
            raise TypeError("a topic is a name")
        number = len(self._topics) + len(created) + 1
        self._connection.execute("INSERT INTO topics VALUES (?, ?)", (number, name))
        self._connection.execute(TOPIC.format(number=number))
        topic = created[name] = Topic(number, 0)
        return topic

    def _roll_back(self, error: Exception) -> None:
        if self._closed:
            return
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        # A commit whose sync failed has left its pages in the WAL, whole: after a crash now they would count as
        # committed. Any other commit overwrites them; where this one is refused too, the next that succeeds will.
        if isinstance(error, sqlite3.OperationalError):
            with suppress(sqlite3.Error):
                self._connection.execute(
                    "INSERT INTO about VALUES ('failures', 1) ON CONFLICT DO UPDATE SET value = value + 1"
                )

    def _name(self, error: Exception, request: Request) -> Exception:
        if isinstance(error, LogError):
            return error
        if isinstance(request, Append):
            for index, record in enumerate(request.records):
                if reason := flaw(record, LONGEST):
                    return RecordRefused(str(self._log), str(record.topic), index, reason)
        if isinstance(error, sqlite3.Error):
            return failure(self._log, "appending", error)
        return LogFailed(str(self._log), "appending", f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Put everything into the one file and let go of it."""
        with self.turn:
            if not self._closed:
                self._closed = True
                with suppress(sqlite3.Error):  # what is in the WAL is durable there too
                    self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                self._connection.close()


def pack(headers: Mapping[str, bytes]) -> bytes:
    """Return headers as the file keeps them; raises ``TypeError`` where they could not be read again."""
    for name, value in headers.items():
        if type(name) is not str or type(value) is not bytes:
            raise TypeError("headers are text to bytes")
    return encode(headers if type(headers) is dict else dict(headers))
