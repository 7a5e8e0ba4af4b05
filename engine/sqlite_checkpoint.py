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
REMAINDER = 256  # pages that may be left to do when commits are made to wait


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
        self._done = writer.commits
        self._work = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"checkpoint {log.name}", daemon=True)
        self._thread.start()

    def due(self) -> None:
        """Say that something was committed."""
        if not self._work.is_set():
            self._work.set()

    def close(self) -> None:
        """Stop, without a last checkpoint: the writer does that as it closes."""
        self._stop.set()
        self._work.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._work.wait()
            if self._stop.wait(PAUSE):
                return
            self._work.clear()
            with suppress(sqlite3.Error):  # a full disk, say: the commits are safe in the WAL, and there is a next time
                self._checkpoint()

    def _checkpoint(self) -> None:
        with self._writer.turn:
            if self._writer.commits == self._done:
                return
        pages, left = self._pass()
        while pages > self._longest and left > REMAINDER and not self._stop.is_set():
            before = left
            pages, left = self._pass()
            if left >= before:  # commits come as fast as we go, or a reader holds us up
                break
        with self._writer.turn:
            if pages > self._longest:
                self._pass()
            self._done = self._writer.commits

    def _pass(self) -> tuple[int, int]:
        """Checkpoint what no reader needs in the WAL; return the pages in the WAL, and how many are still to do."""
        ((_, pages, done),) = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        return pages, pages - done
