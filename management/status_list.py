"""The status list: two bits for every card, small enough that each gate holds all of them.

The layout is that of the IETF Token Status List: card ``index`` has bits ``2 * (index % 4)`` and the next of byte
``index // 4``, compressed with DEFLATE in the ZLIB format; 0 is valid, 1 invalid, 2 suspended, and 3, which the draft
leaves to the application, not validated yet. Signing a list, and saying its version and its time, is for its envelope.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Literal

import msgspec

__all__ = [
    "NOT_VALIDATED",
    "REVOKED",
    "SUSPENDED",
    "VALID",
    "Status",
    "StatusList",
    "StatusListError",
    "decode",
    "encode",
]

Status = Literal[0, 1, 2, 3]
VALID: Status = 0
REVOKED: Status = 1  # also lost, stolen, damaged, superseded, returned and expired: it will never open a gate again
SUSPENDED: Status = 2
NOT_VALIDATED: Status = 3

LARGEST = 4_000_000  # bytes of a list, so that a few forged bytes cannot fill a gate's memory

_STATUSES: tuple[Status, ...] = (VALID, REVOKED, SUSPENDED, NOT_VALIDATED)
_UNKNOWN_BYTE = 0xFF  # four cards that are not validated


class StatusListError(ValueError):
    """The bytes are no status list."""


class StatusList(msgspec.Struct, frozen=True):
    """The statuses of the cards from index 0 on."""

    bits: bytes

    @property
    def size(self) -> int:
        """How many cards it knows, a multiple of 4."""
        return 4 * len(self.bits)

    def status(self, index: int) -> Status | None:
        """Return the status of a card; None where the list ends before it."""
        if not 0 <= index < self.size:
            return None
        return _STATUSES[self.bits[index >> 2] >> 2 * (index & 3) & 3]


def encode(statuses: Mapping[int, Status], size: int) -> bytes:
    """Return the compressed list of ``size`` cards.

    An index without a status, and the few up to the next multiple of 4, say ``NOT_VALIDATED``: a hole opens no gate.
    Raises ValueError for an index that is not below the size.
    """
    bits = bytearray([_UNKNOWN_BYTE]) * -(-size // 4)
    for index, status in statuses.items():
        if not 0 <= index < size:
            raise ValueError(f"index {index} is not in a list of {size}")
        shift = 2 * (index & 3)
        bits[index >> 2] = bits[index >> 2] & ~(3 << shift) | status << shift
    return zlib.compress(bytes(bits), 9)


def decode(data: bytes) -> StatusList:
    """Return the list in compressed bytes; raise ``StatusListError`` for any others."""
    inflate = zlib.decompressobj()
    try:
        bits = inflate.decompress(data, LARGEST)
    except zlib.error as error:
        raise StatusListError(f"not compressed as a status list is: {error}") from None
    if not inflate.eof or inflate.unused_data:
        raise StatusListError("the list is cut off, goes on behind its end, or is too large")
    return StatusList(bits)
