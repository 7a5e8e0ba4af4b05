"""The tables of a history, the same in the engine and on a server.

Times are integers as everywhere in Podium; columns that are computed when read give them to SQL as instants. A row's
revisions lie together, in the order of their cuts, so that a view as of any cut is one range. The index over cuts lets
a look at the newest ones, such as the watermark before an insert, pass by all that is older. Every row says by which
version it was written (``engine/history/versions.py``).
"""

from __future__ import annotations

from typing import NamedTuple

from engine.history.versions import COLUMN

__all__ = ["CHANGES", "CUTS", "EPOCHS", "RAW", "TABLES", "Table"]


class Table(NamedTuple):
    """A table: what is written to it, and what else it says when asked."""

    name: str
    columns: dict[str, str]  # name -> type, in the order in which rows are written
    order: str
    mark: str = ""  # the column that grows with each batch; its greatest value is the watermark
    scope: tuple[str, ...] = ()  # the columns within which it grows
    computed: str = ""  # columns computed when read, and indexes

    @property
    def version(self) -> str:
        """The column of the version, as a statement has it; what was written before there was one has 0."""
        return f"`{COLUMN}` UInt16 DEFAULT 0"

    @property
    def statement(self) -> str:
        """The statement that makes the table where it is not there.

        An insert is on the disk when it is answered; of the last thousand, one that comes again is dropped by its
        token: the client repeats an insert by itself where the connection was lost after it had been done.
        """
        columns = ", ".join(f"`{name}` {kind}" for name, kind in self.columns.items())
        return (
            f"CREATE TABLE IF NOT EXISTS {self.name} ({columns}, {self.version}{self.computed})"
            f" ENGINE = MergeTree ORDER BY {self.order}"
            " SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1"
        )


RAW = Table(
    "raw",
    {
        "log": "LowCardinality(String)",
        "partition": "UInt32",
        "position": "UInt64",
        "source": "LowCardinality(String)",
        "session": "LowCardinality(String)",
        "serial": "Int64",  # above 0 the source's own, below 0 a note of the gateway
        "at": "Int64",  # venue time, ms; 0 where the message has none
        "time": "Int64",  # log time, microseconds
        "data": "String",  # exactly as they came
        "chain": "String",  # 16 bytes
    },
    order="(log, partition, position)",
    mark="position",
    scope=("log", "partition"),
    computed=(
        ", name String ALIAS concat(source, '/', session, '/', toString(serial))"
        ", venue String ALIAS splitByChar('.', source)[1]"
        ", venue_time DateTime64(3, 'UTC') ALIAS fromUnixTimestamp64Milli(at, 'UTC')"
        ", log_time DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(time, 'UTC')"
    ),
)

CUTS = Table(
    "cuts",
    {
        "epoch": "LowCardinality(String)",
        "number": "UInt64",
        "position": "UInt64",  # of the raw record that caused it
        "time": "Int64",  # log time, microseconds
        "at": "Int64",  # venue time, ms; 0 where the cause has none
        "day": "LowCardinality(String)",  # the sport day of the log time, YYYY-MM-DD
        "because": "Array(String)",  # names of the raw messages
        "changes": "UInt32",
    },
    order="(epoch, number)",
    mark="number",
    scope=("epoch",),
    computed=", log_time DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(time, 'UTC')",
)

CHANGES = Table(
    "changes",
    {
        "epoch": "LowCardinality(String)",
        "view": "String",
        "key": "String",
        "cut": "UInt64",
        "position": "UInt64",
        "time": "Int64",  # log time, microseconds
        "at": "Int64",  # venue time, ms
        "revision": "UInt32",
        "gone": "UInt8",  # 1: the row was removed
        "row": "String",  # its canonical JSON; empty where it is gone
        "reason": "String",  # of its last correction
        "because": "Array(String)",
    },
    order="(epoch, view, key, cut)",
    mark="cut",
    scope=("epoch",),
    computed=(
        ", log_time DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(time, 'UTC')"
        ", INDEX cuts cut TYPE minmax GRANULARITY 1"
    ),
)

EPOCHS = Table(
    "epochs",
    {
        "epoch": "String",
        "log": "String",
        "mode": "String",  # live, replay or rehearsal
        "games": "String",  # its code
        "name": "String",
        "began": "Int64",  # wall clock of the writer, microseconds
    },
    order="(log, began)",
)

TABLES = (RAW, CUTS, CHANGES, EPOCHS)
