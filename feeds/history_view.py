"""A view as a history answers it: as a host would hold it, for the same document."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.history import questions as q
from engine.views import View
from feeds.delta import NOBODY, Held
from schemas.views import HEAD, ROW_TYPES, Row

__all__ = ["held_in", "view_of"]

_rows = {kind: [msgspec.json.Decoder(one) for one in types] for kind, types in ROW_TYPES.items()}


def view_of(answer: q.ViewAnswer) -> View:
    """Return the view in an answer, as a host would hold it."""
    view = View(answer.view)
    view.sequence, view.cut, view.time = answer.sequence, answer.changed, answer.time
    for key, held in answer.rows.items():
        view.put(key, _row(answer.view, key, held), held.revision)
    return view


def _row(view: str, key: str, held: q.HeldRow) -> Row:
    decoders = _rows[view.partition("/")[0]]
    row: Row = (decoders[0] if key == HEAD else decoders[-1]).decode(held.row)
    return row


def held_in(answer: q.ViewAnswer) -> Callable[[str, str], Held]:
    """Return what says what last changed a row of a view, for its document."""

    def held(view: str, key: str) -> Held:
        found = answer.rows.get(key)
        return NOBODY if found is None else Held(_row(view, key, found), found.revision, tuple(found.because))

    return held
