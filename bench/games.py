"""The synthetic Games that is measured on, as messages and as a log, and a host that folds one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from time import time_ns
from typing import Literal

from engine import about
from engine.about import About
from engine.epochs import Epoch
from engine.gateway import Gateway
from engine.host import Host
from engine.log import Log
from engine.sports import load_sports
from engine.sqlite_log import SqliteLog
from projections.fold import VERSION, Fold
from replay.archive import Message
from replay.synth import synthesise
from schemas.games import Games

__all__ = ["SEED", "GamesScale", "fold_factory", "host_over", "messages_of", "wall_clock", "write_log"]

SEED = 7
BATCH = 1000  # messages stored in one commit
GamesScale = Literal["small", "day", "full"]


def wall_clock() -> int:
    """Return microseconds since 1970."""
    return time_ns() // 1000


def messages_of(scale: GamesScale, seed: int = SEED) -> Iterator[Message]:
    """Yield the messages of the synthetic Games: the same for the same seed and scale."""
    return synthesise(seed, scale)[1]


def write_log(path: Path, scale: GamesScale, seed: int = SEED) -> int:
    """Write the synthetic Games into a log, through the gateway; return how many messages that are."""
    header, messages = synthesise(seed, scale)
    with SqliteLog.open(path) as log:
        about.write(log, About(header.games, "replay"), wall_clock())
        gateway = Gateway(log, wall_clock, games=header.games)
        return sum(len(gateway.store(batch).raws) for batch in _batches(messages))


def _batches(messages: Iterable[Message]) -> Iterator[list[Message]]:
    rest = iter(messages)
    return iter(lambda: list(islice(rest, BATCH)), [])


def fold_factory(games: Games) -> Callable[[], Fold]:
    """Return what makes a fresh fold, following the packaged sport definitions."""
    sports = load_sports()
    return lambda: Fold(sports, games)


def host_over(log: Log) -> Host:
    """Return a host over a log that stands at its beginning, as ``podium serve`` makes it."""
    said = about.read(log) or About()
    epoch = Epoch.of(log.id, VERSION, load_sports(), said.games)
    return Host(log, fold_factory(said.games), epoch.name, said.mode)
