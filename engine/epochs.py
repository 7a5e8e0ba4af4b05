"""The epochs of a log that is spread over processes: which there are, which is shown, which is being built.

An epoch is what makes cuts and sequences mean something: the log, the version of the folds, the rules of the sports and
the configuration of the Games. A log in Kafka says in ``games.epochs`` which ones there were. The first is shown at
once. Each later one is built from ``venue.raw`` into topics of its own, beside the one that is shown, and shown once it
has caught up. Everybody who works on the log reads the same topic, so all agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from engine.log import Log, Record, Stored
from engine.versions import current, stamp
from schemas.games import DEFAULT_GAMES, Games
from schemas.sport import Sport

__all__ = ["EPOCHS", "Book", "Epoch", "announcement", "caught_up", "epoch_of", "read", "topic_of"]

EPOCHS = "games.epochs"


def topic_of(family: str, epoch: str) -> str:
    """Return the topic of a family that belongs to an epoch; all of a family are spread alike."""
    return f"{family}.{epoch}"


def epoch_of(log_id: str, version: int, rules: bytes, games: Games) -> str:
    """Return the epoch: what gives cuts and sequences their meaning; 12 hex digits."""
    whole = blake2b(f"{log_id} {version} ".encode(), digest_size=6)
    whole.update(rules)
    whole.update(msgspec.msgpack.encode(games))
    return whole.hexdigest()


class Epoch(NamedTuple):
    """What results are made by."""

    name: str
    version: int  # of the folds
    sports: Mapping[str, Sport]
    games: Games

    @classmethod
    def of(cls, log_id: str, version: int, sports: Mapping[str, Sport], games: Games) -> Epoch:
        """Return the epoch of a log under these folds, rules and configuration."""
        rules = msgspec.msgpack.encode(sorted(sports.items()))
        return cls(epoch_of(log_id, version, rules, games), version, sports, games)


class Announced(msgspec.Struct, frozen=True, tag="announced"):
    """An epoch is to be built; said again of one that was there before, it is to be shown again."""

    version: int
    sports: dict[str, Sport]
    games: Games = DEFAULT_GAMES


class CaughtUp(msgspec.Struct, frozen=True, tag="caught_up"):
    """Somebody has seen that an epoch holds all that the one before it had shown."""


_decode = msgspec.json.Decoder(Announced | CaughtUp).decode


def announcement(epoch: Epoch, time: int) -> Record:
    """Return the record by which an epoch begins to be built."""
    said = Announced(epoch.version, dict(epoch.sports), epoch.games)
    return Record(EPOCHS, epoch.name, msgspec.json.encode(said), time, stamp(EPOCHS))


def caught_up(name: str, time: int) -> Record:
    """Return the record by which an epoch begins to be shown."""
    return Record(EPOCHS, name, msgspec.json.encode(CaughtUp()), time, stamp(EPOCHS))


class Book:
    """The epochs of a log as folds of one version see them; those of others cannot be folded here."""

    def __init__(self, version: int) -> None:
        self.position = 0  # of the newest record taken
        self._version = version
        self._epochs: dict[str, Epoch] = {}
        self._order: list[str] = []  # of their announcements, the newest last
        self._shown: str | None = None

    def take(self, batch: Iterable[Stored]) -> None:
        """Take what the log says of its epochs."""
        for stored in batch:
            self.position = stored.position
            self._take(stored.key, _decode(current(stored).value))

    def _take(self, name: str, said: Announced | CaughtUp) -> None:
        if isinstance(said, CaughtUp):
            if self._order[-1:] == [name]:  # what has caught up too late is not wanted any more
                self._shown = name
        elif said.version == self._version:
            self._epochs[name] = Epoch(name, said.version, said.sports, said.games)
            self._order = [one for one in self._order if one != name] + [name]
            self._shown = self._shown or name

    @property
    def shown(self) -> Epoch | None:
        """The epoch that subscribers see; None where none of this version was announced."""
        return self._epochs[self._shown] if self._shown else None

    @property
    def building(self) -> Epoch | None:
        """The epoch that is to be shown once it has caught up; None where nothing is being built."""
        newest = self._epochs[self._order[-1]] if self._order else None
        return None if newest is None or newest.name == self._shown else newest

    @property
    def wanted(self) -> list[Epoch]:
        """The epochs that are worked on: the one that is shown, and then the one that is being built."""
        return [epoch for epoch in (self.shown, self.building) if epoch is not None]

    @property
    def all(self) -> list[Epoch]:
        """Every epoch, in the order in which they were announced."""
        return [self._epochs[name] for name in self._order]


def read(log: Log, version: int) -> Book:
    """Return what a log says of its epochs by now, for folds of a version."""
    book = Book(version)
    while batch := log.read(EPOCHS, book.position):
        book.take(batch)
    return book
