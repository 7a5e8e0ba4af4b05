"""A card: one printed credential, with its statuses, the table of its ways, and what it takes from its participation.

A serial is one card for ever. Of the cards of a participation at most one is live: pre-valid, active or suspended. What
is lost, stolen, damaged, superseded, returned, revoked or expired never comes back.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from management.card_events import (
    CardDamaged,
    CardDispatched,
    CardEvent,
    CardExpired,
    CardFound,
    CardLost,
    CardProduced,
    CardReceived,
    CardReturned,
    CardRevoked,
    CardStolen,
    CardSuperseded,
    CardSuspended,
    CardUnblocked,
    CardValidated,
    Event,
)
from management.command import Refusal
from management.participation_events import (
    Closed,
    EntitlementChanged,
    FunctionChanged,
    ParticipationEvent,
    Reinstated,
    Revoked,
    Suspended,
    SuspensionLapsed,
    Withdrawn,
)
from management.person_codes import refuse
from management.status_list import NOT_VALIDATED, REVOKED, SUSPENDED, VALID
from management.status_list import Status as ListStatus
from schemas.policy.accreditation import Policy

__all__ = ["BLOCKED", "LIVE", "TRANSITIONS", "Card", "Status", "evolve", "follow", "illegal", "list_status", "produced"]

Status = Literal[
    "PRE_VALID",
    "ACTIVE",
    "SUSPENDED",
    "LOST",
    "STOLEN",
    "DAMAGED",
    "SUPERSEDED",
    "RETURNED",
    "REVOKED",
    "EXPIRED",
]


class Card(msgspec.Struct):
    """What is known of a card."""

    serial: int
    index: int  # in the status list
    participation: str
    valid_from: int  # ms
    valid_to: int  # ms, exclusive
    status: Status = "PRE_VALID"
    delivery: Literal["", "DISPATCHED", "RECEIVED"] = ""
    missing: bool = False  # it was reported lost or stolen at some time
    found: bool = False  # and has turned up


# -- the table: for each event, from which status it leads to which --------------------------------------------------

LIVE: tuple[Status, ...] = ("PRE_VALID", "ACTIVE", "SUSPENDED")
BLOCKED: tuple[Status, ...] = ("LOST", "STOLEN", "DAMAGED")  # and waiting for a reissue

TRANSITIONS: dict[type[CardEvent], dict[Status, Status]] = {
    CardDispatched: {"PRE_VALID": "PRE_VALID"},
    CardReceived: {"PRE_VALID": "PRE_VALID"},
    CardValidated: {"PRE_VALID": "ACTIVE"},
    # A suspended card too: its loss must be on record before it can be unblocked.
    CardLost: dict.fromkeys(LIVE, "LOST"),
    CardStolen: dict.fromkeys(LIVE, "STOLEN"),
    CardDamaged: dict.fromkeys(LIVE, "DAMAGED"),
    # Wherever it has got to since it was lost: a note moves nothing.
    CardFound: {"LOST": "LOST", "STOLEN": "STOLEN", "SUPERSEDED": "SUPERSEDED", "REVOKED": "REVOKED"},
    CardSuperseded: dict.fromkeys((*LIVE, *BLOCKED), "SUPERSEDED"),
    CardReturned: dict.fromkeys(LIVE, "RETURNED"),
    CardSuspended: {"ACTIVE": "SUSPENDED"},
    CardUnblocked: {"SUSPENDED": "ACTIVE"},
    CardRevoked: dict.fromkeys((*LIVE, *BLOCKED), "REVOKED"),
    CardExpired: dict.fromkeys(LIVE, "EXPIRED"),
}

LIST_STATUS: dict[Status, ListStatus] = {"PRE_VALID": NOT_VALIDATED, "ACTIVE": VALID, "SUSPENDED": SUSPENDED}


def list_status(card: Card) -> ListStatus:
    """Return what the status list says about a card."""
    return LIST_STATUS.get(card.status, REVOKED)


def illegal(card: Card, event: type[CardEvent]) -> Refusal | None:
    """Return a refusal where the table has no way for an event from the status of a card."""
    if card.status in TRANSITIONS[event]:
        return None
    return refuse("STATE", f"The card is {card.status}.", serial=card.serial, status=card.status)


def follow(card: Card, event: ParticipationEvent, policy: Policy) -> list[Event]:
    """Return what happens to a card of a participation because of what happened to the participation."""
    live = card.status in LIVE
    match event:
        case Suspended() if card.status == "ACTIVE":
            return [CardSuspended(card.serial)]
        case Reinstated() | SuspensionLapsed() if card.status == "SUSPENDED":
            return [CardUnblocked(card.serial)]
        case FunctionChanged() if live:
            return [CardSuperseded(card.serial, reason="FUNCTION")]
        case EntitlementChanged() if live and policy.supersede_on_entitlement:
            return [CardSuperseded(card.serial, reason="ENTITLEMENT")]
        case Revoked() | Withdrawn() | Closed() if live or card.status in BLOCKED:
            reasons: dict[type[ParticipationEvent], Literal["REVOKED", "WITHDRAWN", "CLOSED"]]
            reasons = {Revoked: "REVOKED", Withdrawn: "WITHDRAWN", Closed: "CLOSED"}
            return [CardRevoked(card.serial, reason=reasons[type(event)])]
    return []


def produced(event: CardProduced) -> Card:
    """Return the card that was printed."""
    return Card(event.serial, event.index, event.participation, event.valid_from, event.valid_to)


def evolve(card: Card, event: CardEvent) -> None:
    """Take in an event of an existing card."""
    card.status = TRANSITIONS[type(event)][card.status]
    match event:
        case CardDispatched():
            card.delivery = "DISPATCHED"
        case CardReceived():
            card.delivery = "RECEIVED"
        case CardLost() | CardStolen():
            card.missing = True
        case CardFound():
            card.found = True
