"""What the security operations centre is told: from when on something is a finding, and which events it gets.

``schemas/policy/t20/soc.toml`` is that of an invented Games; ``decode`` reads its bytes.
"""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["Burst", "Policy", "decode"]


class Burst(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many of something within so long."""

    count: int
    within_s: int

    def __post_init__(self) -> None:
        """Refuse a burst of nothing."""
        if self.count < 1 or self.within_s < 1:
            raise ValueError("a burst is at least one of something within a second")

    @property
    def span(self) -> int:
        """Within how long, ms."""
        return self.within_s * 1000


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when on something is a finding."""

    same_moment_s: int  # one card at two gates of a venue within it: there are two of it
    card_memory_min: int  # for how long showings of a card are held against each other
    list_late_min: int  # a gate decides by a list although others had a newer one for so long
    silent_min: int  # nothing was heard of a scanner for so long
    bad_codes: Burst  # codes at one gate that nobody who counts has signed
    failed_account: Burst  # sign-ins for one account that failed
    failed_address: Burst  # sign-ins from one address that failed
    denied: Burst  # of one actor: what he may not do
    personal_reads: Burst  # persons whose data one actor has read
    keys_destroyed: Burst  # persons whose keys were destroyed
    remember_h: int  # a finding is not told again within so long
    entities: tuple[str, ...]  # events of people, cards and rosters that are told, by their tag
    scans: Literal["ALL", "NOTABLE"]  # NOTABLE: all but those that were simply let in


def decode(toml: bytes) -> Policy:
    """Return the policy in a TOML document."""
    return msgspec.toml.decode(toml, type=Policy)
