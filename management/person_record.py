"""A person's record as a whole: closed with the Games, merged into another, held by the law, erased.

Two records may turn out to be of one person: one goes on in the other (``MergePerson`` here, then there, for each
participation, ``AdoptParticipation``). Erasing destroys the key to all that is personal, elsewhere; the record keeps
codes, identifiers and times, and takes no command any more.
"""

from __future__ import annotations

from typing import Any

import msgspec

from management.card import LIVE, Card
from management.card_events import CardSuperseded
from management.command import Received, Refusal, Role
from management.participation import ENDED, Participation
from management.participation_events import Closed, ParticipationEvent
from management.person_codes import refuse
from schemas.policy.accreditation import Policy

__all__ = [
    "WHO",
    "AdoptParticipation",
    "CloseGames",
    "Command",
    "ErasePerson",
    "ErasureRequested",
    "Event",
    "LegalHoldLifted",
    "LegalHoldPlaced",
    "LiftLegalHold",
    "MergePerson",
    "ParticipationAdopted",
    "PersonErased",
    "PersonMerged",
    "PlaceLegalHold",
    "RequestErasure",
    "State",
    "decide",
    "evolve",
    "live_cards",
]


class State(msgspec.Struct):
    """What is known of a person: nothing by name."""

    participations: dict[str, Participation] = {}
    # By serial, in the order in which they were printed; as text, since what sorts states knows no other keys.
    cards: dict[str, Card] = {}
    merged_into: str = ""  # the person in whose record this one goes on
    sources: list[str] = []  # persons whose records go on in this one
    legal_holds: list[str] = []  # cases for which the record must not be erased
    erasure_asked: str = ""  # by whom, where somebody has asked for the person to be erased
    erased: bool = False


class CloseGames(msgspec.Struct, frozen=True, tag="close_games"):
    """End all participations: the Games are over."""


class MergePerson(msgspec.Struct, frozen=True, tag="merge_person"):
    """Say that this record and another one are of the same person, and that the other one goes on."""

    into: str


class AdoptParticipation(msgspec.Struct, frozen=True, tag="adopt_participation"):
    """Take a participation over from a record that was merged into this one, sanctions included."""

    sources: tuple[str, ...]  # the persons whose records they were: the one just merged, and those merged into it
    record: Participation


class PlaceLegalHold(msgspec.Struct, frozen=True, tag="place_legal_hold"):
    """Forbid erasing as long as a case is open."""

    case: str


class LiftLegalHold(msgspec.Struct, frozen=True, tag="lift_legal_hold"):
    """Say that a case is closed."""

    case: str


class RequestErasure(msgspec.Struct, frozen=True, tag="request_erasure"):
    """Ask that a person be erased: because the person wishes it, or what it was kept for is over."""

    reason: str  # a code


class ErasePerson(msgspec.Struct, frozen=True, tag="erase_person"):
    """Erase what is personal. It cannot be undone, so another one has asked for it where the policy wants two."""


class ParticipationAdopted(ParticipationEvent, frozen=True, tag="participation_adopted"):
    """A participation of the same person came over from another record, as it stood there."""

    sources: tuple[str, ...]
    record: Participation


class PersonMerged(msgspec.Struct, frozen=True, tag="person_merged"):
    """The record goes on in another one, which is to adopt these participations."""

    into: str
    records: tuple[Participation, ...]
    sources: tuple[str, ...]  # persons whose records had gone on in this one


class LegalHoldPlaced(msgspec.Struct, frozen=True, tag="legal_hold_placed"):
    """Erasing is forbidden for a case."""

    case: str


class LegalHoldLifted(msgspec.Struct, frozen=True, tag="legal_hold_lifted"):
    """A case forbids erasing no longer."""

    case: str


class ErasureRequested(msgspec.Struct, frozen=True, tag="erasure_requested"):
    """Somebody asked that the person be erased."""

    by: str
    reason: str


class PersonErased(msgspec.Struct, frozen=True, tag="person_erased"):
    """The person's key is to be destroyed, and what was derived from it purged; those of merged records too."""

    sources: tuple[str, ...]


Command = CloseGames | MergePerson | AdoptParticipation | PlaceLegalHold | LiftLegalHold | RequestErasure | ErasePerson
Event = ParticipationAdopted | PersonMerged | LegalHoldPlaced | LegalHoldLifted | ErasureRequested | PersonErased

# -- who may, everywhere ----------------------------------------------------------------------------------------------

WHO: dict[type[Any], tuple[Role, ...]] = {
    CloseGames: ("SYSTEM", "GAMES_AUTHORITY"),
    MergePerson: ("OC_ACR_SUPERVISOR",),
    AdoptParticipation: ("SYSTEM",),
    PlaceLegalHold: ("DPO",),
    LiftLegalHold: ("DPO",),
    RequestErasure: ("DPO", "OC_ACR_SUPERVISOR"),
    ErasePerson: ("DPO",),
}

Decision = list[Event | Closed | CardSuperseded] | Refusal


def live_cards(state: State) -> list[Card]:
    """Return the cards that open gates, or may yet."""
    return [one for one in state.cards.values() if one.status in LIVE]


def decide(state: State, received: Received[Command], policy: Policy) -> Decision:
    """Decide what happens to the record as a whole."""
    ask = received.command
    match ask:
        case CloseGames():
            if received.at < policy.closes_from:
                return refuse("TOO_EARLY", "The Games are not closed yet.", close_from=policy.closes_from)
            return [Closed(one.id) for one in state.participations.values() if one.status != "CLOSED"]
        case MergePerson():
            return _merge(state, received)
        case AdoptParticipation():
            if ask.record.id in state.participations:
                return refuse("EXISTS", "The identifier is taken.", participation=ask.record.id)
            return [ParticipationAdopted(ask.record.id, sources=ask.sources, record=ask.record)]
        case PlaceLegalHold():
            return [] if ask.case in state.legal_holds else [LegalHoldPlaced(ask.case)]
        case LiftLegalHold():
            return [LegalHoldLifted(ask.case)] if ask.case in state.legal_holds else []
        case RequestErasure():
            return [] if state.erasure_asked else [ErasureRequested(received.actor.id, ask.reason)]
        case ErasePerson():
            return _erase(state, received.actor.id, by_two=policy.erasure_by_two)


def _merge(state: State, received: Received[Any]) -> Decision:
    into = received.command.into
    if received.key == f"per:{into}":
        return refuse("EXISTS", "A record does not go on in itself.", into=into)
    if state.legal_holds:
        return refuse("ON_HOLD", "A legal hold is put on the other record first.", cases=tuple(state.legal_holds))
    # The card that goes on is one of the other record: two records of a person may each have had one.
    void: list[Event | Closed | CardSuperseded] = [
        CardSuperseded(one.serial, reason="MERGE") for one in live_cards(state)
    ]
    records = tuple(msgspec.structs.replace(one) for one in state.participations.values())
    return [*void, PersonMerged(into, records, tuple(state.sources))]


def _erase(state: State, actor: str, *, by_two: bool) -> Decision:
    if state.legal_holds:
        return refuse("ON_HOLD", "A legal hold forbids erasing.", cases=tuple(state.legal_holds))
    live = [one.id for one in state.participations.values() if one.status not in ENDED]
    if live:
        return refuse("STATE", "The person takes part still.", participations=tuple(live))
    if by_two and not state.erasure_asked:
        return refuse("NOT_REQUESTED", "Somebody else has to ask for it first.")
    if by_two and state.erasure_asked == actor:
        return refuse("SAME_PERSON", "Who asked for it does not erase.", actor=actor)
    return [PersonErased(tuple(state.sources))]


def evolve(state: State, event: Event) -> None:
    """Take in an event of the record as a whole."""
    match event:
        case ParticipationAdopted():
            # A copy: an event may be taken in more than once, by more than one state.
            state.participations[event.participation] = msgspec.structs.replace(event.record)
            state.sources += [source for source in event.sources if source not in state.sources]
        case PersonMerged():
            state.merged_into = event.into
        case LegalHoldPlaced():
            state.legal_holds.append(event.case)
        case LegalHoldLifted():
            state.legal_holds.remove(event.case)
        case ErasureRequested():
            state.erasure_asked = event.by
        case PersonErased():
            state.erased = True
