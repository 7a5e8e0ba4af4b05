"""The accreditation policy of a Games: categories, zones, venues, windows, limits.

Nothing here is a rule of the code: codes and numbers are the Games' own, in a TOML file (``schemas/policy/t20/`` has
that of an invented Games); ``decode`` reads its bytes. Times in the file carry their offset; the code sees milliseconds
since 1970 UTC. Every window is half-open: its first millisecond is inside, its end is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import msgspec

__all__ = [
    "ALL_VENUES",
    "INFINITY",
    "Access",
    "Category",
    "DayPasses",
    "Function",
    "Policy",
    "TokenCodes",
    "Venue",
    "VenueType",
    "Window",
    "Zone",
    "decode",
]

ALL_VENUES = "ALL"  # every venue but those in ``all_excludes``
INFINITY = "INF"  # every zone of that type of venue but those in ``infinity_excludes``

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_MINUTE = 60_000


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of time, with its first instant and without its last."""

    opens: datetime
    closes: datetime

    def __post_init__(self) -> None:
        """Refuse times without an offset, and a window that is never open."""
        if self.opens.tzinfo is None or self.closes.tzinfo is None:
            raise ValueError("the times of a window need an offset, such as Z")
        if self.opens >= self.closes:
            raise ValueError("a window closes after it opens")

    @property
    def first(self) -> int:
        """The first millisecond inside, since 1970 UTC."""
        return (self.opens - _EPOCH) // _MS

    @property
    def end(self) -> int:
        """The first millisecond after it, since 1970 UTC."""
        return (self.closes - _EPOCH) // _MS

    def holds(self, at: int) -> bool:
        """Say whether an instant is inside."""
        return self.first <= at < self.end


class Zone(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"risk": "class"}):
    """A kind of area inside venues."""

    risk: Literal["HIGH", "LOW"] = "HIGH"  # the class: how fresh a status list must be to open it
    pass_only_escorted: bool = False  # a day pass gets it with an escort only
    never_on_pass: bool = False  # no day pass gets it


class VenueType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What venues of a type have in common."""

    zones: tuple[str, ...]  # the zones that they have


class Venue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place with gates."""

    type: str
    always_open: bool = False  # has no operating hours: a village
    shift_bound: bool = False  # workforce enters for a shift only
    validates: bool = False  # is a point of validation


class Function(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person does at the Games, and so where that person may go."""

    venues: tuple[str, ...] = ()  # codes, or ALL
    by_discipline: bool = False  # also the venues of the person's discipline in the released schedule
    zones: dict[str, tuple[str, ...]] = {}  # type of venue -> zones there, or INF
    transport: tuple[str, ...] = ()
    dining: tuple[str, ...] = ()


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category of accreditation."""

    owners: tuple[str, ...]  # kinds of responsible organisations that may apply for it
    functions: dict[str, Function]
    applications: Window  # when forms come in; a later one is accepted when it says that it is late
    mandatory: tuple[str, ...] = ()  # parts of the form that must be complete
    ineligible: tuple[str, ...] = ()  # occupations that it is closed to
    phases: tuple[str, ...] = ("GAMES",)  # of the Games in which it opens gates
    access: Window | None = None  # when it opens gates at all; none: whenever a phase does
    workforce: bool = False  # bound to shifts where a venue says so


class Access(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of the decision at a gate."""

    clock_tolerance_s: int  # a gate's clock to the last signed time beacon
    list_age_high_min: int  # how old a status list may be at a zone of class HIGH
    list_age_low_min: int
    device_s: int  # how long before the card a supplementary device may have been scanned
    escort_s: int  # how long before the pass its host may have been scanned
    before_shift_min: int
    after_shift_min: int
    travel_default_min: int  # the least time from one venue to another
    travel_min: dict[str, dict[str, int]] = {}  # venue -> other venue -> the least time there, either way


class TokenCodes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The positions of codes in the token of a card: a list only ever grows, and only at its end."""

    venues: tuple[str, ...]  # ALL among them
    zones: tuple[str, ...]  # INF among them
    venue_types: tuple[str, ...]


class DayPasses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of day and guest passes."""

    category: str  # what a pass says that it is
    daily: dict[str, int]  # kind of responsible organisation -> passes a day
    max_days: int  # for one person
    cut_off_min: int  # minute of the day before until which a pass is asked for
    return_min: int  # minute of the day at which a pass is overdue


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    games: str
    version: int  # grows with each change; every scan names it
    offset_min: int  # the Games' own time, minutes east of UTC
    period: Window  # from the first day of the Games to the end of the last
    validity: Window  # of a card
    close_from: datetime  # from then on the accreditation of the Games may be closed
    majority: int  # years; a younger person needs a guardian's consent
    document_months: int  # how long a travel document must hold beyond the Games
    confirm_suspension_min: int  # a suspension that nobody else confirms by then lapses
    reissues: int  # how many cards may be replaced before a supervisor must
    supersede_on_entitlement: bool  # whether an individual override makes a card void
    erasure_by_two: bool  # whether erasing a person takes one who asks and another who does it
    organisations: dict[str, str]  # responsible organisation -> its kind
    categories: dict[str, Category]
    phases: dict[str, Window]
    zones: dict[str, Zone]
    venue_types: dict[str, VenueType]
    venues: dict[str, Venue]
    all_excludes: tuple[str, ...]  # what ALL leaves out: a venue, or venue:zone
    infinity_excludes: tuple[str, ...]  # zones that INF leaves out
    access: Access
    day_passes: DayPasses
    token: TokenCodes

    def __post_init__(self) -> None:
        """Refuse a code that is used and not defined, and a card that would outlast the Games."""
        zones, types, venues = set(self.zones), set(self.venue_types), set(self.venues)
        self._defined("zone", zones, *(kind.zones for kind in self.venue_types.values()), self.infinity_excludes)
        self._defined("type of venue", types, [venue.type for venue in self.venues.values()], self.token.venue_types)
        self._defined("venue", venues, [place.partition(":")[0] for place in self.all_excludes])
        self._defined("zone", zones, [zone for place in self.all_excludes if (zone := place.partition(":")[2])])
        for one, others in self.access.travel_min.items():
            self._defined("venue", venues, [one], others)
        for category in self.categories.values():
            self._defined("phase", set(self.phases), category.phases)
            self._defined("kind of organisation", set(self.organisations.values()), category.owners)
            for function in category.functions.values():
                self._defined("type of venue", types, function.zones)
                self._defined("zone on a card", set(self.token.zones), *function.zones.values())
                self._defined("venue on a card", set(self.token.venues), function.venues)
        self._defined("category", set(self.categories), [self.day_passes.category])
        self._defined("venue or ALL", venues | {ALL_VENUES}, self.token.venues)
        self._defined("zone or INF", zones | {INFINITY}, self.token.zones)
        if self.close_from.tzinfo is None or self.closes_from < self.validity.end:
            raise ValueError("the Games are closed, by a time with an offset, when no card is valid any more")

    @staticmethod
    def _defined(what: str, known: set[str], *used: Iterable[str]) -> None:
        unknown = sorted({code for codes in used for code in codes} - known)
        if unknown:
            raise ValueError(f"no such {what}: {', '.join(unknown)}")

    def function(self, category: str, function: str) -> Function | None:
        """Return a function of a category; None where there is no such thing."""
        found = self.categories.get(category)
        return found.functions.get(function) if found else None

    def may_apply(self, ro: str, category: str) -> bool:
        """Say whether a responsible organisation may apply for a category."""
        found = self.categories.get(category)
        return found is not None and self.organisations.get(ro) in found.owners

    @property
    def closes_from(self) -> int:
        """The instant ``close_from``, ms since 1970 UTC."""
        return (self.close_from - _EPOCH) // _MS

    def day_first(self, day: date) -> int:
        """Return the first millisecond of a day in the Games' own time."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return (midnight - _EPOCH) // _MS - self.offset_min * _MINUTE

    def travel(self, one: str, other: str) -> int:
        """Return the least time between two venues, ms."""
        table = self.access.travel_min
        minutes = table.get(one, {}).get(other) or table.get(other, {}).get(one)
        return (self.access.travel_default_min if minutes is None else minutes) * _MINUTE


def decode(toml: bytes) -> Policy:
    """Return the policy in a TOML document."""
    return msgspec.toml.decode(toml, type=Policy)
