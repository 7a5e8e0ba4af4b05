"""The whole fold of one process: decode, disciplines, games; one cut for one raw message.

Every cut is a function of the raw messages up to it. What each source said keeps its own order; how the sources were
interleaved changes when a row changes, never what stands at the end.
"""

from __future__ import annotations

from collections.abc import Mapping

from projections import slots
from projections.decode import GAMES_KEY, Assertion, Decoder, Undecodable
from projections.derived import Derived
from projections.discipline import DisciplineFold
from projections.games import GamesFold
from projections.people import PeopleFold
from projections.rows import head_row, result_row
from schemas.cut import Change
from schemas.games import DEFAULT_GAMES, Games
from schemas.sport import Sport
from schemas.views import HEAD, Row

__all__ = ["VERSION", "Fold"]

VERSION = 1  # of the folds' meaning: part of every epoch


class Fold:
    """All folds, in the order in which a message passes them."""

    version = VERSION

    def __init__(self, sports: Mapping[str, Sport], games: Games = DEFAULT_GAMES) -> None:
        self.sports = sports
        self.games = games
        self.decoder = Decoder(games)
        self.people = PeopleFold()
        self.disciplines: dict[str, DisciplineFold] = {}
        self.spanning = GamesFold()
        self._touched: dict[str, DisciplineFold] = {}
        self._people_touched = False

    def apply(self, source: str, session: str, serial: int, data: bytes) -> None:
        """Take one raw message."""
        decoded = self.decoder.decode(source, session, serial, data)
        if isinstance(decoded, Undecodable):
            self.people.undecodable(decoded)
            self._people_touched = True
            return
        for assertion in decoded:
            self._pass_on(assertion)

    def _pass_on(self, assertion: Assertion) -> None:
        key = assertion.key
        if key == GAMES_KEY:
            self.people.apply(assertion)
            self._people_touched = True
            return
        fold = self._touched.get(key)
        if fold is None:
            fold = self._touched[key] = self.discipline(key)
        fold.apply(assertion)

    def discipline(self, code: str) -> DisciplineFold:
        """Return the fold of a discipline."""
        fold = self.disciplines.get(code)
        if fold is None:
            fold = self.disciplines[code] = DisciplineFold(code, self.sports.get(code), self.games)
        return fold

    def changes(self) -> list[Change]:
        """Return what changed since the last call: the changes of one cut."""
        changes: list[Change] = []
        spanned: list[Change] = []  # what the games fold reads: nothing of single units
        if self._people_touched:
            spanned += self.people.changes()
            changes += spanned
            self._people_touched = False
        for fold in self._touched.values():
            changes += fold.unit_changes()
            follows = fold.derived.drain()
            if follows:
                changes += follows
                spanned += follows
        self._touched.clear()
        if spanned:
            changes += self.spanning.apply(spanned)
        return changes

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return the state in slots: those that changed since the last call, or all."""
        return slots.dump(self.decoder, self.people, self.disciplines, whole=whole)

    def load(self, saved: Mapping[str, bytes], views: Mapping[str, Mapping[str, tuple[Row, int]]]) -> None:
        """Go on, as a fresh fold, from where another one was dumped."""
        slots.load(self.decoder, self.people, self.discipline, saved)
        self.restore(views)

    def restore(self, views: Mapping[str, Mapping[str, tuple[Row, int]]]) -> None:
        """Take what was last shown, rows with revisions by view and key, from one who kept it."""
        for view, rows in views.items():
            kind, _, rest = view.partition("/")
            if kind in ("result", "cumulative"):
                continue  # units show these themselves
            for key, held in rows.items():
                self._owner(kind, rest, key).rows.setdefault(view, {})[key] = held
        self.spanning.restore(views)

    def _owner(self, kind: str, rest: str, key: str) -> Derived:
        """Return who shows a row."""
        if kind in ("organisations", "venues", "weather", "status") or (kind in ("athlete", "org") and key == HEAD):
            return self.people.derived
        spanning = kind in ("medals", "current", "participants", "teams", "athlete", "org")
        if spanning or rest.startswith(("day/", "discipline/")):
            return self.spanning.derived
        return self.discipline(rest[:3]).derived

    def row(self, view: str, key: str) -> Row | None:
        """Return a row as it was last shown, None where there is none."""
        kind, _, rest = view.partition("/")
        fold = self.disciplines.get(rest[:3])
        if kind not in ("result", "cumulative"):
            owners = [self.people.derived, self.spanning.derived, *([fold.derived] if fold is not None else [])]
            found = (owner.rows.get(view, {}).get(key) for owner in owners)
            return next((held[0] for held in found if held is not None), None)
        unit = fold.state.units.get(rest) if fold is not None else None
        if unit is None or unit.total is not (kind == "cumulative"):
            return None
        if key == HEAD:
            return head_row(unit)
        return result_row(unit, unit.lines[key]) if key in unit.lines else None

    def forget(self) -> None:
        """Drop the notes of what changed, for a fold that nobody watches."""
        if self._people_touched:
            self.people.derived.forget()
            self._people_touched = False
        for fold in self._touched.values():
            fold.forget()
        self._touched.clear()
