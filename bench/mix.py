"""The synthetic Games as something to publish: what is known before, what venues then send, and the cuts of that.

Each message that is sent carries the number of its event as its venue time, and the session and serials are our own, so
that what a subscriber gets can be told apart; marks, order and sizes are those of the synthetic Games. It is folded
here once to know which messages a subscriber hears of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from pickle import dumps, loads

import msgspec

from bench.event import BASE
from bench.games import GamesScale, fold_factory
from engine.views import Views
from replay.synth import synthesise
from schemas.cut import Cut
from schemas.games import Games

__all__ = ["SESSION", "SILENT", "VIEWS", "Mix", "prepare", "read_cuts"]

SESSION = "bench"
SILENT = 1 << 31  # in the script, of a message that no subscriber hears of
VIEWS = "result/"  # what subscribers watch, all of it
_AT = re.compile(rb'"at":\d+')

Named = tuple[str, str, int, int, int, bytes]  # source, session, serial, at, time, data


class Mix(msgspec.Struct):
    """What is prepared."""

    games: Games
    before: list[Named]  # in the log before anybody connects
    sources: list[str]
    events: list[tuple[int, bytes]]  # source, or source and SILENT; what goes over the line
    cuts: list[Cut | None]  # of each event
    earlier: list[Cut]  # of what was before

    @property
    def heard(self) -> float:
        """The part of the events that subscribers hear of."""
        return sum(not source & SILENT for source, _ in self.events) / len(self.events)

    def write_cuts(self, path: Path) -> None:
        """Write the cuts for a server that folds nothing."""
        path.write_bytes(dumps((self.earlier, self.cuts)))


def read_cuts(path: Path) -> tuple[list[Cut], list[Cut | None]]:
    """Return the cuts from before, and of each event."""
    earlier, cuts = loads(path.read_bytes())  # noqa: S301 - our own file
    return earlier, cuts


def _named(scale: GamesScale, seed: int) -> tuple[Games, Iterator[Named]]:
    header, messages = synthesise(seed, scale)

    def renamed() -> Iterator[Named]:
        serials: dict[str, int] = {}
        for message in messages:
            if message.serial > 0:
                serials[message.source] = serial = serials.get(message.source, 0) + 1
                yield message.source, SESSION, serial, message.at, message.time, message.data

    return header.games, renamed()


class _Folding:
    def __init__(self, games: Games) -> None:
        self.fold = fold_factory(games)()
        self.views = Views()

    def step(self, named: Named) -> tuple[Cut | None, bool]:
        """Fold a message; return its cut, and whether it changed what subscribers watch."""
        source, session, serial, at, time, data = named
        self.fold.apply(source, session, serial, data)
        changes = self.fold.changes()
        if not changes:
            return None, False
        number = self.views.cut + 1
        cut = Cut(number, number, (f"{source}/{session}/{serial}",), time, at, changes)
        changed = self.views.apply(cut)
        return cut, any(view.startswith(VIEWS) for view in changed)


def prepare(scale: GamesScale, events: int, seed: int = 7) -> Mix:
    """Return the Games, to be published from its first result on, so many messages of it."""
    games, messages = _named(scale, seed)
    folding = _Folding(games)
    mix = Mix(games, [], [], [], [], [])
    places: dict[str, int] = {}
    for named in messages:
        if b'"kind":"start"' in named[-1]:
            messages = _again(named, messages)
            break
        mix.before.append(named)
        cut, _ = folding.step(named)
        if cut:
            mix.earlier.append(cut)
    for number, (source, session, serial, _, time, data) in enumerate(islice(messages, events)):
        at = BASE + number
        stamped = _AT.sub(b'"at":%d' % at, data, count=1)
        cut, heard = folding.step((source, session, serial, at, time, stamped))
        heard = heard and stamped != data
        place = places.setdefault(source, len(places))
        line = b"%d %d\n%s\n" % (serial, len(stamped), stamped)
        mix.events.append((place if heard else place | SILENT, line))
        mix.cuts.append(cut)
    mix.sources = list(places)
    return mix


def _again(first: Named, rest: Iterator[Named]) -> Iterator[Named]:
    yield first
    yield from rest
