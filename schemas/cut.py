"""Cuts: all changes of one cause, which every reader sees together or not at all."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from schemas.views import Row

__all__ = ["Change", "Cut"]


class Change(NamedTuple):
    """A row of a view is now this."""

    view: str  # kind/id
    key: str
    row: Row | None  # None: the row is gone
    revision: int = 0  # grows when the row's own facts change; a shifted rank or gap leaves it


class Cut(msgspec.Struct, frozen=True):
    """The changes of one cause."""

    number: int  # above 0, increasing by one
    position: int  # of the raw record that caused it
    because: tuple[str, ...]  # names of the raw messages: source/session/serial
    time: int  # log time, microseconds since 1970
    at: int  # venue time of the cause, ms; 0 where it has none
    changes: list[Change]
