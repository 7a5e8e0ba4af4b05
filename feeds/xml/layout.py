"""What a kind of view looks like as a document, and the fragments of its rows that are kept while they stand."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeVar

from engine.views import View
from feeds.names import Names
from schemas.views import Row

__all__ = ["Context", "Fragments", "Layout"]

R = TypeVar("R", bound=Row)
B = TypeVar("B", bound=Hashable)


class Fragments:
    """The text of each row of one view; what did not change is not written again."""

    __slots__ = ("_competitors", "_rows")

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Row, Hashable, str]] = {}
        self._competitors: dict[str, tuple[Hashable, str]] = {}

    def row(self, key: str, row: R, beside: B, write: Callable[[Context, str, R, B], str], context: Context) -> str:
        """Return what ``write`` gives for a row, or gave for the same row and the same ``beside``."""
        kept = self._rows.get(key)
        if kept is not None and kept[0] is row and kept[1] == beside:
            return kept[2]
        text = write(context, key, row, beside)
        self._rows[key] = row, beside, text
        return text

    def competitor(self, key: str, beside: Hashable) -> str | None:
        """Return the text of a row's competitor where it was kept under the same ``beside``."""
        kept = self._competitors.get(key)
        return kept[1] if kept is not None and kept[0] == beside else None

    def keep_competitor(self, key: str, beside: Hashable, text: str) -> str:
        """Keep the text of a row's competitor, which seldom changes where the row does; return it."""
        self._competitors[key] = beside, text
        return text

    def keep_only(self, keys: dict[str, Row]) -> None:
        """Forget the rows that are no more."""
        if len(self._rows) > len(keys):
            for key in self._rows.keys() - keys.keys():
                del self._rows[key]
                self._competitors.pop(key, None)


class Context(NamedTuple):
    """What a document is written with."""

    view: View
    fragments: Fragments
    names: Names
    offset: int  # minutes east of UTC


class Layout(NamedTuple):
    """How one kind of view becomes a document."""

    type: str  # DT_...
    code: str  # DocumentCode
    write: Callable[[Context], str]  # what stands inside Competition
    subcode: str = ""
    status: Callable[[View], str] = lambda _view: ""
