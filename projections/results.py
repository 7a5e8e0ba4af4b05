"""The results fold: assertions of any number of disciplines, and of what spans them, become rows.

It is what a worker runs over its part of the Games, and what the whole fold of one process is made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from projections import slots
from projections.decode import GAMES_KEY, Assertion, Undecodable
from projections.derived import Derived
from projections.discipline import DisciplineFold
from projections.entries import Name
from projections.games import GamesFold
from projections.people import PeopleFold
from schemas.cut import Change
from schemas.games import DEFAULT_GAMES, Games
from schemas.sport import Sport
from schemas.views import HEAD, Row

__all__ = ["ResultsFold"]


class ResultsFold:
    """Folds assertions; its rows are a function of what every source said in its own order."""

    def __init__(self, sports: Mapping[str, Sport], games: Games = DEFAULT_GAMES) -> None:
        self.sports = sports
        self.games = games
        self.people = PeopleFold()
        self.disciplines: dict[str, DisciplineFold] = {}
        self._touched: dict[str, DisciplineFold] = {}
        self._people_touched = False
        self._newest: Name = ("", "", 0)

    def discipline(self, code: str) -> DisciplineFold:
        """Return the fold of a discipline."""
        fold = self.disciplines.get(code)
        if fold is None:
            fold = self.disciplines[code] = DisciplineFold(code, self.sports.get(code), self.games)
        return fold

    def take(self, decoded: Sequence[Assertion] | Undecodable) -> None:
        """Take what a raw message was decoded to."""
        if isinstance(decoded, Undecodable):
            self.people.undecodable(decoded)
            self._people_touched = True
            return
        for assertion in decoded:
            self._newest = assertion.name
            try:
                self._apply(assertion)
            except Exception as error:  # a fault of ours, which must not stop a discipline in the middle of a day
                self._list_fault(error)

    def _apply(self, assertion: Assertion) -> None:
        key = assertion.key
        if key == GAMES_KEY:
            self.people.apply(assertion)
            self._people_touched = True
            return
        fold = self._touched.get(key)
        if fold is None:
            fold = self._touched[key] = self.discipline(key)
        fold.apply(assertion)

    def _list_fault(self, error: Exception) -> None:
        """List a message that the rules failed on, as one that could not be decoded is."""
        self.people.undecodable(Undecodable(self._newest, f"not folded: {type(error).__name__}: {error}"))
        self._people_touched = True

    def drain(self) -> tuple[list[Change], list[Change]]:
        """Return what changed since the last call; and of that what the games fold reads, nothing of single units."""
        units: list[Change] = []
        spanned: list[Change] = []
        for fold in self._touched.values():
            try:
                units += fold.unit_changes()
            except Exception as error:  # as above
                fold.forget()
                self._list_fault(error)
            spanned += fold.derived.drain()
        self._touched.clear()
        if self._people_touched:
            spanned += self.people.changes()
            self._people_touched = False
        return units + spanned, spanned

    def changes(self) -> list[Change]:
        """Return what changed since the last call."""
        return self.drain()[0]

    def forget(self) -> None:
        """Drop the notes of what changed, for a fold that nobody watches."""
        if self._people_touched:
            self.people.derived.forget()
            self._people_touched = False
        for fold in self._touched.values():
            fold.forget()
        self._touched.clear()

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return the state in slots: those that changed since the last call, or all."""
        return slots.dump(self.people, self.disciplines, whole=whole)

    def load(self, saved: Mapping[str, bytes], views: Mapping[str, Mapping[str, tuple[Row, int]]]) -> None:
        """Go on, as a fresh fold, from where another one was dumped."""
        slots.load(self.people, self.discipline, saved)
        self.restore(views)

    def restore(self, views: Mapping[str, Mapping[str, tuple[Row, int]]]) -> None:
        """Take what was last shown, rows with revisions by view and key, from one who kept it."""
        for view, rows in views.items():
            kind, _, rest = view.partition("/")
            if kind in ("result", "cumulative"):
                continue  # units show these themselves
            for key, held in rows.items():
                if not GamesFold.shows(kind, rest, key):
                    self._owner(kind, rest, key).rows.setdefault(view, {})[key] = held

    def _owner(self, kind: str, rest: str, key: str) -> Derived:
        if kind in ("organisations", "venues", "weather", "status") or (kind in ("athlete", "org") and key == HEAD):
            return self.people.derived
        return self.discipline(rest[:3]).derived
