"""Moving commits from the WAL into the file, off the hot path, and keeping the WAL bounded.

SQLite itself would do it inside a commit, every thousand pages: that was the p99 of an append. Here a thread with its
own connection does it while commits go on.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

from engine.sqlite_format import connect
from engine.sqlite_writer import SqliteWriter

__all__ = ["Checkpointer"]

PAUSE = 0.5  # seconds between two checkpoints under load
LONGEST = 64 << 20  # bytes of WAL, above which commits wait for a moment so that it may start anew


class Checkpointer:
    """Checkpoints a log that is being written, until closed.

    It starts only when something was committed after the last one ended. That is more than thrift: when everything is
    checkpointed, a commit may start the WAL anew while a checkpoint begins, and before 3.51.3 SQLite could then take
    the old page count for the new one and lose commits (the "WAL-reset bug"). While a commit waits for us, nobody
    starts anew.
    """

    def __init__(self, log: Path, writer: SqliteWriter) -> None:
        self._writer = writer
        self._connection = connect(log, "rw")
        ((page,),) = self._connection.execute("PRAGMA page_size")
        self._longest = LONGEST // page
        self._work = threading.Event()  # set: something was committed after the last checkpoint ended
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"checkpoint {log.name}", daemon=True)
        self._thread.start()

    def due(self) -> None:
        """Say that something was committed; called while the writer's ``turn`` is held."""
        if not self._work.is_set():
            self._work.set()

    def close(self) -> None:
        """Stop, without a last checkpoint: the writer does that as it closes."""
        self._stop.set()
        self._work.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while not self._stop.is_set():  # asked each time, as a checkpoint clears the event by which close() wakes us
            self._work.wait()
            if self._stop.wait(PAUSE):
                return
            with suppress(sqlite3.Error):  # a full disk, say: the commits are safe in the WAL, and there is a next time
                self._checkpoint()

    def _checkpoint(self) -> None:
        """Checkpoint beside the commits, and where the WAL has become long, the last pages while commits wait."""
        if self._pass() > self._longest and self._work.wait(PAUSE):
            self._pass()  # what came during the first pass, so that little is left for
            with self._writer.turn:
                self._run_pragma()
                self._work.clear()

    def _pass(self) -> int:
        """Checkpoint while commits go on; return the pages in the WAL."""
        pages = self._run_pragma()
        with self._writer.turn:  # a commit that is already visible but not yet announced must not look like a later one
            self._work.clear()
        return pages

    def _run_pragma(self) -> int:
        ((_, pages, _),) = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return int(pages)
