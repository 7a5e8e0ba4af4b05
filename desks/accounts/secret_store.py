"""Small files of secrets beside the log: for their owner alone, durable, and overwritten where something is deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

__all__ = ["SecretFile"]

PATIENCE = 10.0  # seconds to wait for another process


class SecretFile:
    """A SQLite file. May be used from any thread, and by several processes."""

    def __init__(self, path: Path, schema: str) -> None:
        """Open the file, making one where there is none; only its owner reads it."""
        if not path.exists():
            path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        self._turn = RLock()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(schema)

    def one(self, ask: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of an answer, None where there is none."""
        with self._turn:
            row: tuple[Any, ...] | None = self._connection.execute(ask, values).fetchone()
            return row

    def all(self, ask: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of an answer."""
        with self._turn:
            return self._connection.execute(ask, values).fetchall()

    def do(self, change: str, *values: object) -> int:
        """Change something, durably; return how many rows that were."""
        with self._turn:
            return self._connection.execute(change, values).rowcount

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make several changes one: all of them, or none where the block fails."""
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._connection.close()
