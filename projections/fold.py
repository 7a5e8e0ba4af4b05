"""The whole fold of one process: decode, disciplines, games; one cut for one raw message.

Every cut is a function of the raw messages up to it. What each source said keeps its own order; how the sources were
interleaved changes when a row changes, never what stands at the end.
"""

from __future__ import annotations

from collections.abc import Mapping

from projections import slots
from projections.decode import Decoder
from projections.games import GamesFold
from projections.results import ResultsFold
from projections.rows import head_row, result_row
from schemas.cut import Change
from schemas.games import DEFAULT_GAMES, Games
from schemas.sport import Sport
from schemas.views import HEAD, Row

__all__ = ["VERSION", "Fold"]

VERSION = 2  # of the folds' meaning: part of every epoch


class Fold(ResultsFold):
    """All folds, in the order in which a message passes them."""

    version = VERSION

    def __init__(self, sports: Mapping[str, Sport], games: Games = DEFAULT_GAMES) -> None:
        super().__init__(sports, games)
        self.decoder = Decoder(games)
        self.spanning = GamesFold()

    def apply(self, source: str, session: str, serial: int, data: bytes) -> None:
        """Take one raw message."""
        self.take(self.decoder.decode(source, session, serial, data))

    def changes(self) -> list[Change]:
        """Return what changed since the last call: the changes of one cut."""
        changes, spanned = self.drain()
        if spanned:
            changes += self.spanning.apply(spanned)
        return changes

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return the state in slots: those that changed since the last call, or all."""
        return slots.dump_sources(self.decoder, whole=whole) | super().dump(whole=whole)

    def load(self, saved: Mapping[str, bytes], views: Mapping[str, Mapping[str, tuple[Row, int]]]) -> None:
        """Go on, as a fresh fold, from where another one was dumped."""
        slots.load_sources(self.decoder, saved)
        super().load(saved, views)

    def restore(self, views: Mapping[str, Mapping[str, tuple[Row, int]]]) -> None:
        """Take what was last shown, rows with revisions by view and key, from one who kept it."""
        super().restore(views)
        self.spanning.restore(views)

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
