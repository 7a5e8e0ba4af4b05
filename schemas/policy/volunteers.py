"""The policy of a volunteer programme: who may apply, how offers are answered, what is issued and has to come back.

Nothing here is a rule of the code: the numbers are the Games' own, in a TOML file (``schemas/policy/t20/`` is that of
an invented Games); ``decode`` reads its bytes.
"""

from __future__ import annotations

from datetime import date

import msgspec

__all__ = ["Policy", "decode"]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for one programme: that of the Games, of the Paralympic Games, of a test event."""

    programmes: tuple[str, ...]  # that people apply to: of the Games, of a test event
    starts: date  # first day on which a volunteer may work
    ends: date  # last
    least_age: int  # years, on the day of the first shift
    adult_age: int  # below it a guardian consents, and there is no night shift
    least_days: int  # on which a volunteer is available
    exclusive: tuple[str, ...]  # other programmes that nobody may be engaged in on the same days
    answer_hours: int  # least time that an offer leaves for the answer
    hold_minutes: int  # how long a place is kept for an offer that has still to be made
    roles: dict[str, tuple[str, ...]]  # role -> trainings to be done before onboarding
    return_days: int  # after leaving, within which what was issued has to be back

    def __post_init__(self) -> None:
        """Refuse a programme that ends before it starts, or asks for more days than it has."""
        if not self.programmes:
            raise ValueError("there is a programme that people apply to")
        if not 1 <= self.least_days <= (self.ends - self.starts).days + 1:
            raise ValueError("a programme has at least the days that it asks for")
        if not 0 <= self.least_age <= self.adult_age:
            raise ValueError("nobody is too young and of age")
        if self.answer_hours < 0 or self.hold_minutes < 1 or self.return_days < 0:
            raise ValueError("times to answer, to hold and to return are not negative")


def decode(data: bytes) -> Policy:
    """Return the policy in a TOML file's bytes; raises ``msgspec.DecodeError`` or ``msgspec.ValidationError``."""
    return msgspec.toml.decode(data, type=Policy)
