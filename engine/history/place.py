"""Where a history is: a folder for the engine in this process, or the URL of a ClickHouse server.

A history has one writer for each log. What says so is a lock in the folder, or beside the log where the history is a
server; the socket next to the lock is where that writer answers questions, since nobody else may open the folder.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from engine.errors import LogLocked
from engine.history.errors import HistoryTaken
from engine.writer_lock import WriterLock

__all__ = ["DATABASE", "Place", "Seat", "parse"]

DATABASE = "podium"
SCHEMES = ("http", "https")


class Seat(NamedTuple):
    """The writer's place: a lock and a socket of this name, with ``-lock`` and ``-socket`` behind it."""

    path: Path

    @property
    def socket(self) -> Path:
        """Where the writer answers."""
        return self.path.with_name(self.path.name + "-socket")

    def take(self, history: str) -> WriterLock:
        """Become the writer; raises ``HistoryTaken`` where there is one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return WriterLock(self.path)
        except LogLocked as error:
            raise HistoryTaken(history, error.pid) from None


class Place(NamedTuple):
    """A history's address."""

    folder: Path | None = None  # the engine in process
    url: str = ""  # the server, without the database
    database: str = DATABASE
    name: str = ""  # as people may see it: without a password

    def seat(self, log: Path | None) -> Seat:
        """Return the seat of the writer of a log's history; a folder needs no log to know its own."""
        if self.folder is not None:
            return Seat(self.folder / "historian")
        assert log is not None, "the seat of a server's history is beside the log"
        return Seat(log.with_name(f"{log.name}-historian-{sha256(self.name.encode()).hexdigest()[:8]}"))


def parse(text: str) -> Place:
    """Return the place in a text: ``http(s)://[user[:password]@]host[:port][/database]``, or a folder.

    Raises ``ValueError`` where it looks like a URL and is none that we know.
    """
    if "://" not in text:
        folder = Path(text).absolute()
        return Place(folder=folder, name=str(folder))
    parts = urlsplit(text)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError(f"{parts.scheme}://... is no history: a folder, or http(s)://host:port/database")
    database = parts.path.strip("/") or DATABASE
    if not database.replace("_", "").isalnum():
        raise ValueError(f"{database!r} is no name of a database: letters, digits and _")
    shown = parts.netloc.rpartition("@")[2]
    return Place(
        url=urlunsplit((parts.scheme, parts.netloc, "", parts.query, "")),
        database=database,
        name=f"{parts.scheme}://{shown}/{database}",
    )
