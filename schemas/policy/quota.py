"""The quota policy of a Games: which categories have quotas, how long a hold lasts, when forms are late.

Nothing here is a rule of the code: codes and numbers are the Games' own, in a TOML file (``schemas/policy/t20/`` is
that of an invented Games); ``decode`` reads its bytes. A deadline written to the second includes that whole second.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

__all__ = ["Category", "Policy", "decode"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category of accreditation whose places are counted."""

    pool: str  # places move between categories of one pool only


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the quota books of responsible organisations are kept."""

    hold_s: int  # seconds after which a hold that nobody confirmed lapses, above 0
    closes: datetime  # forms received after it are taken, and flagged late
    categories: dict[str, Category]

    def __post_init__(self) -> None:
        """Refuse a hold that lapses at once, and an instant without an offset."""
        if self.hold_s <= 0:
            raise ValueError("a hold lasts for some seconds")
        if self.closes.tzinfo is None:
            raise ValueError("closes needs an offset, such as Z")

    @property
    def hold(self) -> int:
        """How long a hold lasts, ms."""
        return self.hold_s * 1000

    def is_late(self, at: int) -> bool:
        """Say whether what was received at an instant, ms since 1970 UTC, is late."""
        return at // 1000 > (self.closes - _EPOCH) // _SECOND


def decode(toml: bytes) -> Policy:
    """Return the policy in a TOML document."""
    return msgspec.toml.decode(toml, type=Policy)
