"""What of the people side is public: confirmed entries and the released schedule, as venue messages.

A fold: ``publish`` takes every event in its order and returns what the results side is told by it, as the source
``management`` says it. An entry that nobody has confirmed is not told, nor is a draft of the schedule. Of a person no
more is told than is published as sport (``schemas/published_fields.py``); the name and the birth date lie sealed on the
long list, and whoever can opens them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec

from management.command import Recorded
from management.entry import AthleteEntered, EntriesConfirmed, EntryMadeIneligible, EntryWithdrawn
from management.entry_book import joined
from management.long_list import AthleteLongListed
from management.replacement import AthleteReplaced
from management.schedule_book import UnitChange
from management.schedule_changes import UnitCancelled, UnitDelayed, UnitPostponed, UnitsRescheduled
from management.schedule_conflicts import sport_day
from management.schedule_draft import ScheduleReleased, StartersRecorded
from schemas import messages as m

__all__ = ["RESULTS", "Known", "Open", "Sealed", "State", "learn", "publish", "team_code"]

RESULTS = "results"  # who commands what the results side reports: it is not told the same again
_FIRST_DAY = date(1970, 1, 1).toordinal()


class Sealed(msgspec.Struct, frozen=True):
    """Facts about an athlete as they lie on the log."""

    person: str
    stream: str  # consistency key
    cause: str  # id of the command that brought them
    data: bytes


class Known(NamedTuple):
    """What is published of an athlete beside his codes."""

    name: str = ""  # "" where nobody may know it any more
    born: str = ""  # YYYY-MM-DD


Open = Callable[[Sealed], Known]


class Entrant(msgspec.Struct):
    """An athlete on one or more long lists."""

    noc: str
    gender: str
    sealed: dict[str, Sealed] = {}  # discipline -> what its long list has
    disciplines: tuple[str, ...] = ()  # with an entry that was public


class Entered(msgspec.Struct):
    """An entry as far as it is known."""

    noc: str
    team: int = 0  # 0: for himself
    public: bool = False


class State(msgspec.Struct):
    """What is needed to say of an event what is public of it."""

    athletes: dict[str, Entrant] = {}
    entries: dict[str, Entered] = {}  # athlete/event
    teams: dict[str, list[str]] = {}  # code of a team -> athletes with a public entry, in their order


def team_code(event: str, noc: str, team: int) -> str:
    """Return the code of an organisation's team in an event."""
    return f"{event[:22].rstrip('-')}-{noc}{team:02}"


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Take in an event whose messages were published."""
    publish(state, recorded, lambda sealed: Known(), 0)


def publish(state: State, recorded: Recorded[Any], unseal: Open, day_ends: int) -> list[m.Message]:
    """Return what is public of an event; ``day_ends`` is the hour at which a sport day ends."""
    at, event, discipline = recorded.at, recorded.event, recorded.key.removeprefix("ebk:")
    match event:
        case AthleteLongListed():
            entrant = state.athletes.setdefault(event.athlete, Entrant(event.noc, event.gender))
            entrant.noc, entrant.gender = event.noc, event.gender
            if event.sealed:
                entrant.sealed[discipline] = Sealed(event.athlete, recorded.key, recorded.cause, event.sealed)
        case AthleteEntered():
            state.entries[joined(event.athlete, event.event)] = Entered(event.noc, event.team)
        case EntriesConfirmed():
            return [one for key in event.entries for one in _enter(state, key, discipline, at, unseal)]
        case EntryWithdrawn() | EntryMadeIneligible():
            return _leave(state, joined(event.athlete, event.event), discipline, at)
        case AthleteReplaced():
            return _replace(state, event, discipline, at, unseal)
        case StartersRecorded() if recorded.actor != RESULTS:
            starters = tuple(m.Starter(starter.athlete) for starter in event.starters)
            return [m.StartList(unit=event.unit, starters=starters, at=at)]
        case ScheduleReleased():
            return [_planned(change, at, day_ends, "SCHEDULED") for change in event.diff]
        case UnitDelayed():
            return [_planned(event.change, at, day_ends, "DELAYED")]
        case UnitPostponed():
            return [m.UnitPostponed(unit=event.change.unit, at=at)]
        case UnitsRescheduled():
            return [_planned(change, at, day_ends, "RESCHEDULED") for change in event.changes]
        case UnitCancelled():
            return [m.UnitCancelled(unit=event.change.unit, at=at)]
    return []


# -- entries ----------------------------------------------------------------------------------------------------------


def _enter(state: State, key: str, discipline: str, at: int, unseal: Open) -> list[m.Message]:
    entry, (athlete, event) = state.entries[key], key.split("/", 1)
    if entry.public:
        return []
    entry.public = True
    told = _participant(state, athlete, discipline, at, unseal)
    if not entry.team:
        return [*told, m.Entry(event=event, participant=athlete, at=at)]
    code = team_code(event, entry.noc, entry.team)
    members = state.teams.setdefault(code, [])
    members.append(athlete)
    team = [_team(code, members, entry, at)]
    return [*told, *team, *([m.Entry(event=event, participant=code, at=at)] if len(members) == 1 else [])]


def _participant(state: State, athlete: str, discipline: str, at: int, unseal: Open) -> list[m.Message]:
    """Return what is told of an athlete where this is his first entry in a discipline."""
    entrant = state.athletes[athlete]
    if discipline in entrant.disciplines:
        return []
    told_before, sealed = bool(entrant.disciplines), entrant.sealed.get(discipline) or _any(entrant.sealed)
    entrant.disciplines = tuple(sorted((*entrant.disciplines, discipline)))
    known = unseal(sealed) if sealed else Known()
    if told_before and sealed and not known.name:
        return []  # erased since: what was published stays as it was
    gender: Any = entrant.gender
    said = m.Participant(
        code=athlete,
        name=known.name or athlete,
        organisation=entrant.noc,
        gender=gender,
        birth_date=known.born,
        disciplines=entrant.disciplines,
        at=at,
    )
    return [said]


def _any(sealed: Mapping[str, Sealed]) -> Sealed | None:
    return sealed[min(sealed)] if sealed else None


def _team(code: str, members: list[str], entry: Entered, at: int) -> m.Team:
    name = f"{entry.noc} {entry.team}" if entry.team > 1 else entry.noc
    return m.Team(code=code, name=name, organisation=entry.noc, discipline=code[:3], members=tuple(members), at=at)


def _leave(state: State, key: str, discipline: str, at: int) -> list[m.Message]:
    entry, (athlete, event) = state.entries[key], key.split("/", 1)
    if not entry.public:
        return []
    entry.public = False
    if not entry.team:
        return [m.Entry(event=event, participant=athlete, withdrawn=True, at=at)]
    code = team_code(event, entry.noc, entry.team)
    members = state.teams[code]
    members.remove(athlete)
    gone = [] if members else [m.Entry(event=event, participant=code, withdrawn=True, at=at)]
    return [_team(code, members, entry, at), *gone]


def _replace(state: State, event: AthleteReplaced, discipline: str, at: int, unseal: Open) -> list[m.Message]:
    leaving, coming = joined(event.leaving, event.event), joined(event.coming, event.event)
    entry = state.entries[leaving]
    state.entries[coming] = Entered(entry.noc, entry.team)
    if not entry.public:
        return []
    entered = _enter(state, coming, discipline, at, unseal)  # first, so that a team of one is never without any
    return [*entered, *_leave(state, leaving, discipline, at)]


# -- the schedule -----------------------------------------------------------------------------------------------------


def _planned(change: UnitChange, at: int, day_ends: int, status: Any) -> m.UnitScheduled:
    plan = change.after
    if plan is None:
        return m.UnitScheduled(unit=change.unit, status="UNSCHEDULED", at=at)
    day = date.fromordinal(_FIRST_DAY + sport_day(plan.start, plan.offset, day_ends)).isoformat()
    return m.UnitScheduled(
        unit=change.unit,
        start=plan.start,
        end=plan.end,
        venue=plan.venue,
        location=plan.location,
        day=day,
        medal=1 if plan.medal else 0,
        status=status,
        at=at,
    )
