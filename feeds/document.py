"""A view as one JSON document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from engine.views import View
from feeds.delta import Held
from feeds.names import Names
from schemas.views import Row

__all__ = ["Meta", "RowMeta", "ViewDocument", "encode"]


class RowMeta(msgspec.Struct, frozen=True, omit_defaults=True):
    """What travels beside a row."""

    revision: int = 0
    because: tuple[str, ...] = ()  # raw messages that last changed it, where this edge saw it happen


class Meta(msgspec.Struct, frozen=True):
    """What travels beside a view, outside its content."""

    epoch: str
    sequence: int
    cut: int  # the newest that changed it
    rows: dict[str, RowMeta]


class ViewDocument(msgspec.Struct, frozen=True):
    """A view: its rows by key, in the order of the keys; a field with its default value is left out."""

    view: str
    hash: str  # of the content
    rows: Mapping[str, Row]
    names: dict[str, str] | UnsetType = UNSET  # by code; on request
    meta: Meta | UnsetType = UNSET  # on request


_encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode


def encode(
    view: View,
    *,
    names: Names | None = None,
    epoch: str = "",
    held: Callable[[str, str], Held] | None = None,
) -> bytes:
    """Return the document of a view; equal content gives equal bytes where neither names nor meta are asked for.

    ``names`` are joined where given; the meta are given where ``held`` is, which says what last changed a row.
    """
    rows: dict[str, Row] = {key: view.rows[key] for key in sorted(view.rows)}
    joined = UNSET if names is None else names.joined(rows.values())
    meta: Meta | UnsetType = UNSET
    if held is not None:
        beside = {key: _beside(row, view.revisions.get(key, 0), held(view.name, key)) for key, row in rows.items()}
        meta = Meta(epoch, view.sequence, view.cut, beside)
    return _encode(ViewDocument(view.name, view.hash, rows, joined, meta))


def _beside(row: Row, revision: int, held: Held) -> RowMeta:
    """Return what travels beside a row; the causes are known where it is still the row that this edge holds."""
    return RowMeta(revision, held.because if held.row == row else ())
