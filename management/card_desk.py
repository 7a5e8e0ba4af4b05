"""What desks do with cards: print, send, validate, take reports, replace, take back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec

from management.card import BLOCKED, LIVE, Card, illegal
from management.card_events import (
    CardDamaged,
    CardDispatched,
    CardFound,
    CardLost,
    CardProduced,
    CardReceived,
    CardReturned,
    CardStolen,
    CardSuperseded,
    CardValidated,
    Event,
)
from management.command import Received, Refusal, Role
from management.participation import Participation, authorised
from management.person_codes import refuse
from schemas.policy.accreditation import Policy

__all__ = [
    "WHO",
    "ConfirmReceipt",
    "Dispatch",
    "Held",
    "Produce",
    "Reissue",
    "ReportDamaged",
    "ReportFound",
    "ReportLost",
    "ReportStolen",
    "ReturnCard",
    "Validate",
    "confirm_receipt",
    "dispatch",
    "produce",
    "reissue",
    "report_damaged",
    "report_found",
    "report_lost",
    "report_stolen",
    "return_card",
    "validate",
]


class Produce(msgspec.Struct, frozen=True, tag="produce"):
    """Print the card of a participation. The serial and the index are new in the whole Games."""

    participation: str
    serial: int
    index: int
    photo: bool  # the desk has it
    point: str = ""  # the venue of the desk


class Dispatch(msgspec.Struct, frozen=True, tag="dispatch"):
    """Send a card to its organisation."""

    serial: int
    batch: str


class ConfirmReceipt(msgspec.Struct, frozen=True, tag="confirm_receipt"):
    """Say that the organisation has the card."""

    serial: int
    batch: str


class Validate(msgspec.Struct, frozen=True, tag="validate"):
    """Compare the bearer with the document and make the card open gates."""

    serial: int
    point: str
    bearer_present: bool
    document_matches: bool


class ReportLost(msgspec.Struct, frozen=True, tag="report_lost"):
    """Say that a card is lost."""

    serial: int
    identity_checked: bool  # of the person whose card it is
    point: str = ""


class ReportStolen(msgspec.Struct, frozen=True, tag="report_stolen"):
    """Say that a card was stolen."""

    serial: int
    identity_checked: bool
    point: str = ""


class ReportDamaged(msgspec.Struct, frozen=True, tag="report_damaged"):
    """Hand in a damaged card."""

    serial: int
    identity_checked: bool
    old_card_back: bool
    point: str = ""


class Reissue(msgspec.Struct, frozen=True, tag="reissue"):
    """Print another card in the place of a blocked one."""

    serial: int  # the blocked one
    new_serial: int
    new_index: int
    photo: bool
    point: str = ""


class ReportFound(msgspec.Struct, frozen=True, tag="report_found"):
    """Say that a lost card has turned up."""

    serial: int
    point: str = ""


class ReturnCard(msgspec.Struct, frozen=True, tag="return_card"):
    """Hand a card back for good."""

    serial: int
    point: str = ""


# -- who may; a venue's desk at its venue, others in the scope of the organisation ------------------------------------

DESKS: tuple[Role, ...] = ("OC_ACR_OPERATOR", "OC_ACR_SUPERVISOR", "VENUE_ACR")
WHO: dict[type[Any], tuple[Role, ...]] = {
    Produce: (*DESKS, "SYSTEM"),
    Dispatch: ("OC_ACR_OPERATOR",),
    ConfirmReceipt: ("RO_ACR",),
    Validate: DESKS,
    ReportLost: (*DESKS, "RO_ACR", "SOC"),
    ReportStolen: (*DESKS, "RO_ACR", "SOC"),
    ReportDamaged: DESKS,
    Reissue: DESKS,
    ReportFound: (*DESKS, "RO_ACR", "SOC"),
    ReturnCard: (*DESKS, "SYSTEM"),
}


class Held(NamedTuple):
    """What a desk's decision looks at."""

    participation: Participation
    cards: Collection[Card]  # all of the person


Decision = list[Event] | Refusal


def produce(held: Held, received: Received[Produce], policy: Policy) -> Decision:
    """Decide whether the first card of a participation, or one after a change, is printed."""
    ask = received.command
    if refusal := _not_printable(held.participation, received):
        return refusal
    for card in held.cards:
        if card.participation == held.participation.id and card.status in LIVE:
            return refuse("LIVE_CARD", "The participation has a card.", serial=card.serial)
        if card.participation == held.participation.id and card.status in BLOCKED:
            return refuse("REISSUE", "A card that is gone is replaced by a reissue.", serial=card.serial)
    return _printed(held, received, policy, serial=ask.serial, index=ask.index, replaces=None)


def reissue(card: Card, held: Held, received: Received[Reissue], policy: Policy) -> Decision:
    """Decide whether a blocked card is replaced: never before it is blocked, and so often only without a supervisor.

    Being lost, stolen or damaged is being blocked: the status list is folded from the log in its order, so none that
    knows the new card lets the old one in.
    """
    ask, participation = received.command, held.participation
    if card.status in LIVE:
        return refuse("NOT_BLOCKED", "The card before opens gates still.", serial=card.serial)
    if refusal := illegal(card, CardSuperseded):
        return refusal
    supervisor = authorised(received.actor, ("OC_ACR_SUPERVISOR",), participation.ro)
    if participation.reissues >= policy.reissues and not supervisor:
        return refuse("REISSUE_LIMIT", "A supervisor replaces so many cards.", reissues=participation.reissues)
    if refusal := _not_printable(participation, received):
        return refusal
    printed = _printed(held, received, policy, serial=ask.new_serial, index=ask.new_index, replaces=card.serial)
    if isinstance(printed, Refusal):
        return printed
    return [*printed, CardSuperseded(card.serial, reason="REISSUE")]


def _not_printable(participation: Participation, received: Received[Produce] | Received[Reissue]) -> Refusal | None:
    if participation.status != "APPROVED":
        text = "No card without an approved participation."
        return refuse("NOT_APPROVED", text, participation=participation.id, status=participation.status)
    if not received.command.photo:
        return refuse("NO_PHOTO", "No card without a photo.", participation=participation.id)
    return None


def _printed(
    held: Held, received: Received[Any], policy: Policy, *, serial: int, index: int, replaces: int | None
) -> Decision:
    if any(card.serial == serial for card in held.cards):
        return refuse("SERIAL_USED", "A serial is one card for ever.", serial=serial)
    if any(card.index == index for card in held.cards):
        return refuse("INDEX_USED", "An index of the status list is one card for ever.", index=index)
    if received.at >= policy.validity.end:
        return refuse("VALIDITY", "The time of all cards is over.", valid_to=policy.validity.end)
    window = policy.validity
    card = CardProduced(serial, index, held.participation.id, window.first, window.end, received.actor.id, replaces)
    return [card]


def dispatch(card: Card, held: Held, received: Received[Dispatch], policy: Policy) -> Decision:
    """Decide whether a card is sent."""
    if refusal := illegal(card, CardDispatched):
        return refusal
    if card.delivery:
        return refuse("STATE", "The card was sent already.", serial=card.serial)
    return [CardDispatched(card.serial, batch=received.command.batch)]


def confirm_receipt(card: Card, held: Held, received: Received[ConfirmReceipt], policy: Policy) -> Decision:
    """Decide whether a card that was sent has arrived."""
    if refusal := illegal(card, CardReceived):
        return refusal
    if card.delivery != "DISPATCHED":
        return [] if card.delivery else refuse("STATE", "The card was not sent.", serial=card.serial)
    return [CardReceived(card.serial, batch=received.command.batch)]


def validate(card: Card, held: Held, received: Received[Validate], policy: Policy) -> Decision:
    """Decide whether a card opens gates from now on."""
    if refusal := illegal(card, CardValidated):
        return refusal
    ask, at = received.command, received.at
    if held.participation.status != "APPROVED":
        text = "The participation is not approved."
        return refuse("NOT_APPROVED", text, participation=held.participation.id, status=held.participation.status)
    if not ask.bearer_present:
        return refuse("BEARER_ABSENT", "The bearer comes in person.", serial=card.serial)
    if not ask.document_matches:
        return refuse("DOCUMENT_MISMATCH", "The document is not that of the person.", serial=card.serial)
    if not held.participation.is_clear(at):
        return refuse("CLEARANCE", "The verdict of the security check has expired.", serial=card.serial)
    point = policy.venues.get(ask.point)
    if point is None or not point.validates:
        return refuse("POINT", "No cards are validated here.", point=ask.point)
    if not card.valid_from <= at < card.valid_to:
        return refuse("VALIDITY", "The card's time is not now.", valid_from=card.valid_from, valid_to=card.valid_to)
    return [CardValidated(card.serial, point=ask.point, by=received.actor.id)]


def report_lost(card: Card, held: Held, received: Received[ReportLost], policy: Policy) -> Decision:
    """Decide whether a card is lost."""
    return _reported(card, received, CardLost)


def report_stolen(card: Card, held: Held, received: Received[ReportStolen], policy: Policy) -> Decision:
    """Decide whether a card was stolen."""
    return _reported(card, received, CardStolen)


def report_damaged(card: Card, held: Held, received: Received[ReportDamaged], policy: Policy) -> Decision:
    """Decide whether a card is damaged, which needs the card."""
    decided = _reported(card, received, CardDamaged)
    if not isinstance(decided, Refusal) and not received.command.old_card_back:
        return refuse("OLD_CARD", "A damaged card is handed in.", serial=card.serial)
    return decided


def _reported(card: Card, received: Received[Any], event: type[CardLost | CardStolen | CardDamaged]) -> Decision:
    if refusal := illegal(card, event):
        return refusal
    if not received.command.identity_checked:
        return refuse("IDENTITY", "Who reports a card is checked to be its bearer.", serial=card.serial)
    return [event(card.serial, by=received.actor.id)]


def report_found(card: Card, held: Held, received: Received[ReportFound], policy: Policy) -> Decision:
    """Decide whether a lost card is noted as found, which changes nothing else."""
    if refusal := illegal(card, CardFound):
        return refusal
    if not card.missing:
        return refuse("STATE", "The card was not lost.", serial=card.serial)
    return [] if card.found else [CardFound(card.serial, by=received.actor.id)]


def return_card(card: Card, held: Held, received: Received[ReturnCard], policy: Policy) -> Decision:
    """Decide whether a card is taken back for good."""
    refusal = illegal(card, CardReturned)
    return refusal or [CardReturned(card.serial, by=received.actor.id)]
