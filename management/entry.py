"""Entries by name: an athlete for an event, confirmed at the delegation registration meeting, or withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from management.command import Received, Refusal
from management.entry_book import ENTRY_TRANSITIONS, Entry, EntryVerb, State, joined, refuse
from management.entry_counts import begin, end
from management.entry_guards import Case, Facts, check
from management.place import Event as PlaceEvent
from management.place import vacate
from schemas.policy.entries import Policy

__all__ = [
    "DECIDE",
    "EVOLVE",
    "AthleteEntered",
    "Command",
    "ConfirmEntries",
    "EnterAthlete",
    "EntriesConfirmed",
    "EntryMadeIneligible",
    "EntryWithdrawn",
    "Event",
    "WithdrawEntry",
    "allows",
]


class EnterAthlete(msgspec.Struct, frozen=True, tag="enter_athlete"):
    """Enter an athlete for an event."""

    noc: str
    athlete: str
    event: str
    facts: Facts
    place: str | None = None
    team: int = 0  # of a team event, from 1


class WithdrawEntry(msgspec.Struct, frozen=True, tag="withdraw_entry"):
    """Take an entry back."""

    noc: str
    athlete: str
    event: str


class ConfirmEntries(msgspec.Struct, frozen=True, tag="confirm_entries"):
    """Confirm all entries of an organisation, as signed at its delegation registration meeting."""

    noc: str


class AthleteEntered(msgspec.Struct, frozen=True, tag="athlete_entered"):
    """An athlete is entered for an event."""

    noc: str
    athlete: str
    event: str
    place: str | None
    team: int
    standard: str | None  # the best that was met
    exceptions: tuple[str, ...] = ()  # that let it through


class EntryWithdrawn(msgspec.Struct, frozen=True, tag="entry_withdrawn"):
    """An entry was taken back."""

    noc: str
    athlete: str
    event: str


class EntryMadeIneligible(msgspec.Struct, frozen=True, tag="entry_made_ineligible"):
    """An entry ended by a sanction."""

    noc: str
    athlete: str
    event: str


class EntriesConfirmed(msgspec.Struct, frozen=True, tag="entries_confirmed"):
    """The entries of an organisation are confirmed."""

    noc: str
    entries: tuple[str, ...]  # athlete/event


Command = EnterAthlete | WithdrawEntry | ConfirmEntries
Event = AthleteEntered | EntryWithdrawn | EntryMadeIneligible | EntriesConfirmed


def allows(state: State, athlete: str, event: str, verb: EntryVerb) -> bool:
    """Say whether the status of an athlete in an event allows what is to be done."""
    entry = state.entries.get(joined(athlete, event))
    return verb in ENTRY_TRANSITIONS[entry.status if entry else None]


def enter(state: State, received: Received[EnterAthlete], policy: Policy) -> list[Event] | Refusal:
    """Decide on an entry by name: every guard of entry_guards, in its order."""
    wish = received.command
    if not received.actor.may("RO_ENTRIES", f"ro:{wish.noc}"):
        return refuse("NOT_AUTHORISED", f"only the entries office of {wish.noc} enters its athletes", noc=wish.noc)
    discipline = policy.disciplines.get(received.key.removeprefix("ebk:"))
    if discipline is None or wish.event not in discipline.events:
        return refuse("UNKNOWN", f"there is no event {wish.event} in this book", event=wish.event)
    case = Case(
        state,
        policy,
        discipline,
        noc=wish.noc,
        athlete=wish.athlete,
        event=wish.event,
        at=received.at,
        facts=wish.facts,
        place=wish.place,
        team=wish.team,
    )
    exceptions = check(case)
    if isinstance(exceptions, Refusal):
        return exceptions
    if joined(wish.athlete, wish.event) in state.proposed:
        return refuse("STATE", f"{wish.athlete} is to replace another athlete in the event", athlete=wish.athlete)
    if not allows(state, wish.athlete, wish.event, "enter"):
        return refuse("STATE", f"{wish.athlete} was replaced in the event", athlete=wish.athlete)
    return [
        AthleteEntered(wish.noc, wish.athlete, wish.event, wish.place, case.team, case.standard, exceptions),
    ]


def withdraw(state: State, received: Received[WithdrawEntry], policy: Policy) -> list[Event | PlaceEvent] | Refusal:
    """Decide on taking an entry back; its place goes on as ``place.vacate`` says."""
    wish = received.command
    if not received.actor.may("RO_ENTRIES", f"ro:{wish.noc}"):
        return refuse("NOT_AUTHORISED", f"only the entries office of {wish.noc} withdraws its athletes", noc=wish.noc)
    key = joined(wish.athlete, wish.event)
    entry = state.entries.get(key)
    if entry is None or entry.noc != wish.noc:
        return refuse("UNKNOWN", f"{wish.athlete} is not entered by {wish.noc}", athlete=wish.athlete)
    if entry.status == "WITHDRAWN":
        return []
    if not allows(state, wish.athlete, wish.event, "withdraw"):
        return refuse("STATE", f"the entry is {entry.status}", status=entry.status)
    if key in state.proposed:
        return refuse("STATE", f"a replacement of {wish.athlete} waits", proposal=state.proposed[key])
    if units := state.competed.get(key):
        return refuse("STATE", f"{wish.athlete} has competed in the event", units=tuple(units))
    place = vacate(state, entry.place, "WITHDRAWN", received.at, policy)
    return [EntryWithdrawn(wish.noc, wish.athlete, wish.event), *place]


def confirm(state: State, received: Received[ConfirmEntries], policy: Policy) -> list[Event] | Refusal:
    """Decide on confirming an organisation's entries."""
    noc = received.command.noc
    office = received.actor.may("SPORT_ENTRIES", f"discipline:{received.key.removeprefix('ebk:')}")
    if not office and not received.actor.may("SYSTEM"):
        return refuse("NOT_AUTHORISED", "only the entries office of the Games confirms entries")
    keys = tuple(key for key in state.of_noc.get(noc, []) if state.entries[key].status == "ENTERED")
    return [EntriesConfirmed(noc, keys)] if keys else []


def _entered(state: State, event: AthleteEntered) -> None:
    before = state.entries.get(joined(event.athlete, event.event))
    entry = Entry(
        event.athlete,
        event.event,
        event.noc,
        state.athletes[event.athlete].gender,
        ENTRY_TRANSITIONS[before.status if before else None]["enter"],
        event.place,
        event.team,
        event.standard,
    )
    begin(state, entry)


def _withdrawn(state: State, event: EntryWithdrawn) -> None:
    _end(state, joined(event.athlete, event.event), "withdraw")


def _ineligible(state: State, event: EntryMadeIneligible) -> None:
    _end(state, joined(event.athlete, event.event), "bar")


def _end(state: State, key: str, verb: EntryVerb) -> None:
    end(state, key)
    entry = state.entries[key]
    entry.status = ENTRY_TRANSITIONS[entry.status][verb]


def _confirmed(state: State, event: EntriesConfirmed) -> None:
    for key in event.entries:
        entry = state.entries[key]
        entry.status = ENTRY_TRANSITIONS[entry.status]["confirm"]


DECIDE: Mapping[type, Callable[..., list[Event] | list[Event | PlaceEvent] | Refusal]] = MappingProxyType(
    {EnterAthlete: enter, WithdrawEntry: withdraw, ConfirmEntries: confirm}
)

EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {
        AthleteEntered: _entered,
        EntryWithdrawn: _withdrawn,
        EntryMadeIneligible: _ineligible,
        EntriesConfirmed: _confirmed,
    }
)
