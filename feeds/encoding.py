"""JSON and MessagePack, and how a message is joined from fragments that were encoded before.

A fragment is one entry of the object ``views``: name and body. It says nothing about who gets it, so that it is encoded
once and copied into every message that it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

__all__ = ["ENCODINGS", "JSON", "MSGPACK", "Encoding"]


class Encoding:
    """One of the two ways to write a message."""

    def __init__(
        self,
        name: str,
        *,
        text: bool,
        encode: Callable[[Any], bytes],
        fragment: Callable[[bytes, bytes], bytes],
        join: Callable[[bytes, Sequence[bytes]], bytes],
    ) -> None:
        self.name = name
        self.text = text  # sent in text frames, otherwise in binary ones
        self.encode = encode
        self._fragment = fragment
        self._join = join

    def fragment(self, view: str, body: Any) -> bytes:
        """Return the entry of a view."""
        return self._fragment(self.encode(view), self.encode(body))

    def message(self, head: msgspec.Struct, fragments: Sequence[bytes]) -> bytes:
        """Return a message: ``head``, whose last field ``views`` is empty, with the fragments in that field."""
        return self._join(self.encode(head), fragments)


def _join_json(head: bytes, fragments: Sequence[bytes]) -> bytes:
    return head[:-2] + b",".join(fragments) + b"}}"  # the head ends with "views":{}}


def _map_header(size: int) -> bytes:
    if size < 16:
        return bytes((0x80 | size,))
    return b"\xde" + size.to_bytes(2) if size < 0x10000 else b"\xdf" + size.to_bytes(4)


def _join_msgpack(head: bytes, fragments: Sequence[bytes]) -> bytes:
    return head[:-1] + _map_header(len(fragments)) + b"".join(fragments)  # the head ends with an empty map, one byte


JSON = Encoding(
    "json",
    text=True,
    encode=msgspec.json.Encoder().encode,
    fragment=lambda name, body: name + b":" + body,
    join=_join_json,
)
MSGPACK = Encoding(
    "msgpack",
    text=False,
    encode=msgspec.msgpack.Encoder().encode,
    fragment=lambda name, body: name + body,
    join=_join_msgpack,
)
ENCODINGS = {JSON.name: JSON, MSGPACK.name: MSGPACK}
