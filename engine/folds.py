"""What a host asks of a fold; the fold itself is pure and lives in ``projections/``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from schemas.cut import Change
from schemas.views import Row

__all__ = ["Decoding", "Fold", "FoldFactory", "Results", "SavedViews", "Spanning"]

SavedViews = Mapping[str, Mapping[str, tuple[Row, int]]]  # view -> key -> row, revision


class Fold(Protocol):
    """A deterministic fold over raw messages."""

    def apply(self, source: str, session: str, serial: int, data: bytes) -> None:
        """Take one raw message."""

    def changes(self) -> list[Change]:
        """Return what changed since the last call: the changes of one cut."""

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return the state in slots: those that changed since the last call, or all."""

    def load(self, saved: Mapping[str, bytes], views: SavedViews) -> None:
        """Go on, as a fresh fold, from where another one was dumped."""


FoldFactory = Callable[[], Fold]


class Decoding(Protocol):
    """The stage that decodes; what it gives for a message depends on nothing but that message's source."""

    def decode(self, source: str, session: str, serial: int, data: bytes) -> Sequence[tuple[str, bytes]]:
        """Return what a raw message asserts: the key and the bytes of each assertion."""

    def refuse(self, source: str, session: str, serial: int, why: str) -> Sequence[tuple[str, bytes]]:
        """Return the same for what is no message: that it is to be listed, under a name of the same shape."""

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return the state in slots: those that changed since the last call, or all."""

    def load(self, saved: Mapping[str, bytes]) -> None:
        """Go on, as a fresh stage, from where another one was dumped."""


class Results(Protocol):
    """The stage that folds assertions; what it gives for a discipline depends on nothing but that discipline."""

    def read(self, body: bytes) -> list[Change]:
        """Take an assertion; return what it changed."""

    def refuse(self, source: str, session: str, serial: int, why: str) -> list[Change]:
        """List what is no assertion, under a name of the same shape; return what that changed."""

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return the state in slots: those that changed since the last call, or all."""

    def load(self, saved: Mapping[str, bytes], views: SavedViews) -> None:
        """Go on, as a fresh stage, from where another one was dumped."""


class Spanning(Protocol):
    """The stage that every edge runs: what follows from the rows of all disciplines together."""

    def apply(self, changes: Iterable[Change]) -> list[Change]:
        """Take the changes of a cut; return what follows from them."""

    def restore(self, views: SavedViews) -> None:
        """Go on from what was last shown."""
