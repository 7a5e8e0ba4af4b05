"""Rows as they are stored: MessagePack, read back by the kind of their view."""

from __future__ import annotations

import msgspec

from schemas.views import HEAD, ROW_TYPES, Row

__all__ = ["decode_row", "encode_row"]

encode_row = msgspec.msgpack.Encoder().encode
_decoders = {kind: [msgspec.msgpack.Decoder(one) for one in types] for kind, types in ROW_TYPES.items()}


def decode_row(view: str, key: str, data: bytes | msgspec.Raw) -> Row:
    """Return a row of a view."""
    decoders = _decoders[view.partition("/")[0]]
    row: Row = (decoders[0] if key == HEAD else decoders[-1]).decode(data)
    return row
