"""What is unique in a Games, and for how long: a document belongs to one person, a card's serial to one card for ever.

``schemas/policy/t20/reservation.toml`` is that of an invented Games; ``decode`` reads its bytes.
"""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["Kind", "Policy", "decode"]


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of value that nobody shares."""

    unique: Literal["now", "ever"]  # now: free again once given up; ever: only its first holder may have it again
    claim_s: int  # seconds after which a claim that nobody confirmed lapses, above 0

    def __post_init__(self) -> None:
        """Refuse a claim that lapses at once."""
        if self.claim_s <= 0:
            raise ValueError("a claim lasts for some seconds")

    @property
    def claim(self) -> int:
        """How long a claim waits for its confirmation, ms."""
        return self.claim_s * 1000


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which kinds of values are reserved."""

    kinds: dict[str, Kind]


def decode(toml: bytes) -> Policy:
    """Return the policy in a TOML document."""
    return msgspec.toml.decode(toml, type=Policy)
