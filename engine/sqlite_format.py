"""A log as an SQLite file: its tables, its marks, and how it is opened.

One table a topic (``topic_1``, ``topic_2``, ...), listed in ``topics``: measured against one table with an index and
against one clustered by topic, it appends fastest and scans no slower (``docs/decisions/log-committer.md``). Nothing is
ever updated or deleted in them, so a position is a row number and a scan is sequential.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from pathlib import Path
from urllib.parse import quote

from engine.errors import LogCorrupt, LogError, LogFailed, LogNotFound, NewerLog, NotALog

__all__ = ["FORMAT", "connect", "failure", "log_id", "open_reader", "open_writer"]

APPLICATION = 0x506F6469  # "Podi", SQLite's own place for saying whose file this is
FORMAT = 1  # grows when an older Podium could not read the file
PATIENCE = 10.0  # seconds to wait for another process, that recovers the file after a crash, say

SCHEMA = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    "CREATE TABLE topics (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
    "CREATE TABLE fences (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT",
)
TOPIC = """CREATE TABLE topic_{number} (
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    time INTEGER NOT NULL,
    headers BLOB,  -- a MessagePack map, NULL where there are none
    value BLOB NOT NULL
) STRICT"""


def open_writer(log: Path) -> sqlite3.Connection:
    """Open the one connection that writes, making the log where there is none; the caller holds the writer's lock."""
    if not log.parent.is_dir():
        raise LogFailed(str(log), "opening", "its folder does not exist")
    try:
        connection = connect(log, "rwc")
    except sqlite3.Error as error:
        raise failure(log, "opening", error) from error
    try:
        if not _is_made(log, connection):
            _make(log, connection)
        connection.execute("PRAGMA synchronous = FULL")  # a commit returns when it would survive a power cut
        connection.execute("PRAGMA fullfsync = ON")  # macOS: past the drive's own cache; nothing elsewhere
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # engine/sqlite_checkpoint.py does it, off the hot path
        # After a kill the newest commits may be in the page cache only: readers see them, so make them durable first.
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    except sqlite3.Error as error:
        connection.close()
        raise failure(log, "opening", error) from error
    except LogError:
        connection.close()
        raise
    return connection


def open_reader(log: Path) -> sqlite3.Connection:
    """Open a connection that can do no harm, usable while another process writes."""
    if not log.exists():
        raise LogNotFound(str(log))
    # A folder that nobody can write to (an archive on a disc) has no room for SQLite's shared memory: no one writes.
    alone = not os.access(log.parent, os.W_OK) and not Path(f"{log}-wal").exists()
    try:
        connection = connect(log, "ro&immutable=1" if alone else "ro")
    except sqlite3.Error as error:
        raise failure(log, "opening", error) from error
    try:
        if not _is_made(log, connection):
            raise LogNotFound(str(log))
    except sqlite3.Error as error:
        connection.close()
        raise failure(log, "opening", error) from error
    except LogError:
        connection.close()
        raise
    return connection


def connect(log: Path, mode: str) -> sqlite3.Connection:
    """Open a connection in one of SQLite's URI modes, nothing checked."""
    # Threads: the committer may move to one, and close() closes what others opened; the callers take their turns.
    return sqlite3.connect(
        f"file:{quote(str(log))}?mode={mode}", uri=True, isolation_level=None, timeout=PATIENCE, check_same_thread=False
    )


def _is_made(log: Path, connection: sqlite3.Connection) -> bool:
    """Say whether the file is a finished log; False where it is empty, as its maker may have been killed."""
    application, version, tables = connection.execute(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)"
        " FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    if (application, version, tables) == (0, 0, 0):
        return False
    if application != APPLICATION:
        raise NotALog(str(log), "an SQLite database of another application")
    if version > FORMAT:
        raise NewerLog(str(log), version, FORMAT)
    return True


def _make(log: Path, connection: sqlite3.Connection) -> None:
    """Make an empty log in an empty file, all or nothing, and its name durable."""
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    for statement in SCHEMA:
        connection.execute(statement)
    connection.execute("INSERT INTO about VALUES ('id', ?)", (secrets.token_hex(16),))
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.execute("COMMIT")
    # That the file is in its folder has to be durable too. SQLite syncs a folder only when it makes a journal there,
    # and that is its own affair.
    folder = os.open(log.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def log_id(connection: sqlite3.Connection) -> str:
    """Return the 32 hex digits that the log was made with."""
    (made_with,) = connection.execute("SELECT value FROM about WHERE name = 'id'").fetchone()
    return str(made_with)


def failure(log: Path, doing: str, error: Exception) -> LogError:
    """Say in our words what SQLite said in its own."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_CORRUPT:
        return LogCorrupt(str(log), str(error))
    if code == sqlite3.SQLITE_NOTADB:
        return NotALog(str(log), str(error))
    return LogFailed(str(log), doing, str(error))
