"""What happens to a card, in the past tense."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = [
    "CardDamaged",
    "CardDispatched",
    "CardEvent",
    "CardExpired",
    "CardFound",
    "CardLost",
    "CardProduced",
    "CardReceived",
    "CardReturned",
    "CardRevoked",
    "CardStolen",
    "CardSuperseded",
    "CardSuspended",
    "CardUnblocked",
    "CardValidated",
    "Event",
]


class CardEvent(msgspec.Struct, frozen=True):
    """Something that happened to a card."""

    serial: int


class CardProduced(CardEvent, frozen=True, tag="card_produced"):
    """A card was printed. It opens nothing until it is validated."""

    index: int  # in the status list
    participation: str
    valid_from: int  # ms
    valid_to: int  # ms, the first instant at which it holds no longer
    by: str
    replaces: int | None = None  # serial of the card in whose place it is


class CardDispatched(CardEvent, frozen=True, tag="card_dispatched"):
    """The card went to its organisation."""

    batch: str


class CardReceived(CardEvent, frozen=True, tag="card_received"):
    """The organisation has the card."""

    batch: str


class CardValidated(CardEvent, frozen=True, tag="card_validated"):
    """The bearer stood at a point of validation with the right document: the card opens gates."""

    point: str
    by: str


class CardLost(CardEvent, frozen=True, tag="card_lost"):
    """The card is lost; the status list says revoked."""

    by: str


class CardStolen(CardEvent, frozen=True, tag="card_stolen"):
    """The card was stolen; the status list says revoked."""

    by: str


class CardDamaged(CardEvent, frozen=True, tag="card_damaged"):
    """The card was handed in, damaged; the status list says revoked."""

    by: str


class CardFound(CardEvent, frozen=True, tag="card_found"):
    """A lost card turned up: a note, for it never opens a gate again."""

    by: str


class CardSuperseded(CardEvent, frozen=True, tag="card_superseded"):
    """Another card is, or is to be, in its place."""

    reason: Literal["REISSUE", "FUNCTION", "ENTITLEMENT", "MERGE"]


class CardReturned(CardEvent, frozen=True, tag="card_returned"):
    """The card was handed back for good."""

    by: str


class CardSuspended(CardEvent, frozen=True, tag="card_suspended"):
    """The card opens nothing for the time being."""


class CardUnblocked(CardEvent, frozen=True, tag="card_unblocked"):
    """The card opens gates again."""


class CardRevoked(CardEvent, frozen=True, tag="card_revoked"):
    """The card never opens a gate again."""

    reason: Literal["REVOKED", "WITHDRAWN", "CLOSED"]


class CardExpired(CardEvent, frozen=True, tag="card_expired"):
    """The card's time is over."""


Event = (
    CardProduced
    | CardDispatched
    | CardReceived
    | CardValidated
    | CardLost
    | CardStolen
    | CardDamaged
    | CardFound
    | CardSuperseded
    | CardReturned
    | CardSuspended
    | CardUnblocked
    | CardRevoked
    | CardExpired
)
