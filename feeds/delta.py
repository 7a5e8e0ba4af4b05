"""What changed in a view from one cut to a later one, row by row and field by field.

A delta row holds the fields whose value is another one than before. A field that is left out of a row has its default
value, so one that returned to its default is sent as ``null``, and ``null`` removes it. No field of any row has a value
``null`` other than as its default (``tests/feeds/test_delta.py`` holds that against all row types). A value is replaced
whole, also where it is an object or a list.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import msgspec

from schemas.views import Row

__all__ = ["NOBODY", "Held", "Step", "changed_fields", "fields_of", "fold"]


class Held(NamedTuple):
    """A row as it is held, with what travels beside it."""

    row: Row | None  # None: there is no such row
    revision: int = 0
    because: tuple[str, ...] = ()  # the raw messages of the cut that last changed it


NOBODY = Held(None)


class Step:
    """What one cut, or several consecutive ones, changed in one view."""

    __slots__ = ("changes", "first", "fragments", "hash", "last", "view")

    def __init__(self, view: str, first: int, last: int, changes: dict[str, tuple[Held, Held]], hash: str = "") -> None:  # noqa: A002
        self.view = view
        self.first = first  # sequences: of the first change in it
        self.last = last  # ... and of the last
        self.changes = changes  # by key: before the first change, after the last
        self.hash = hash  # content hash after the last; empty where nobody watched
        self.fragments: dict[str, bytes] = {}  # encoded once, by encoding


def fold(steps: Iterable[Step]) -> dict[str, Step]:
    """Return by view one step for consecutive steps, given in order."""
    folded: dict[str, Step] = {}
    for step in steps:
        held = folded.get(step.view)
        if held is None:
            folded[step.view] = Step(step.view, step.first, step.last, dict(step.changes), step.hash)
            continue
        for key, (before, after) in step.changes.items():
            earlier = held.changes.get(key)
            held.changes[key] = (before if earlier is None else earlier[0], after)
        held.last = step.last
        held.hash = step.hash
    return folded


@cache
def _defaults(kind: type[Row]) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a row type with their defaults; one without a default is never equal to it."""
    return tuple((field.name, _default(field)) for field in msgspec.structs.fields(kind))


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def fields_of(row: Row) -> dict[str, Any]:
    """Return the fields of a row that are sent: those with another value than their default."""
    return {name: value for name, default in _defaults(type(row)) if (value := getattr(row, name)) != default}


def changed_fields(before: Row | None, after: Row) -> dict[str, Any]:
    """Return the delta row: what turns ``before`` into ``after``."""
    if before is None:
        return fields_of(after)
    if type(before) is not type(after):
        old, new = fields_of(before), fields_of(after)
        return {name: None for name in old if name not in new} | {
            name: value for name, value in new.items() if name not in old or old[name] != value
        }
    return {
        name: None if value == default else value
        for name, default in _defaults(type(after))
        if (value := getattr(after, name)) != getattr(before, name)
    }
