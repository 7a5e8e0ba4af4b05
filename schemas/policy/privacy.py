"""How long each fact about a person is kept, counted from the end of the Games.

Nothing here is a rule of the code: the periods are the Games' own, in a TOML file (``schemas/policy/t20/`` is that of
an invented Games); ``decode`` reads its bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

__all__ = ["Policy", "decode"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The periods of a Games."""

    ends: datetime  # the Games: periods count from here
    keep_days: dict[str, int]  # field (``desks/facts.py``) -> days, at least 1

    def __post_init__(self) -> None:
        """Refuse an instant without an offset, and what is not kept at all."""
        if self.ends.tzinfo is None:
            raise ValueError("ends needs an offset, such as Z")
        if short := sorted(field for field, days in self.keep_days.items() if days < 1):
            raise ValueError(f"kept for less than a day: {', '.join(short)}")

    @property
    def until(self) -> Mapping[str, int]:
        """When the time of each field is over, ms since 1970 UTC."""
        return {field: (self.ends + timedelta(days=days) - _EPOCH) // _MS for field, days in self.keep_days.items()}


def decode(toml: bytes) -> Policy:
    """Return the policy in a TOML document."""
    return msgspec.toml.decode(toml, type=Policy)
