"""Sanctions: who is kept from the Games, and the entries that end by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from management.command import Received, Refusal
from management.entry import EntryMadeIneligible
from management.entry_book import State, joined, refuse
from management.place import Event as PlaceEvent
from management.place import PlaceReturned, vacate
from schemas.policy.entries import Discipline, Policy

__all__ = [
    "DECIDE",
    "EVOLVE",
    "AthleteSanctioned",
    "Command",
    "Event",
    "LiftSanction",
    "SanctionAthlete",
    "SanctionLifted",
]


class SanctionAthlete(msgspec.Struct, frozen=True, tag="sanction_athlete"):
    """Keep an athlete from competing."""

    athlete: str
    authority: str  # who decided
    until: int | None = None  # last instant, ms; none: for good


class LiftSanction(msgspec.Struct, frozen=True, tag="lift_sanction"):
    """Let an athlete compete again. Entries that ended do not come back by it."""

    athlete: str
    authority: str


class AthleteSanctioned(msgspec.Struct, frozen=True, tag="athlete_sanctioned"):
    """An athlete may not compete."""

    athlete: str
    authority: str
    until: int | None
    bars_the_games: bool  # it lasts until they open


class SanctionLifted(msgspec.Struct, frozen=True, tag="sanction_lifted"):
    """An athlete may compete again."""

    athlete: str
    authority: str


Command = SanctionAthlete | LiftSanction
Event = AthleteSanctioned | SanctionLifted | EntryMadeIneligible | PlaceEvent


def _not_allowed(received: Received[Any]) -> Refusal | None:
    discipline = f"discipline:{received.key.removeprefix('ebk:')}"
    if received.actor.may("GAMES_AUTHORITY") or received.actor.may("IF_DELEGATE", discipline):
        return None
    return refuse("NOT_AUTHORISED", "only the authority of the Games or the federation decides on sanctions")


def sanction(state: State, received: Received[SanctionAthlete], policy: Policy) -> list[Event] | Refusal:
    """Decide on a sanction; where it bars the Games, the athlete's entries end and the athlete's own places go back."""
    wish = received.command
    if refusal := _not_allowed(received):
        return refusal
    if wish.athlete in state.sanctions and state.sanctions[wish.athlete] == wish.until:
        return []
    bars_the_games = wish.until is None or wish.until >= policy.opens_at
    events: list[Event] = [AthleteSanctioned(wish.athlete, wish.authority, wish.until, bars_the_games)]
    if not bars_the_games:
        return events
    leaving = [state.entries[key] for key in state.of_athlete.get(wish.athlete, [])]
    for entry in leaving:
        events.append(EntryMadeIneligible(entry.noc, entry.athlete, entry.event))
        events += vacate(state, entry.place, "INELIGIBLE", received.at, policy)
    return [*events, *_unused(state, wish.athlete, policy.disciplines.get(received.key.removeprefix("ebk:")))]


def _unused(state: State, athlete: str, discipline: Discipline | None) -> list[PlaceReturned]:
    """Return the athlete's own places that no entry uses, given back."""
    own = [state.holder.get(joined(athlete, event)) for event in discipline.events] if discipline else []
    unused = [place_id for place_id in own if place_id is not None and not state.places[place_id].used]
    return [PlaceReturned(place_id, "INELIGIBLE", state.places[place_id].noc, athlete) for place_id in unused]


def lift(state: State, received: Received[LiftSanction], policy: Policy) -> list[Event] | Refusal:
    """Decide on lifting a sanction."""
    wish = received.command
    if refusal := _not_allowed(received):
        return refusal
    return [SanctionLifted(wish.athlete, wish.authority)] if wish.athlete in state.sanctions else []


def _sanctioned(state: State, event: AthleteSanctioned) -> None:
    state.sanctions[event.athlete] = event.until


def _lifted(state: State, event: SanctionLifted) -> None:
    state.sanctions.pop(event.athlete, None)


DECIDE: Mapping[type, Callable[..., list[Event] | Refusal]] = MappingProxyType(
    {SanctionAthlete: sanction, LiftSanction: lift}
)
EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType({AthleteSanctioned: _sanctioned, SanctionLifted: _lifted})
