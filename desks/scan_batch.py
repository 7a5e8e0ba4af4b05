"""A batch of scans on its way from a gate: signed by the device, numbered by its scans, chained to those before.

The scans are the bytes of the spool. The same scans sent again are the same batch to whoever collects them.
"""

from __future__ import annotations

import msgspec

from desks.cose import Signer, sign1

__all__ = ["BATCH", "Batch"]

BATCH = "scans"  # the type of the signed message


class Batch(msgspec.Struct, frozen=True):
    """Scans of one device, one after the other without a gap."""

    games: str
    device: str
    first: int  # number of the first
    before: bytes  # the chain value of the scan before the first
    scans: tuple[bytes, ...]  # JSON

    def encode(self, device: Signer) -> bytes:
        """Return the batch, signed."""
        return sign1(msgspec.msgpack.encode(self), BATCH, device)
