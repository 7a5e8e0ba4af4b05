"""Rows as they are stored: MessagePack, read back by the kind of their view."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from schemas.views import HEAD, ROW_TYPES, Row

__all__ = ["decode_row", "encode_row", "with_own_defaults"]

encode_row = msgspec.msgpack.Encoder().encode
_decoders = {kind: [msgspec.msgpack.Decoder(one) for one in types] for kind, types in ROW_TYPES.items()}


def decode_row(view: str, key: str, data: bytes | msgspec.Raw) -> Row:
    """Return a row of a view."""
    decoders = _decoders[view.partition("/")[0]]
    return with_own_defaults((decoders[0] if key == HEAD else decoders[-1]).decode(data))


def with_own_defaults(row: Row) -> Row:
    """Return an equal row whose fields with their default value have the very default.

    An encoder leaves out the very default alone, and no copy of it: so whoever encodes the row leaves out the same.
    """
    for name, default in _defaults_with_copies(type(row)):
        value = getattr(row, name)
        if value is not default and value == default:
            row = msgspec.structs.replace(row, **{name: default})
    return row


@cache
def _defaults_with_copies(kind: type[Row]) -> tuple[tuple[str, Any], ...]:
    """Return the fields with a default of which there can be equal copies."""
    alone = ("", 0, None, True, ())
    fields = [(field.name, field.default) for field in msgspec.structs.fields(kind)]
    return tuple((name, one) for name, one in fields if one is not msgspec.NODEFAULT and one not in alone)
