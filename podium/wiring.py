"""Putting a process together: a log, the folds over it, the rules they follow."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

import schemas
from engine import about, epochs
from engine.about import About
from engine.edge import Edge
from engine.epochs import Epoch
from engine.host import Host
from engine.log import DirectLog, Log
from engine.raw import RAW
from engine.sports import load_sports
from engine.sqlite_log import SqliteLog
from engine.streams import read_raw
from podium.errors import OperatorError
from projections.fold import VERSION, Fold
from projections.games import GamesFold
from schemas.games import Games
from schemas.games import decode as decode_games
from schemas.layout import Layout

__all__ = [
    "client_settings",
    "edge_over",
    "games_of",
    "host_over",
    "kafka_url",
    "name_of",
    "open_log",
    "opened_fold",
    "opened_host",
    "packaged_epoch",
    "said",
    "shown_epoch",
    "wall_clock",
]


def wall_clock() -> int:
    """Return the wall clock, microseconds since 1970."""
    return time.time_ns() // 1000


@contextmanager
def open_log(path: Path, *, write: bool = False, layout: Layout | None = None) -> Iterator[DirectLog]:
    """Open a log for reading, or for writing, where it is made if it is not there.

    ``path`` is a file, or ``kafka://HOST:PORT`` with ``/PREFIX`` where several logs share the brokers. ``layout`` is
    how a new log is spread over partitions.
    """
    log: DirectLog
    if url := kafka_url(path):
        log = _open_kafka(url, write=write, layout=layout)
    elif not write and not path.exists():
        raise OperatorError(f"there is no log at {path}")
    else:
        log = SqliteLog.open(path, readonly=not write)
    try:
        yield log
    finally:
        log.close_now()


def kafka_url(path: Path) -> str | None:
    """Return the address of a log in Kafka, None where a path is one of a file: a path makes one slash of two."""
    scheme, slash, rest = str(path).partition(":/")
    return f"kafka://{rest.lstrip('/')}" if scheme == "kafka" and slash else None


def name_of(path: Path) -> str:
    """Return a log's name as its user gave it."""
    return kafka_url(path) or str(path)


def _open_kafka(url: str, *, write: bool, layout: Layout | None) -> DirectLog:
    try:
        from engine.kafka_log import KafkaLog  # noqa: PLC0415 - the extra
    except ImportError as error:
        raise OperatorError(f"a log in Kafka needs the extra: pip install 'podium-games[kafka]' ({error})") from error
    return KafkaLog.open(url, readonly=not write, layout=(layout or Layout()).with_people(), settings=client_settings())


def client_settings(named: str | None = None) -> dict[str, str | int | bool]:
    """Return what the client of a Kafka log is to be told, from a file: the one that PODIUM_KAFKA_CLIENT names."""
    if not (named := named or os.environ.get("PODIUM_KAFKA_CLIENT")):
        return {}
    try:
        return msgspec.toml.decode(Path(named).read_bytes(), type=dict[str, str | int | bool])
    except (OSError, msgspec.DecodeError) as error:
        raise OperatorError(f"{named}, which PODIUM_KAFKA_CLIENT names, cannot be read: {error}") from error


def games_of(file: str | None) -> Games | None:
    """Return the configuration of a Games in a file; None where none is named."""
    if file is None:
        return None
    try:
        return decode_games(Path(file).read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise OperatorError(f"{file}, the configuration of a Games, cannot be read: {error}") from error


def policy_in(named: str | None) -> Path:
    """Return the folder of the rules of the people side: those of the invented Games T20 where none is named."""
    return Path(named) if named else Path(schemas.__file__).parent / "policy" / "t20"


def said(log: Log) -> About:
    """Return what a log says of itself, or what holds for one that says nothing."""
    return about.read(log) or About()


def packaged_epoch(log: Log, told: About) -> Epoch:
    """Return the epoch of a log under the packaged sport definitions."""
    return Epoch.of(log.id, VERSION, load_sports(), told.games)


def shown_epoch(log: Log, told: About) -> Epoch:
    """Return the epoch of a log that subscribers see: as the log says, and the packaged one where it says nothing."""
    book = epochs.read(log, VERSION)
    if book.shown is not None:
        return book.shown
    if book.position:
        raise OperatorError(f"this log has no epoch of folds of version {VERSION}: `podium epoch begin` makes one")
    return packaged_epoch(log, told)


def host_over(log: Log) -> Host:
    """Return the host of a log, following the packaged sport definitions.

    It folds what came from the venues, or where that is spread over partitions what workers have made of it.
    """
    told = said(log)
    if log.partitions(RAW) > 1:
        return edge_over(log, shown_epoch(log, told), told.mode)
    epoch = packaged_epoch(log, told)
    return Host(log, lambda: Fold(epoch.sports, epoch.games), epoch.name, told.mode)


def edge_over(log: Log, epoch: Epoch, mode: str) -> Edge:
    """Return the host of the feed that workers make in an epoch."""
    return Edge(log, GamesFold, epoch.name, mode)


@contextmanager
def opened_fold(path: Path) -> Iterator[Fold]:
    """Open a log for reading and fold all that came from the venues, whoever folds it otherwise."""
    with opened_host(path) as host:
        if isinstance(host.fold, Fold):
            yield host.fold
            return
        epoch = shown_epoch(host.log, said(host.log))
        fold = Fold(epoch.sports, epoch.games)
        # A partition after the other: however they interleave, the content is the same.
        for raw in read_raw(host.log, lenient=True):
            fold.apply(raw.source, raw.session, raw.serial, raw.data)
        fold.changes()
        yield fold


@contextmanager
def opened_host(path: Path) -> Iterator[Host]:
    """Open a log for reading and fold all that it holds, from its newest checkpoint on."""
    with open_log(path) as log:
        host = host_over(log)
        host.load()
        host.catch_up()
        yield host
