"""Putting a process together: a log, the folds over it, the rules they follow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from engine import about
from engine.about import About
from engine.host import Host, epoch_of
from engine.log import Log
from engine.sports import load_sports
from engine.sqlite_log import SqliteLog
from podium.errors import OperatorError
from projections.fold import VERSION, Fold

__all__ = ["host_over", "open_log", "opened_host", "said", "wall_clock"]


def wall_clock() -> int:
    """Return the wall clock, microseconds since 1970."""
    return time.time_ns() // 1000


@contextmanager
def open_log(path: Path, *, write: bool = False) -> Iterator[SqliteLog]:
    """Open the log in a file for reading, or for writing, where it is made if it is not there."""
    if not write and not path.exists():
        raise OperatorError(f"there is no log at {path}")
    log = SqliteLog.open(path, readonly=not write)
    try:
        yield log
    finally:
        log.close_now()


def said(log: Log) -> About:
    """Return what a log says of itself, or what holds for one that says nothing."""
    return about.read(log) or About()


def host_over(log: Log) -> Host:
    """Return the embedded host of a log, following the packaged sport definitions."""
    told = said(log)
    games = told.games
    sports = load_sports()
    rules = msgspec.msgpack.encode(sorted(sports.items()))
    epoch = epoch_of(log.id, VERSION, rules, games)
    return Host(log, lambda: Fold(sports, games), epoch, told.mode)


@contextmanager
def opened_host(path: Path) -> Iterator[Host]:
    """Open a log for reading and fold all that it holds, from its newest checkpoint on."""
    with open_log(path) as log:
        host = host_over(log)
        host.load()
        host.catch_up()
        yield host
