"""What the book hears from elsewhere: of cards and suspensions from accreditation, of first units from the schedule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from management.command import Received, Refusal
from management.entry_book import State, refuse
from schemas.policy.entries import Policy

__all__ = [
    "DECIDE",
    "EVOLVE",
    "AthleteFlagged",
    "CardReported",
    "Command",
    "Event",
    "FirstUnitSet",
    "FlagAthlete",
    "ReportCard",
    "SetFirstUnit",
]


class ReportCard(msgspec.Struct, frozen=True, tag="report_card"):
    """Say what became of the card of an athlete."""

    athlete: str
    card: Literal["active", "blocked", "exchanged"]


class FlagAthlete(msgspec.Struct, frozen=True, tag="flag_athlete"):
    """Say that an athlete's accreditation is suspended or revoked, or stands again."""

    athlete: str
    flag: Literal["suspended", "revoked"] | None


class SetFirstUnit(msgspec.Struct, frozen=True, tag="set_first_unit"):
    """Say when the first unit of an event starts, as the released schedule has it."""

    event: str
    start: int  # ms


class CardReported(msgspec.Struct, frozen=True, tag="card_reported"):
    """What became of the card of an athlete."""

    athlete: str
    card: Literal["active", "blocked", "exchanged"]


class AthleteFlagged(msgspec.Struct, frozen=True, tag="athlete_flagged"):
    """The accreditation of an athlete changed. It ends no entry: somebody has to look at them."""

    athlete: str
    flag: Literal["suspended", "revoked"] | None
    entries: tuple[str, ...]  # athlete/event, those that are live


class FirstUnitSet(msgspec.Struct, frozen=True, tag="first_unit_set"):
    """When the first unit of an event starts."""

    event: str
    start: int


Command = ReportCard | FlagAthlete | SetFirstUnit
Event = CardReported | AthleteFlagged | FirstUnitSet


def report_card(state: State, received: Received[ReportCard], policy: Policy) -> list[Event] | Refusal:
    """Decide on the news of a card."""
    wish = received.command
    if not received.actor.may("SYSTEM") and not received.actor.may("VENUE_ACR"):
        return refuse("NOT_AUTHORISED", "only accreditation tells of cards")
    known = state.athletes.get(wish.athlete)
    if known is None:
        return refuse("NOT_LONG_LISTED", f"{wish.athlete} is on no long list", athlete=wish.athlete)
    return [] if known.card == wish.card else [CardReported(wish.athlete, wish.card)]


def flag_athlete(state: State, received: Received[FlagAthlete], policy: Policy) -> list[Event] | Refusal:
    """Decide on the news of an accreditation."""
    wish = received.command
    if not received.actor.may("SYSTEM"):
        return refuse("NOT_AUTHORISED", "only accreditation tells of suspensions")
    known = state.athletes.get(wish.athlete)
    if known is None:
        return refuse("NOT_LONG_LISTED", f"{wish.athlete} is on no long list", athlete=wish.athlete)
    entries = tuple(state.of_athlete.get(wish.athlete, ()))
    return [] if known.flag == wish.flag else [AthleteFlagged(wish.athlete, wish.flag, entries)]


def set_first_unit(state: State, received: Received[SetFirstUnit], policy: Policy) -> list[Event] | Refusal:
    """Decide on the news of the schedule."""
    wish = received.command
    if not received.actor.may("SYSTEM"):
        return refuse("NOT_AUTHORISED", "only the schedule tells of units")
    discipline = policy.disciplines.get(received.key.removeprefix("ebk:"))
    if discipline is None or wish.event not in discipline.events:
        return refuse("UNKNOWN", f"there is no event {wish.event} in this book", event=wish.event)
    return [] if state.first_units.get(wish.event) == wish.start else [FirstUnitSet(wish.event, wish.start)]


def _card_reported(state: State, event: CardReported) -> None:
    state.athletes[event.athlete].card = event.card


def _flagged(state: State, event: AthleteFlagged) -> None:
    state.athletes[event.athlete].flag = event.flag


def _first_unit_set(state: State, event: FirstUnitSet) -> None:
    state.first_units[event.event] = event.start


DECIDE: Mapping[type, Callable[..., list[Event] | Refusal]] = MappingProxyType(
    {ReportCard: report_card, FlagAthlete: flag_athlete, SetFirstUnit: set_first_unit}
)
EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {CardReported: _card_reported, AthleteFlagged: _flagged, FirstUnitSet: _first_unit_set}
)
