"""The policy of the workforce: hours and rest, arrival, teams, travel, overbooking.

Nothing here is a rule of the code: the numbers are the Games' own, in a TOML file (``schemas/policy/t20/`` is that of
an invented Games); ``decode`` reads its bytes.
"""

from __future__ import annotations

import msgspec

__all__ = ["Policy", "RoleRule", "Weights", "decode"]


class RoleRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a role asks of a person and of a team."""

    trainings: tuple[str, ...] = ()  # all of them done before the first assignment
    leader_every: int = 0  # one leader for each so many people of a team, the last group included; 0: none asked


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What hurts how much in a roster: whole numbers, not negative."""

    unfilled: int = 100  # a place below the need
    spare: int = 20  # a place beyond the need, for those who will not come
    change: int = 4  # a person who was told, and is taken off; a person who joins a team that was told
    proposed: int = 1  # a person who was planned and not told, and is taken off

    def __post_init__(self) -> None:
        """Refuse what would reward a bad roster."""
        if min(self.unfilled, self.spare, self.change, self.proposed) < 0:
            raise ValueError("weights are not negative")


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds at every venue of one Games. Minutes, unless a name says otherwise."""

    roles: dict[str, RoleRule]
    rest: int  # least between the end of a duty and the start of the next
    most_in_24_hours: int  # of work, breaks included, in any 24 hours
    most_consecutive_days: int  # with a duty; a duty belongs to the local day on which it starts
    night_from: int  # of the local day: 1320 is 22:00
    night_until: int  # of the next local day, before ``night_from``
    check_in_early: int  # before a person is expected: from here on the gate lets him check in
    check_in_late: int  # after: until here; then the timer says no-show
    auto_close: int  # after the planned end: a check-out that is missing is taken for the planned end
    travel_default: int  # between two venues that ``travel`` does not name
    travel: dict[str, dict[str, int]]  # venue -> venue, either way round
    attendance_permille: int  # share of the published that come, until there is history
    attendance_least_permille: int  # what history may make of it at worst: a bad week must not call half the city
    history_from: int  # assignments of a role after which its own history counts
    confidence_permille: int  # that enough come
    roster: Weights = Weights()

    def __post_init__(self) -> None:
        """Refuse a night without an end, an attendance that no number of people makes up for, and negative minutes."""
        if not 0 <= self.night_until < self.night_from <= 1440:
            raise ValueError("a night ends on the day after it began, earlier than it began")
        if not 0 < self.attendance_least_permille <= self.attendance_permille <= 1000:
            raise ValueError("attendance is in permille, above 0, and at least the least")
        if not 0 <= self.confidence_permille < 1000:
            raise ValueError("confidence is in permille, below 1000")
        minutes = (self.rest, self.check_in_early, self.check_in_late, self.auto_close, self.travel_default)
        if min(minutes) < 0 or min(self.most_in_24_hours, self.most_consecutive_days) < 1:
            raise ValueError("minutes are not negative, and somebody may work")

    def travel_between(self, one: str, other: str) -> int:
        """Return the minutes between two venues, 0 within one."""
        if one == other:
            return 0
        there = self.travel.get(one, {}).get(other)
        back = self.travel.get(other, {}).get(one)
        return next((minutes for minutes in (there, back) if minutes is not None), self.travel_default)


def decode(data: bytes) -> Policy:
    """Return the policy in a TOML file's bytes; raises ``msgspec.DecodeError`` or ``msgspec.ValidationError``."""
    return msgspec.toml.decode(data, type=Policy)
