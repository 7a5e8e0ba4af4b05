"""The policy of notices: when somebody is reminded who has not acknowledged, and when sending is tried again.

Nothing here is a rule of the code: the numbers are the Games' own, in a TOML file (``schemas/policy/t20/`` is that of
an invented Games); ``decode`` reads its bytes.
"""

from __future__ import annotations

import msgspec

__all__ = ["Policy", "decode"]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for every notice of one Games. Minutes, unless a name says otherwise."""

    remind_after: int  # of sending, and of each reminder
    reminders: int  # at most
    retry_after: int  # of sending that failed
    retries: int  # at most, in a row
    offices: dict[str, str] = {}  # code of an organisation -> the mail address of whoever answers for it

    def __post_init__(self) -> None:
        """Refuse what would send without an end, or at once again."""
        if min(self.remind_after, self.retry_after) < 1 or min(self.reminders, self.retries) < 0:
            raise ValueError("a reminder or a retry comes later, and a number of times")


def decode(toml: bytes) -> Policy:
    """Return the policy in a TOML document."""
    return msgspec.toml.decode(toml, type=Policy)
