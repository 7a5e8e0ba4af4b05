"""Finding people and opening what is known of them: a projection of all that is sealed on the log.

It keeps the sealed blobs of each person as they are, and keyed hashes of the words of names, of documents and addresses
in place of these; nothing that is opened is written down. So a search never goes over ciphertext, and the file forgets
with the key. It is folded from events, and may be deleted at any time: it is read anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import RLock
from typing import Any, Self

import msgspec

from desks.blind_index import BlindIndex
from desks.errors import BadSeal
from desks.facts import FIELDS, Facts
from desks.outcome import Position
from desks.privacy.sealed import Blob, blob_of
from desks.vault import Erased, Place, Vault
from management.command import Recorded

__all__ = ["Search"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS blobs (
    person TEXT NOT NULL, stream TEXT NOT NULL, cause TEXT NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (person, stream, cause)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS words (
    word TEXT NOT NULL, person TEXT NOT NULL, field TEXT NOT NULL, PRIMARY KEY (word, person, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_person ON words (person);
CREATE TABLE IF NOT EXISTS reached (partition INTEGER PRIMARY KEY, serial INTEGER NOT NULL) STRICT;
"""
SHORTEST = 2  # letters of a beginning by which somebody is found; a name of one letter is found as a whole
NOTE_EVERY = 500  # events without anything sealed, after which it is noted how far they were read
BUSY = 30.0  # seconds to wait for another process that writes to the file


class Search:
    """A table of the index of people, and a store that erasures purge.

    Several processes may share the file: whatever each of them reads, it keeps the same.
    """

    name = "search"

    def __init__(self, connection: sqlite3.Connection, vault: Vault, blind: BlindIndex) -> None:
        """Take an open file; use ``open``."""
        self._connection, self._vault, self._blind = connection, vault, blind
        self._turn = RLock()
        self._reached = dict(connection.execute("SELECT partition, serial FROM reached").fetchall())
        self._since = 0

    @classmethod
    def open(cls, path: Path, vault: Vault, blind: BlindIndex) -> Self:
        """Open the file, making one where there is none; only its owner reads it."""
        if not path.exists():
            path.touch(mode=0o600)
        connection = sqlite3.connect(path, timeout=BUSY, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # what a power cut takes is read again
        connection.execute("PRAGMA secure_delete = ON")
        connection.executescript(SCHEMA)
        return cls(connection, vault, blind)

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._connection.close()

    # -- reading events

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        """Take in the next event of a partition; one that was taken in before changes nothing."""
        if position.serial <= self._reached.get(position.partition, 0):
            return
        with self._turn:
            self._reached[position.partition] = position.serial
            self._since += 1
            blob = blob_of(recorded)
            if blob is None and self._since < NOTE_EVERY:
                return  # read again after a restart, at worst
            self._since = 0
            self._connection.execute("BEGIN IMMEDIATE")  # first, so that no erasure comes between opening and keeping
            with self._connection:
                if blob:
                    self._keep(blob, recorded.at)
                row = (position.partition, position.serial)
                self._connection.execute("INSERT OR REPLACE INTO reached VALUES (?, ?)", row)

    def _keep(self, blob: Blob, at: int) -> None:
        try:
            facts = self._vault.open(*blob)
        except BadSeal:
            return  # it is about nobody: whoever sealed it did not seal it for this place
        if isinstance(facts, Erased):
            return
        row = (blob.person, *blob.place, at, blob.data)
        self._connection.execute("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?, ?, ?)", row)
        rows = [(word, blob.person, field) for field, word in self._words(facts)]
        self._connection.executemany("INSERT OR IGNORE INTO words VALUES (?, ?, ?)", rows)

    def _words(self, facts: Facts) -> Iterator[tuple[str, str]]:
        """Yield what somebody is found by, with the field that it is of."""
        for field in ("family_name", "given_name", "print_name"):
            for word in getattr(facts, field).split():
                for end in {*range(SHORTEST, len(word)), len(word)}:
                    yield field, self._blind.word("name", word[:end])
        for document in facts.documents:
            yield "documents", self._blind.document(document)
        if facts.email:
            yield "email", self._blind.word("email", facts.email)

    # -- asking

    def find(self, text: str, limit: int = 50) -> list[str]:
        """Return persons whose names have words that begin with all that were asked for, in any order, by id."""
        words = [self._blind.word("name", word) for word in text.split()]
        return self._holding(words, limit) if words else []

    def find_document(self, hashed: str) -> list[str]:
        """Return persons who showed a document, by its value in the blind index."""
        return self._holding([hashed], 50)

    def _holding(self, words: Sequence[str], limit: int) -> list[str]:
        marks = ", ".join("?" * len(words))
        ask = f"SELECT person FROM words WHERE word IN ({marks}) GROUP BY person HAVING count(DISTINCT word) = ? "  # noqa: S608
        with self._turn:
            rows = self._connection.execute(ask + "ORDER BY person LIMIT ?", (*words, len(set(words)), limit))
            return [person for (person,) in rows.fetchall()]

    def facts(self, person: str) -> Facts | Erased:
        """Return what is known of a person, what was said last of each field; empty where nothing is."""
        if erased := self._vault.erased(person):
            return erased
        ask = "SELECT stream, cause, data FROM blobs WHERE person = ? ORDER BY at"
        with self._turn:
            rows = self._connection.execute(ask, (person,)).fetchall()
        known, withheld = dict[str, Any](), set[str]()
        for stream, cause, data in rows:
            opened = self._vault.open(person, Place(stream, cause), data)
            if isinstance(opened, Facts):
                known |= {name: value for name in FIELDS if (value := getattr(opened, name)) not in ("", b"", (), None)}
                withheld |= set(opened.withheld)
        return msgspec.structs.replace(Facts(**known), withheld=tuple(sorted(withheld - set(known))))

    # -- forgetting

    def expire(self, fields: Iterable[str], but: Iterable[str]) -> int:
        """Forget what people are found by in fields whose time is over, ``but`` some."""
        with self._turn:
            self._connection.execute("CREATE TEMP TABLE IF NOT EXISTS held (person TEXT PRIMARY KEY)")
            self._connection.execute("DELETE FROM held")
            self._connection.executemany("INSERT INTO held VALUES (?)", [(person,) for person in but])
            over = "DELETE FROM words WHERE field = ? AND person NOT IN (SELECT person FROM held)"
            count = sum(self._connection.execute(over, (field,)).rowcount for field in fields)
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return count

    def count(self, people: Sequence[str]) -> int:
        """Return how many rows it has of persons."""
        with self._turn:
            return sum(self._count(table, person) for table in ("blobs", "words") for person in people)

    def _count(self, table: str, person: str) -> int:
        ask = f"SELECT count(*) FROM {table} WHERE person = ?"  # noqa: S608 - one of two names
        return int(self._connection.execute(ask, (person,)).fetchone()[0])

    def purge(self, people: Sequence[str]) -> None:
        """Delete all rows of persons, and leave no byte of them in the file or its journal."""
        with self._turn:
            for table in ("blobs", "words"):
                rows = [(person,) for person in people]
                self._connection.executemany(f"DELETE FROM {table} WHERE person = ?", rows)  # noqa: S608
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
