"""A person at the Games: the participations and the cards, decided and recorded as one (key ``per:{person}``).

What happens to a participation happens to its card in the same decision, so there is no moment at which a suspended
person has a card that opens gates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from management import application, card, card_desk, function_change, participation, person_record, suspension
from management.application import OpenApplication, RecordClearance, Return, Submit, Verify
from management.card import Card, follow
from management.card_desk import (
    ConfirmReceipt,
    Dispatch,
    Held,
    Produce,
    Reissue,
    ReportDamaged,
    ReportFound,
    ReportLost,
    ReportStolen,
    ReturnCard,
    Validate,
)
from management.card_events import CardEvent, CardExpired, CardProduced
from management.card_events import Event as AnyCardEvent
from management.command import Received, Refusal, Role, Tick
from management.function_change import ChangeEntitlement, ChangeFunction, Withdraw
from management.participation import ENDED, Participation, authorised
from management.participation_events import ApplicationOpened, ParticipationEvent
from management.participation_events import Event as AnyParticipationEvent
from management.person_codes import refuse
from management.person_record import (
    AdoptParticipation,
    CloseGames,
    ErasePerson,
    ErasureRequested,
    LegalHoldLifted,
    LegalHoldPlaced,
    LiftLegalHold,
    MergePerson,
    ParticipationAdopted,
    PersonErased,
    PersonMerged,
    PlaceLegalHold,
    RequestErasure,
    State,
    live_cards,
)
from management.suspension import (
    ApproveRevocation,
    ConfirmSuspension,
    Reinstate,
    RequestRevocation,
    RequireUndertaking,
    Suspend,
    Warn,
)
from schemas.policy.accreditation import Policy

__all__ = [
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
    "due",
    "evolve",
]


Command = (
    OpenApplication
    | Submit
    | Return
    | Verify
    | RecordClearance
    | ChangeFunction
    | ChangeEntitlement
    | Warn
    | RequireUndertaking
    | Suspend
    | ConfirmSuspension
    | Reinstate
    | RequestRevocation
    | ApproveRevocation
    | Withdraw
    | CloseGames
    | Produce
    | Dispatch
    | ConfirmReceipt
    | Validate
    | ReportLost
    | ReportStolen
    | ReportDamaged
    | Reissue
    | ReportFound
    | ReturnCard
    | MergePerson
    | AdoptParticipation
    | PlaceLegalHold
    | LiftLegalHold
    | RequestErasure
    | ErasePerson
    | Tick
)

Event = (
    AnyParticipationEvent
    | AnyCardEvent
    | ParticipationAdopted
    | PersonMerged
    | LegalHoldPlaced
    | LegalHoldLifted
    | ErasureRequested
    | PersonErased
)

Decision = Sequence[Event] | Refusal

# -- who decides which command, and who may give it -------------------------------------------------------------------

ABOUT_PARTICIPATION: dict[type[Any], Callable[[Participation, Received[Any], Policy], Decision]] = {
    Submit: application.submit,
    Return: application.return_application,
    Verify: application.verify,
    ChangeFunction: function_change.change_function,
    ChangeEntitlement: function_change.change_entitlement,
    Warn: suspension.warn,
    RequireUndertaking: suspension.require_undertaking,
    Suspend: suspension.suspend,
    ConfirmSuspension: suspension.confirm_suspension,
    Reinstate: suspension.reinstate,
    RequestRevocation: suspension.request_revocation,
    ApproveRevocation: suspension.approve_revocation,
    Withdraw: function_change.withdraw,
}

ABOUT_CARD: dict[type[Any], Callable[[Card, Held, Received[Any], Policy], Decision]] = {
    Dispatch: card_desk.dispatch,
    ConfirmReceipt: card_desk.confirm_receipt,
    Validate: card_desk.validate,
    ReportLost: card_desk.report_lost,
    ReportStolen: card_desk.report_stolen,
    ReportDamaged: card_desk.report_damaged,
    Reissue: card_desk.reissue,
    ReportFound: card_desk.report_found,
    ReturnCard: card_desk.return_card,
}

WHO: dict[type[Any], tuple[Role, ...]] = {
    **application.WHO,
    **suspension.WHO,
    **function_change.WHO,
    **card_desk.WHO,
    **person_record.WHO,
    Tick: ("SYSTEM",),
}


def decide(state: State, received: Received[Command], policy: Policy) -> list[Event] | Refusal:
    """Decide a command about a person."""
    decided = _decide(state, received, policy)
    if isinstance(decided, Refusal):
        return decided
    return list(_with_cards(state, decided, policy))


def _decide(state: State, received: Received[Any], policy: Policy) -> Decision:
    kind = type(received.command)
    if kind is Tick:
        return [] if state.merged_into else _tick(state, received)
    if state.merged_into:
        return refuse("MERGED", "The person's record goes on in another.", into=state.merged_into)
    if state.erased:
        return refuse("ERASED", "The person was erased.")
    if kind is OpenApplication:
        return _open(state, received, policy)
    if kind is RecordClearance:
        return application.record_clearance(list(state.participations.values()), received, policy)
    if kind in ABOUT_PARTICIPATION or kind is Produce:
        return _about_participation(state, received, policy)
    if kind in ABOUT_CARD:
        return _about_card(state, received, policy)
    return _about_person(state, received, policy)


def _tick(state: State, received: Received[Tick]) -> Decision:
    if refusal := _forbidden(received):
        return refusal
    until = received.command.until
    events: list[Event] = []
    for one in state.participations.values():
        events += suspension.lapse(one, until)
    events += [CardExpired(one.serial) for one in live_cards(state) if one.valid_to <= until]
    return events


def _open(state: State, received: Received[OpenApplication], policy: Policy) -> Decision:
    ask = received.command
    opened = application.open_application(received, policy)
    if isinstance(opened, Refusal):
        return opened
    if ask.participation in state.participations:
        return refuse("EXISTS", "The identifier is taken.", participation=ask.participation)
    for one in state.participations.values():
        if (one.ro, one.category, one.function) == (ask.ro, ask.category, ask.function) and one.status not in ENDED:
            return refuse("DUPLICATE", "The person has this function already.", participation=one.id)
    return opened


def _about_participation(state: State, received: Received[Any], policy: Policy) -> Decision:
    ask = received.command
    found = state.participations.get(ask.participation)
    if found is None:
        return refuse("UNKNOWN", "There is no such participation.", participation=ask.participation)
    if refusal := _forbidden(received, found.ro):
        return refusal
    if isinstance(ask, Produce):
        return card_desk.produce(Held(found, state.cards.values()), received, policy)
    return ABOUT_PARTICIPATION[type(ask)](found, received, policy)


def _about_card(state: State, received: Received[Any], policy: Policy) -> Decision:
    ask = received.command
    found = state.cards.get(str(ask.serial))
    if found is None:
        return refuse("UNKNOWN", "There is no such card.", serial=ask.serial)
    held = Held(state.participations[found.participation], state.cards.values())
    if refusal := _forbidden(received, held.participation.ro):
        return refusal
    return ABOUT_CARD[type(ask)](found, held, received, policy)


def _about_person(state: State, received: Received[Any], policy: Policy) -> Decision:
    if refusal := _forbidden(received):
        return refusal
    return person_record.decide(state, received, policy)


def _forbidden(received: Received[Any], ro: str = "") -> Refusal | None:
    point = getattr(received.command, "point", "")
    if authorised(received.actor, WHO[type(received.command)], ro, point):
        return None
    return refuse("NOT_AUTHORISED", "The actor may not do this here.", actor=received.actor.id)


def _with_cards(state: State, events: Iterable[Event], policy: Policy) -> Iterable[Event]:
    """Yield events, each followed by what it means for the cards of its participation."""
    for event in events:
        yield event
        if isinstance(event, ParticipationEvent):
            for one in state.cards.values():
                if one.participation == event.participation:
                    yield from follow(one, event, policy)


def evolve(state: State, event: Event) -> None:
    """Take in an event of the person."""
    match event:
        case ParticipationAdopted() | PersonMerged() | LegalHoldPlaced() | LegalHoldLifted():
            person_record.evolve(state, event)
        case ErasureRequested() | PersonErased():
            person_record.evolve(state, event)
        case ApplicationOpened():
            state.participations[event.participation] = participation.opened(event)
        case ParticipationEvent():
            participation.evolve(state.participations[event.participation], event)
        case CardProduced():
            state.cards[str(event.serial)] = card.produced(event)
            state.participations[event.participation].reissues += event.replaces is not None
        case CardEvent():
            card.evolve(state.cards[str(event.serial)], event)


def due(state: State) -> int | None:
    """Return the earliest instant at which a suspension or a card ends by itself, ms."""
    if state.merged_into:
        return None
    lapses = [one.suspension.lapses for one in state.participations.values() if one.suspension]
    ends = [end for end in lapses if end is not None] + [one.valid_to for one in live_cards(state)]
    return min(ends, default=None)
