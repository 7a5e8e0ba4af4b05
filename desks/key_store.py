"""The store of the keys of persons: one small file beside the log, and never on it.

It holds keys wrapped by another key that is not here, who was erased, and how far each erasure is carried out. From it
something can be deleted, as from no log. Deleted bytes are overwritten, and the journal in which they may still stand
is cut, before a deletion is reported; copies made before are worth nothing once the key that wrapped them has been
replaced and destroyed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import NamedTuple, Self

from desks.errors import StoreBusy

__all__ = ["Erasure", "HeldKeys", "KeyStore", "pages"]

PATIENCE = 10.0  # seconds to wait for another process

SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    person TEXT PRIMARY KEY,
    kek TEXT NOT NULL,      -- the name of the key that wrapped
    wrapped BLOB,           -- NULL: destroyed
    erased INTEGER,         -- ms since 1970 UTC: of the erasure
    cause TEXT              -- id of the event that ordered it
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_kek ON keys (kek) WHERE wrapped IS NOT NULL;
CREATE TABLE IF NOT EXISTS erasures (
    cause TEXT PRIMARY KEY,  -- id of the event that ordered it
    keys INTEGER NOT NULL,   -- persons who had keys
    counts TEXT,             -- JSON, what each store held before it was purged; NULL: not counted yet
    certified INTEGER NOT NULL DEFAULT 0
) STRICT;
"""


class HeldKeys(NamedTuple):
    """What there is of a person's keys."""

    kek: str
    wrapped: bytes | None  # None: destroyed
    erased: int | None  # ms, when


class Erasure(NamedTuple):
    """How far an erasure has come."""

    keys: int  # persons whose keys were destroyed
    counts: dict[str, int] | None  # what each store held, None where that was not counted yet
    certified: bool


class KeyStore:
    """The keys of all persons of a Games. May be used from any thread, and the file by several processes."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        """Take an open file; use ``open``."""
        self._connection = connection
        self._name = name
        self._turn = RLock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the store, making one where there is none; only its owner reads it."""
        if not path.exists():
            path.touch(mode=0o600)
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.executescript(SCHEMA)
        return cls(connection, str(path))

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._connection.close()

    # -- keys

    def find(self, person: str) -> HeldKeys | None:
        """Return what there is of a person, None where there never was anything."""
        ask = "SELECT kek, wrapped, erased FROM keys WHERE person = ?"
        with self._turn:
            row = self._connection.execute(ask, (person,)).fetchone()
        return HeldKeys(*row) if row else None

    def add(self, kek: str, wrapped: Mapping[str, bytes]) -> None:
        """Keep the keys of persons who have none; whose are there keeps them. Returns when they are durable."""
        rows = [(person, kek, data) for person, data in wrapped.items()]
        with self._turn, self._transaction():
            self._connection.executemany("INSERT OR IGNORE INTO keys (person, kek, wrapped) VALUES (?, ?, ?)", rows)

    def replace(self, person: str, was: bytes, kek: str, wrapped: bytes) -> bool:
        """Put other keys in the place of those that were there; False where it was not those.

        Where some were left out for good, ``forget_deleted`` is called when all are done.
        """
        change = "UPDATE keys SET kek = ?, wrapped = ? WHERE person = ? AND wrapped = ?"
        with self._turn, self._transaction():
            return self._connection.execute(change, (kek, wrapped, person, was)).rowcount == 1

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make all that is changed within a block durable at once, at its end: for many changes."""
        with self._turn, self._transaction():
            yield

    def wrapped_by_others(self, kek: str, limit: int = 1000) -> list[tuple[str, str, bytes]]:
        """Return persons whose keys another key has wrapped, with its name and the keys."""
        ask = "SELECT person, kek, wrapped FROM keys WHERE wrapped IS NOT NULL AND kek <> ? LIMIT ?"
        with self._turn:
            return self._connection.execute(ask, (kek, limit)).fetchall()

    def people(self, after: str = "", limit: int = 1000) -> list[tuple[str, str, bytes]]:
        """Return persons with keys, by name, from the one behind ``after`` on."""
        ask = "SELECT person, kek, wrapped FROM keys WHERE wrapped IS NOT NULL AND person > ? ORDER BY person LIMIT ?"
        with self._turn:
            return self._connection.execute(ask, (after, limit)).fetchall()

    # -- erasures

    def destroy(self, people: Iterable[str], at: int, cause: str) -> int:
        """Destroy the keys of persons for good; return how many had some, the first time too if it comes again.

        Who has none yet will never get any. Returns when that is durable and no deleted byte is left in the file.
        """
        with self._turn:
            with self._transaction():
                count = self._destroy(people, at, cause)
                self._connection.execute("INSERT OR IGNORE INTO erasures (cause, keys) VALUES (?, ?)", (cause, count))
            self._cut()
        found = self.erasure(cause)
        return found.keys if found else count

    def _destroy(self, people: Iterable[str], at: int, cause: str) -> int:
        count = 0
        for person in people:
            held = self.find(person)
            count += held is not None and held.wrapped is not None
            self._connection.execute(
                "INSERT INTO keys (person, kek, erased, cause) VALUES (?, '', ?, ?) ON CONFLICT (person) DO UPDATE "
                "SET kek = '', wrapped = NULL, erased = coalesce(erased, excluded.erased), "
                "cause = coalesce(cause, excluded.cause)",
                (person, at, cause),
            )
        return count

    def erasure(self, cause: str) -> Erasure | None:
        """Return how far an erasure has come, None where it has not begun."""
        ask = "SELECT keys, counts, certified FROM erasures WHERE cause = ?"
        with self._turn:
            row = self._connection.execute(ask, (cause,)).fetchone()
        return Erasure(row[0], json.loads(row[1]) if row[1] else None, bool(row[2])) if row else None

    def count(self, cause: str, counts: Mapping[str, int]) -> None:
        """Keep what stores held before an erasure; what was counted first stays."""
        data = json.dumps(counts, sort_keys=True)
        change = "UPDATE erasures SET counts = ? WHERE cause = ? AND counts IS NULL"
        with self._turn, self._transaction():
            self._connection.execute(change, (data, cause))

    def certify(self, cause: str) -> None:
        """Take note that the certificate of an erasure is on the log."""
        with self._turn, self._transaction():
            self._connection.execute("UPDATE erasures SET certified = 1 WHERE cause = ?", (cause,))

    def erased(self) -> list[str]:
        """Return everybody who was erased."""
        with self._turn:
            rows = self._connection.execute("SELECT person FROM keys WHERE erased IS NOT NULL").fetchall()
        return [person for (person,) in rows]

    # -- the file

    def forget_deleted(self) -> None:
        """Leave no byte of what was replaced in the file or its journal."""
        with self._turn:
            self._cut()

    def _cut(self) -> None:
        # With secure_delete the pages are clean; the journal holds them as they were.
        busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreBusy(self._name, "another process reads it and keeps deleted bytes in its journal")

    def _transaction(self) -> _Transaction:
        return _Transaction(self._connection)


class _Transaction:
    """All or nothing; within another one it is part of that."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._part = False

    def __enter__(self) -> None:
        self._part = self._connection.in_transaction
        if not self._part:
            self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if not self._part:
            self._connection.execute("ROLLBACK" if kind else "COMMIT")


def pages(store: KeyStore) -> Iterator[list[tuple[str, str, bytes]]]:
    """Yield all persons with keys, many at a time."""
    after = ""
    while page := store.people(after):
        yield page
        after = page[-1][0]
