"""The schedule policy of a Games: venues and their hours, gaps and rest, who approves a change, and on what notice.

Nothing here is a rule of the code: codes and numbers are the Games' own, in a TOML file (``schemas/policy/t20/`` is
that of an invented Games); ``decode`` reads its bytes. Instants carry their offset; times of day are the venue's own.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal, get_args

import msgspec

__all__ = ["ChangeKind", "Daily", "Discipline", "Period", "Policy", "Venue", "decode"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
ChangeKind = Literal["postpone", "reschedule", "advance", "cancel", "cancel_medal"]


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of time, with its first instant and without its last."""

    opens: Instant
    closes: Instant

    @property
    def first(self) -> int:
        """The first millisecond inside, since 1970 UTC."""
        return (self.opens - _EPOCH) // _MS

    @property
    def end(self) -> int:
        """The first millisecond after it, since 1970 UTC."""
        return (self.closes - _EPOCH) // _MS

    def covers(self, start: int, end: int) -> bool:
        """Say whether a stretch lies inside."""
        return self.first <= start and end <= self.end

    def meets(self, start: int, end: int) -> bool:
        """Say whether a stretch has an instant in common with it."""
        return start < self.end and self.first < end


class Daily(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same hours of every day, by the venue's clock; from 23:00 until 06:00 goes over midnight."""

    opens: time
    closes: time

    @property
    def first(self) -> int:
        """The minute of the day at which it begins."""
        return self.opens.hour * 60 + self.opens.minute

    @property
    def length(self) -> int:
        """How many minutes it lasts, at most a day."""
        return (self.closes.hour * 60 + self.closes.minute - self.first - 1) % 1440 + 1


class Venue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a venue may be used."""

    zone: str  # IANA name of its time zone
    window: Period
    closed: tuple[Period, ...] = ()
    contingency: tuple[Period, ...] = ()  # kept free for what is postponed; open even outside the window
    curfew: Daily | None = None  # no competition in these hours
    dark: Daily | None = None  # no daylight in these hours, and no lights


class Discipline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The least times of a discipline, in minutes."""

    turnaround: int = 0  # of a location, between units of different phases
    phase_gap: int = 0  # from the end of a phase to a unit that follows from it
    rest: int = 0  # of an athlete, between two units
    broadcast: Daily | None = None  # when units with medals begin


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    games: str
    version: int
    day_ends: int  # hour of the venue's day at which a sport day ends
    notice_hours: int  # of what is to begin earlier than published
    freeze_hours: int  # so shortly before its start a released unit changes by a short-notice change only
    proposal_hours: int  # after which a proposed change lapses
    gates_before_min: int  # so long before its first unit the gates of a venue let in
    gates_after_min: int  # and so long after its last
    delay_by: tuple[str, ...]  # roles; one of them is enough
    approvals: dict[ChangeKind, tuple[str, ...]]  # the roles that must approve, each by another person
    venues: dict[str, Venue]
    disciplines: dict[str, Discipline] = {}

    def __post_init__(self) -> None:
        """Refuse a policy that leaves open who approves a kind of change."""
        if set(self.approvals) != set(get_args(ChangeKind)):
            raise ValueError("every kind of change has its approvers")

    def of(self, unit: str) -> Discipline:
        """Return the least times of a unit's discipline."""
        return self.disciplines.get(unit[:3], _NONE)

    @property
    def longest_turnaround(self) -> int:
        """The longest turnaround of any discipline, minutes."""
        return max((rules.turnaround for rules in self.disciplines.values()), default=0)


_NONE = Discipline()


def decode(toml: bytes) -> Policy:
    """Return the policy in a TOML document."""
    return msgspec.toml.decode(toml, type=Policy)
