"""Versions of what lies in a history: each row of a table says by which version it was written, and old ones are read.

The column ``v`` has it; a row that was written before there were versions counts as version 0. Nothing that is written
is ever changed, so whoever changes how rows of views look as JSON adds a function to ``UPCASTS`` that turns the shape
so far into the new one: what answers questions knows the newest alone. (The one field that SQL itself reads is the
``state`` of a correction.) A row of a version that is not known here is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.history.errors import HistoryNewer

__all__ = ["COLUMN", "UPCASTS", "VERSION", "Upcast", "current"]

COLUMN = "v"

Upcast = Callable[[str, str], str]  # view, JSON of a row -> JSON of the next version


def _first(_view: str, row: str) -> str:
    """Version 1 is the shape that version 0 had, with its version beside it."""
    return row


# --- How a row of version 0, 1, ... becomes one of the next. Append only; the newest version is the length.

UPCASTS: tuple[Upcast, ...] = (_first,)
VERSION = len(UPCASTS)


def current(history: str, version: int, view: str, row: str) -> str:
    """Return the JSON of a row of a view as one of the newest version; raises ``HistoryNewer``. "" is no row."""
    if version > len(UPCASTS):
        raise HistoryNewer(history, version, len(UPCASTS))
    for step in UPCASTS[version:] if row else ():
        row = step(view, row)
    return row
