"""A process that writes a log as hard as it can and tells what was acknowledged: ``log_writer.py LOG [SYNCHRONOUS]``.

Appends batches over the topics ``a`` and ``b`` (each has an equal part in both) from several tasks and prints the name
of a batch after its append has returned, never before. SYNCHRONOUS is SQLite's setting, to show what a lower one loses.
"""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import count

from engine import sqlite_checkpoint
from engine.log import Record
from engine.sqlite_log import SqliteLog

TASKS = 8


async def write(log: SqliteLog, task: int, run: str) -> None:
    """Append for ever; a batch's name and size can be told from each of its records."""
    for n in count():
        size = 1 + (n * 7 + task) % 5
        name = f"{run}.{task}.{n}"
        records = [
            Record(topic, "K", f"{name} {part} {size} ".encode() + b"x" * (n % 700), n)
            for part in range(size)
            for topic in "ab"
        ]
        await log.append(records)
        os.write(1, f"{name} {size}\n".encode())  # one write, so that a kill leaves whole lines


async def main() -> None:
    """Write until killed."""
    sqlite_checkpoint.PAUSE, sqlite_checkpoint.LONGEST = 0.01, 1 << 20  # so that a short life sees many checkpoints
    if sys.argv[2:]:
        sqlite_checkpoint.PAUSE = 3600.0  # they sync as well, and would hide that the commits do not
    log = SqliteLog.open(sys.argv[1])
    if sys.argv[2:]:
        log._writer._connection.execute(f"PRAGMA synchronous = {sys.argv[2]}")  # type: ignore[union-attr]
    run = str(os.getpid())
    os.write(1, b"open\n")
    await asyncio.gather(*(write(log, task, run) for task in range(TASKS)))


asyncio.run(main())
