"""What a host asks of a fold; the fold itself is pure and lives in ``projections/``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from schemas.cut import Change
from schemas.views import Row

__all__ = ["Fold", "FoldFactory", "SavedViews"]

SavedViews = Mapping[str, Mapping[str, tuple[Row, int]]]  # view -> key -> row, revision


class Fold(Protocol):
    """A deterministic fold over raw messages."""

    def apply(self, source: str, session: str, serial: int, data: bytes) -> None:
        """Take one raw message."""

    def changes(self) -> list[Change]:
        """Return what changed since the last call: the changes of one cut."""

    def forget(self) -> None:
        """Drop the notes of what changed, for a fold that nobody watches."""

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return the state in slots: those that changed since the last call, or all."""

    def load(self, saved: Mapping[str, bytes], views: SavedViews) -> None:
        """Go on, as a fresh fold, from where another one was dumped."""


FoldFactory = Callable[[], Fold]
