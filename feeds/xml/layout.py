"""What a kind of view looks like as a document, and the fragments of its rows that are kept while they stand."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeVar

from engine.views import View
from feeds.names import Names
from schemas.views import Row

__all__ = ["Context", "Fragments", "Layout"]

R = TypeVar("R", bound=Row)


class Fragments:
    """The text of each row of one view; a row that did not change is not written again."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Row, Hashable, str]] = {}

    def get(self, key: str, row: R, beside: Hashable, write: Callable[[R], str]) -> str:
        """Return what ``write`` gives for a row, or gave for the same row with the same ``beside``."""
        kept = self._kept.get(key)
        if kept is not None and kept[0] is row and kept[1] == beside:
            return kept[2]
        text = write(row)
        self._kept[key] = row, beside, text
        return text

    def keep(self, keys: dict[str, Row]) -> None:
        """Forget the rows that are no more."""
        if len(self._kept) > len(keys):
            for key in self._kept.keys() - keys.keys():
                del self._kept[key]


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
