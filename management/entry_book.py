"""The entry book of a discipline: who is on the long lists, every place, every entry, and the counts that limits need.

One book holds a whole discipline, so that each limit (of an event, an organisation in it, its men and women, the
discipline) is counted in one place. The counts are kept as entries and places come and go; no decision scans the book.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from management.command import Refusal

__all__ = [
    "ENTRY_TRANSITIONS",
    "LIVE_ENTRIES",
    "LIVE_PLACES",
    "PLACE_TRANSITIONS",
    "Athlete",
    "Code",
    "Entry",
    "EntryStatus",
    "EntryVerb",
    "Outcome",
    "Place",
    "PlaceStatus",
    "PlaceVerb",
    "Proposal",
    "RankRow",
    "State",
    "joined",
    "refuse",
]

Code = Literal[
    # of an entry by name, see entry_guards
    "NOT_LONG_LISTED",
    "NO_ELIGIBILITY_FORM",
    "AGE",
    "GENDER_CATEGORY",
    "NATIONALITY",
    "STANDARD",
    "RANK_BAND",
    "NO_PLACE",
    "NOC_EVENT_MAX",
    "NOC_GENDER_MAX",
    "EVENT_TOTAL",
    "DISCIPLINE_TOTAL",
    "NOC_TWO_NEED_BOTH_OQT",
    "SANCTIONED",
    "DEADLINE",
    "DUPLICATE_ENTRY",
    "WRONG_PLACE_OWNER",
    "TEAM_SIZE",  # the team has as many athletes as may be on it at once
    # of places
    "ROUTE",  # not a route of the event, or not for this organisation
    "ROUTE_TOTAL",  # all places of the route are given
    "HIERARCHY",  # holds a place from a higher qualification event
    "NO_RANKING",  # the list that the chain goes down is not recorded
    # of the long list
    "LONG_LIST_CLOSED",  # the organisation has submitted it
    # of exceptions and replacements
    "NOT_EXCEPTABLE",
    "TOO_EARLY",  # before the deadline an entry is withdrawn and another one made
    "CUT_OFF",
    "REASON",
    "MAX_TIMES",
    "PERMANENT",  # who was replaced does not come back
    "CARD",  # the card of who goes is neither blocked nor exchanged
    # of every command
    "NOT_AUTHORISED",
    "SAME_PERSON",
    "STATE",
    "UNKNOWN",
]

PlaceStatus = Literal[
    "ALLOCATED", "CONFIRMED", "USED", "RETURNED", "VACANT"
]  # before its allocation it is unknown here
EntryStatus = Literal["ENTERED", "CONFIRMED", "REPLACED", "WITHDRAWN", "INELIGIBLE"]  # before that only long-listed

LIVE_PLACES: Final = frozenset({"ALLOCATED", "CONFIRMED", "USED"})
LIVE_ENTRIES: Final = frozenset({"ENTERED", "CONFIRMED"})

PlaceVerb = Literal["confirm", "use", "return", "reopen", "reallocate", "vacate"]
EntryVerb = Literal["enter", "confirm", "withdraw", "replace", "bar", "come", "come_confirmed"]

# -- places: from a status, by what is done, to a status; a place begins ALLOCATED ----------------------------------

PLACE_TRANSITIONS: Mapping[PlaceStatus, Mapping[PlaceVerb, PlaceStatus]] = {
    "ALLOCATED": {"confirm": "CONFIRMED", "return": "RETURNED"},
    "CONFIRMED": {"use": "USED", "return": "RETURNED"},
    "USED": {"use": "USED", "reopen": "CONFIRMED", "return": "RETURNED"},  # a team's is used by many
    "RETURNED": {"reallocate": "ALLOCATED", "vacate": "VACANT"},
    "VACANT": {},
}

# -- entries: the same; None is long-listed, without an entry in the event yet --------------------------------------
# To come is to take the start of somebody who is replaced, and to stand where that one stood.

ENTRY_TRANSITIONS: Mapping[EntryStatus | None, Mapping[EntryVerb, EntryStatus]] = {
    None: {"enter": "ENTERED", "come": "ENTERED", "come_confirmed": "CONFIRMED"},
    "ENTERED": {"confirm": "CONFIRMED", "withdraw": "WITHDRAWN", "replace": "REPLACED", "bar": "INELIGIBLE"},
    "CONFIRMED": {"withdraw": "WITHDRAWN", "replace": "REPLACED", "bar": "INELIGIBLE"},
    "WITHDRAWN": {"enter": "ENTERED", "come": "ENTERED", "come_confirmed": "CONFIRMED"},
    "INELIGIBLE": {"enter": "ENTERED", "come": "ENTERED", "come_confirmed": "CONFIRMED"},  # the sanction was lifted
    "REPLACED": {"come": "ENTERED", "come_confirmed": "CONFIRMED"},  # where the replacement policy is reversible
}


class Athlete(msgspec.Struct):
    """One on the long list."""

    noc: str
    gender: str  # M or W
    late: bool = False
    listed: bool = True
    form: bool = False  # the signed eligibility form is there
    card: Literal["active", "blocked", "exchanged"] = "active"  # as far as replacements ask
    flag: Literal["suspended", "revoked"] | None = None  # of the accreditation: somebody has to look at the entries
    live: int = 0  # entries


class Place(msgspec.Struct):
    """A place in an event."""

    event: str
    route: str
    ownership: Literal["slot", "nominal"]
    noc: str
    athlete: str  # the owner of a nominal place; otherwise who was ranked for it, or nobody
    continent: str
    status: PlaceStatus
    deadline: int | None = None  # ms; of the answer, then of the entry
    team: int = 0
    used: int = 0  # live entries
    asked: list[str] = []  # athletes, or organisations, that had it before
    step: int = 0  # of the chain
    index: int = 0  # in the ranking of the step: where to go on


class Entry(msgspec.Struct):
    """That an athlete is entered for an event."""

    athlete: str
    event: str
    noc: str
    gender: str
    status: EntryStatus
    place: str | None = None
    team: int = 0
    standard: str | None = None  # the best that was met
    replacements: int = 0  # of individuals: how often this start changed hands


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of an official result."""

    participant: str  # an athlete's code, or a team's
    rank: int | None = None
    mark: str = ""  # as shown
    irm: str = ""  # DNS, DNF, DSQ, ... in the words of the discipline


class RankRow(msgspec.Struct, frozen=True):
    """One line of a ranking that places are given by, best first."""

    rank: int
    noc: str
    athlete: str = ""  # none where organisations are ranked
    continent: str = ""


class Proposal(msgspec.Struct):
    """A replacement that waits for its approvers."""

    event: str
    leaving: str
    coming: str
    reason: str
    by: str  # who asked
    standard: str | None
    exceptions: tuple[str, ...]
    missing: list[str]  # roles that have yet to approve
    approvers: list[str] = []


class State(msgspec.Struct):
    """The entry book of one discipline. Keys of several parts are joined by ``/``."""

    athletes: dict[str, Athlete] = {}
    submitted: dict[str, int] = {}  # organisation -> athletes on its list when it was submitted
    numbers: dict[str, int] = {}  # noc/event -> entries announced by number
    listed: dict[str, int] = {}  # noc -> athletes on its long list
    places: dict[str, Place] = {}
    entries: dict[str, Entry] = {}  # athlete/event
    exceptions: dict[str, str] = {}  # code/noc/athlete/event -> id
    sanctions: dict[str, int | None] = {}  # athlete -> last instant, or for good
    rankings: dict[str, tuple[RankRow, ...]] = {}
    proposals: dict[str, Proposal] = {}
    proposed: dict[str, str] = {}  # athlete/event of either athlete -> open proposal
    first_units: dict[str, int] = {}  # event -> start of its first unit, ms
    replaced: dict[str, int] = {}  # noc/event/team -> replacements in the team
    results: dict[str, tuple[Outcome, ...]] = {}  # unit -> its official result
    competed: dict[str, list[str]] = {}  # participant/event -> units with an official result in which he started
    # counts and indexes of what is live
    field: dict[str, list[str]] = {}  # noc/event -> its entries
    of_athlete: dict[str, list[str]] = {}  # athlete -> the athlete's entries
    of_noc: dict[str, list[str]] = {}  # noc -> its entries
    starts: dict[str, int] = {}  # event -> entries, of a team event teams
    gender: dict[str, int] = {}  # noc/gender -> athletes
    athletes_in: int = 0
    given: dict[str, int] = {}  # event/route -> places given for the first time
    held: dict[str, int] = {}  # noc/event -> places
    held_gender: dict[str, int] = {}  # noc/gender -> places
    holder: dict[str, str] = {}  # athlete/event -> nominal place
    holdings: dict[str, list[str]] = {}  # noc/event -> places
    deadlines: list[tuple[int, str]] = []  # of places, ascending


def joined(*parts: str) -> str:
    """Return a key of several parts."""
    return "/".join(parts)


def refuse(code: Code, text: str, **about: Any) -> Refusal:
    """Return a refusal with one of the book's codes."""
    return Refusal(code, text, about)
