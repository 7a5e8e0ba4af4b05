"""The entries policy of a Games: places and how they are qualified for, entry guards, replacements, officials.

Nothing here is a rule of the code: codes and numbers are the Games' own, in a TOML file (``schemas/policy/t20/`` is
that of an invented Games); ``decode`` reads its bytes. Times in the file carry their offset; the code sees milliseconds
since 1970 UTC. A deadline written to the second includes that whole second.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

import msgspec

__all__ = [
    "Delegation",
    "Discipline",
    "Event",
    "OfficialsStep",
    "Policy",
    "Replacement",
    "Route",
    "Standard",
    "Step",
    "decode",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)

Instant = Annotated[datetime, msgspec.Meta(tz=True)]


def _last_ms(deadline: datetime) -> int:
    """Return the last millisecond of the second that a deadline names."""
    return (deadline - _EPOCH) // _MS // 1000 * 1000 + 999


class Standard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A performance that qualifies."""

    name: str  # "OQT"
    mark: int  # the least that counts, in the unit of the sport's definition
    first: date  # the first day of its window
    last: date  # the last day of its window
    competitions: tuple[str, ...]  # where it can be achieved
    lower_is_better: bool = True
    needs_place: bool = False  # who reached no better one is invited, by a place, as long as there is room

    def met_by(self, mark: int, on: date, competition: str) -> bool:
        """Say whether a performance reaches the mark, in the window, at a listed competition."""
        reached = mark <= self.mark if self.lower_is_better else mark >= self.mark
        return reached and self.first <= on <= self.last and competition in self.competitions


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One link of the chain by which a returned place is given anew."""

    rule: str  # its name, as the events show it
    ranking: str  # the list that it goes down
    same_continent: bool = False  # only those of the continent that the place was first given to
    same_organisation: bool = False  # only those of the organisation that had it last


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way to a place: a qualification event, a ranking, the host's right, an invitation."""

    kind: Literal["qualification", "host", "tripartite", "universality"]
    ownership: Literal["slot", "nominal"]  # the place is the organisation's, who picks; or the athlete's own
    allocated_by: str = "IF_DELEGATE"  # role
    confirm_hours: int = 72  # for the answer to a place that is given anew
    rank_band: int | None = None  # only an athlete ranked so or better may fill it
    standards_apply: bool = True
    only_without_others: bool = False  # only for organisations with no other place of that gender in the discipline
    chain: tuple[Step, ...] = ()
    at_once: bool = True  # given anew in the decision that returned it; otherwise when the federation asks


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of an event. Of a team event they count teams."""

    total: int  # entries
    noc_max: int  # entries of one organisation
    needs_place: bool = True  # otherwise a standard is right enough
    places: dict[str, int] = {}  # route -> places
    two_need: str | None = None  # where an organisation enters two or more, each needs this standard
    standards: tuple[Standard, ...] = ()  # best first; none: nothing is asked
    born_from: date | None = None
    born_until: date | None = None
    team: int = 0  # athletes that a team has at once; 0: not a team event
    replacement: str = "individual"  # which of the replacement policies


class Discipline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of a discipline."""

    total: int  # athletes
    events: dict[str, Event]  # by RSC
    noc_gender_max: dict[str, int] = {}  # gender -> athletes of one organisation
    noc_gender_places: dict[str, int] = {}  # gender -> places of one organisation
    routes: dict[str, Route] = {}
    hierarchy: tuple[str, ...] = ()  # of routes, best first, whatever the calendar says


class Replacement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When one athlete may take the place of another after the deadline."""

    reasons: dict[str, tuple[str, ...]]  # reason -> the roles that must approve, each by another person
    reversible: bool  # the replaced athlete may come back
    cut_off_min: int  # before the first unit of the event
    max_times: int | None = None  # for one entry or team; none: as often as needed


class OfficialsStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From so many athletes on, so many officials."""

    athletes: int
    officials: int


class Delegation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the delegation registration meeting goes by."""

    officials: tuple[OfficialsStep, ...]  # by athletes, ascending
    cards_required: bool = True  # every card is validated before the cards are signed off

    def __post_init__(self) -> None:
        """Refuse steps that are out of order."""
        athletes = [step.athletes for step in self.officials]
        if athletes != sorted(set(athletes)):
            raise ValueError("the steps of the officials' quota ascend")

    def quota(self, athletes: int) -> int:
        """Return the places of officials for a number of athletes."""
        index = bisect_right(self.officials, athletes, key=lambda step: step.athletes)
        return self.officials[index - 1].officials if index else 0


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    games: str
    version: int
    games_first: date  # the first day
    long_list_deadline: Instant  # later additions, while the list is not submitted, are marked late
    numbers_deadline: Instant  # entry by number
    entry_deadline: Instant  # entry by name
    places_expire: Instant | None  # a place that nobody is entered for by then is returned; none: it stays
    nationality_wait_days: int  # since an athlete competed for another organisation
    athlete_function: str  # of the card of who competes
    alternate_function: str  # of the card of who stands by
    exceptable: tuple[str, ...]  # the refusal codes that an authority may lift
    replacements: dict[str, Replacement]
    delegation: Delegation
    disciplines: dict[str, Discipline]

    @property
    def long_list_until(self) -> int:
        """The last instant of the long list, ms."""
        return _last_ms(self.long_list_deadline)

    @property
    def numbers_until(self) -> int:
        """The last instant of the entries by number, ms."""
        return _last_ms(self.numbers_deadline)

    @property
    def entries_until(self) -> int:
        """The last instant of the entries by name, ms."""
        return _last_ms(self.entry_deadline)

    @property
    def places_until(self) -> int | None:
        """The last instant at which a confirmed place may be without an entry, ms."""
        return None if self.places_expire is None else _last_ms(self.places_expire)

    @property
    def opens_at(self) -> int:
        """The first instant of the first day, UTC, ms."""
        first = self.games_first
        return (datetime(first.year, first.month, first.day, tzinfo=UTC) - _EPOCH) // _MS


def decode(toml: bytes) -> Policy:
    """Return the policy in a TOML document."""
    return msgspec.toml.decode(toml, type=Policy)
