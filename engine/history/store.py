"""One connection to a history: the same client and SQL for the engine in process and for a server."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

from engine.history.errors import HistoryDown, HistoryFailed, HistoryMissing, HistoryNotFound
from engine.history.place import Place
from engine.history.rows import Columns
from engine.history.tables import TABLES, Table
from engine.history.versions import COLUMN, VERSION

__all__ = ["WRITER", "Store"]

WRITER = "podium-historian-"  # how the names of our inserts begin on a server
TIMEOUT = 60.0  # seconds for an answer of a server
INSERT = {  # one insert is one part, there or not there; what a server's profile says otherwise does not count
    "async_insert": 0,
    "min_insert_block_size_rows": 1_048_576,
    "min_insert_block_size_bytes": 268_435_456,
}
UNKNOWN = {"UNKNOWN_DATABASE", "UNKNOWN_TABLE"}  # what ClickHouse says where there is no history

for _name in ("clickhouse_connect", "urllib3.connectionpool"):  # they also warn of what is raised: it is said once
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class Store:
    """A history that was opened; belongs to one thread at a time."""

    def __init__(self, place: Place, client: Any, errors: Any, writer: str) -> None:
        self.place = place
        self._prefix = f"{WRITER}{writer}-"
        self._client = client
        self._errors = errors

    @classmethod
    def open(cls, place: Place, *, writer: str = "", timeout: float = TIMEOUT) -> Self:
        """Connect; ``writer`` is the id of the log that is written, if any.

        Raises ``HistoryMissing``, ``HistoryDown`` or ``HistoryFailed``.
        """
        try:
            import clickhouse_connect as library  # noqa: PLC0415 - an extra, and it takes a moment to load
            from clickhouse_connect.driver import exceptions  # noqa: PLC0415
        except ImportError as error:
            raise HistoryMissing(place.name, str(error)) from error
        with _said(place, exceptions):
            if place.folder is None:
                client = library.get_client(
                    dsn=place.url,
                    autogenerate_session_id=False,  # a session takes one query at a time
                    connect_timeout=int(min(timeout, 5)) or 1,
                    send_receive_timeout=int(timeout) or 1,
                    query_retries=0,
                )
            else:
                place.folder.mkdir(parents=True, exist_ok=True)
                try:
                    client = library.get_client(interface="chdb", path=str(place.folder / "chdb"))
                except ImportError as error:
                    raise HistoryMissing(place.name, str(error)) from error
        client.database = place.database  # it need not be there yet
        return cls(place, client, exceptions, writer)

    def make_tables(self) -> None:
        """Make what is not there yet."""
        name = self.place.database
        there = f"SELECT count() FROM system.databases WHERE name = '{name}'"  # noqa: S608 - letters, digits and _
        with _said(self.place, self._errors):
            if not self._client.command(there, use_database=False):  # who may not make one can be given one
                self._client.command(f"CREATE DATABASE IF NOT EXISTS {name}", use_database=False)
            for table in TABLES:
                self._client.command(table.statement)
        self.bring_up()

    def bring_up(self) -> None:
        """Give tables that were made before rows had versions the column of the version."""
        sql = (
            "SELECT name FROM system.tables WHERE database = {database:String} AND name NOT IN"
            " (SELECT table FROM system.columns WHERE database = {database:String} AND name = {column:String})"
        )
        without = {name for (name,) in self.rows(sql, {"database": self.place.database, "column": COLUMN})}
        with _said(self.place, self._errors):
            for table in TABLES:
                if table.name in without:
                    self._client.command(f"ALTER TABLE {table.name} ADD COLUMN IF NOT EXISTS {table.version}")

    def insert(self, table: Table, columns: Columns, token: str) -> None:
        """Insert rows, all or nothing; the same token again within the last thousand changes nothing."""
        settings = INSERT | {"insert_deduplication_token": token, "query_id": f"{self._prefix}{uuid.uuid4()}"}
        with _said(self.place, self._errors):
            self._client.insert(
                table.name,
                [*columns, [VERSION] * len(columns[0])],
                column_names=[*table.columns, COLUMN],
                column_type_names=[*table.columns.values(), "UInt16"],
                column_oriented=True,
                settings=settings,
            )

    def watermark(self, table: Table, scope: Sequence[object], above: int = 0) -> int:
        """Return the greatest position, of those from ``above`` on, that a table holds within a scope; 0 for none."""
        within = " AND ".join(f"`{name}` = {{{name}:{table.columns[name]}}}" for name in table.scope)
        sql = (
            f"SELECT max({table.mark}) FROM {table.name}"  # noqa: S608 - names of ours
            f" WHERE {within} AND {table.mark} >= {{above:UInt64}}"
        )
        ((found,),) = self.rows(sql, dict(zip(table.scope, scope, strict=True)) | {"above": above})
        return int(found)

    def inserting(self) -> bool:
        """Say whether an insert of this log is still under way, although nobody waits for its answer any more."""
        running = "SELECT count() FROM system.processes WHERE startsWith(query_id, {prefix:String})"
        ((count,),) = self.rows(running, {"prefix": self._prefix})
        return bool(count)

    def rows(self, sql: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Return the rows of a query; raises ``HistoryNotFound`` as well."""
        with _said(self.place, self._errors):
            return [tuple(row) for row in self._client.query(sql, parameters=dict(parameters)).result_rows]

    def close(self) -> None:
        """Let go of it."""
        self._client.close()


@contextmanager
def _said(place: Place, errors: Any) -> Iterator[None]:
    """Raise what the client raises as one of ours."""
    try:
        yield
    except errors.ClickHouseError as error:
        if getattr(error, "name", None) in UNKNOWN:
            raise HistoryNotFound(place.name, "there is no history here") from error
        if getattr(error, "code", None) is None and isinstance(error, errors.OperationalError):
            raise HistoryDown(place.name, _plain(error)) from error
        raise HistoryFailed(place.name, _refusal(error)) from error
    except OSError as error:
        raise HistoryDown(place.name, str(error)) from error


def _plain(error: BaseException) -> str:
    """Return the cause of a broken connection, without the address, in which there may be a password."""
    cause: BaseException = error
    while cause.__cause__ is not None or cause.__context__ is not None:
        cause = cause.__cause__ or cause.__context__  # type: ignore[assignment]
    return str(cause) or type(cause).__name__


def _refusal(error: BaseException) -> str:
    """Return what the database said, without what the client says around it."""
    said = str(error).splitlines()[0]
    return said[said.find("Code: ") :].partition(" (for url ")[0] if "Code: " in said else said
