"""A fold in the hand of a test: say something, look at the rows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import permutations

from engine.sports import load_sports
from engine.views import Views
from projections import standing
from projections.fold import Fold
from projections.games import GamesFold
from schemas import messages as m
from schemas.cut import Change, Cut
from schemas.games import DEFAULT_GAMES, Games
from schemas.sport import Sport
from schemas.views import Row

__all__ = ["Hand", "Rows", "Said", "content", "fold_of", "in_every_order", "reemit", "rsc", "shown"]

Said = tuple[str, str, int, bytes]  # source, session, serial, data
Rows = dict[str, dict[str, Row]]  # view -> key -> row


@cache
def sports() -> dict[str, Sport]:
    return load_sports()


def rsc(event: str, phase: str = "", unit: str = "") -> str:
    """Write an RSC: ``rsc("ATHM100M", "FNL-", "000100--")``."""
    return event.ljust(22, "-") + phase.ljust(4, "-") + unit.ljust(8, "-")


class Hand:
    """A fold and the views that its cuts make."""

    def __init__(self, games: Games = DEFAULT_GAMES, known: dict[str, Sport] | None = None) -> None:
        self.fold = Fold(sports() if known is None else known, games)
        self.views = Views()
        self.serials: dict[tuple[str, str], int] = {}
        self.last: list[Change] = []

    def say(self, source: str, *messages: m.Message, session: str = "s1") -> str:
        """Have a source say something; return the name of the last message."""
        name = ""
        for message in messages:
            name = self.send(source, m.encode(message), session)
        return name

    def send(self, source: str, data: bytes, session: str = "s1") -> str:
        serial = self.serials[source, session] = self.serials.get((source, session), 0) + 1
        self.take((source, session, serial, data))
        return f"{source}/{session}/{serial}"

    def take(self, said: Said) -> None:
        source, session, serial, data = said
        self.fold.apply(source, session, serial, data)
        self.last = self.fold.changes()
        if self.last:
            self.views.apply(Cut(self.views.cut + 1, self.views.cut + 1, (), 0, 0, self.last))

    def rows(self, view: str) -> dict[str, Row]:
        found = self.views.get(view)
        return dict(found.rows) if found is not None else {}

    def changed(self) -> set[tuple[str, str]]:
        """The rows in the newest cut."""
        return {(change.view, change.key) for change in self.last}

    def field(self, view: str, name: str) -> dict[str, object]:
        """One field of all rows but the head, by key."""
        return {key: getattr(row, name) for key, row in self.rows(view).items() if key != "@"}

    @property
    def all(self) -> Rows:
        return content(self.views)


def content(views: Views) -> Rows:
    """All content: what the digest is over."""
    return {
        name: dict(views[name].rows) for name in views.names() if views[name].rows and not name.startswith("status/")
    }


def fold_of(said: Iterable[Said]) -> Hand:
    hand = Hand()
    for one in said:
        hand.take(one)
    return hand


def shown(hand: Hand) -> dict[str, dict[str, tuple[Row, int]]]:
    """Rows with revisions, as a checkpoint keeps them."""
    views = hand.views
    return {
        name: {key: (row, views[name].revisions[key]) for key, row in views[name].rows.items()}
        for name in views.names()
    }


def reemit(fold: Fold) -> Rows:
    """All content, worked out anew from a fold's state and nothing that was shown before."""
    fresh = Fold(fold.sports, fold.games)
    fresh.load(fold.dump(whole=True), {})
    changes: list[Change] = []
    for entry in list(fresh.people.state.said.values()):
        for one in (entry, *entry.others):
            fresh.people._show(one.message)
    changes += fresh.people.changes()
    for discipline in fresh.disciplines.values():
        for code, unit in list(discipline.state.units.items()):
            for line in list(unit.lines.values()):
                unit.refresh(line)
            unit.dirty = set(unit.lines)
            unit.head_dirty = True
            discipline._dirty[code] = unit
            discipline._starts[code] = None
            discipline._plans[code] = None
            discipline._list_corrections(unit)
        for event in list(discipline.state.events.values()):
            if event.units:
                discipline._settle_event(event)
            for entry in list(event.said.values()):
                for one in (entry, *entry.others):
                    discipline._loosely_said(one.message)
        for entry in list(discipline.state.said.values()):
            for one in (entry, *entry.others):
                discipline._loosely_said(one.message)
        for code in list(discipline._events):
            discipline._settle_event(discipline.event(code))
        for unit in discipline.state.units.values():  # ranks are worked out anew, too
            keys = [line.key for line in unit.ordered]
            assert keys == sorted(keys)
            standing.rank_lines(
                keys, unit.ordered, 0, len(keys), breaks=unit.rule.ties == "break", first=unit.rule.places_from
            )
            unit.settle_match()
        changes += discipline.changes()
    changes += GamesFold().apply(changes)
    views = Views()
    views.apply(Cut(1, 1, (), 0, 0, changes))
    return content(views)


def in_every_order(*said: tuple[str, m.Message]) -> Hand:
    """Fold messages, each its source's only one, in all orders; return one of the folds, which all show the same."""
    raw = [(source, "s1", 1, m.encode(message)) for source, message in said]
    assert len({one[0] for one in raw}) == len(raw)
    first = fold_of(raw)
    for order in permutations(raw):
        hand = fold_of(order)
        assert hand.all == first.all
        assert hand.all == reemit(hand.fold)
    return first
