"""Why a command about a person, a participation or a card is refused."""

from __future__ import annotations

from typing import Literal

from management.command import Refusal

__all__ = ["Code", "refuse"]

Code = Literal[
    "STATE",  # not in this status
    "NOT_AUTHORISED",
    "SAME_PERSON",  # two persons are needed
    "UNKNOWN",  # no such participation or card
    "EXISTS",  # the identifier is taken
    "DUPLICATE",  # the same function for the same organisation is under way
    "MERGED",  # the person's record goes on in another
    "ERASED",
    "ON_HOLD",  # a legal hold forbids erasing
    "NOT_REQUESTED",  # nobody else has asked for it
    "NOT_OWNER",  # the organisation may not apply for the category
    "INELIGIBLE",
    "INCOMPLETE",
    "PHOTO",
    "CONSENT",
    "DOCUMENT",
    "QUOTA",
    "WINDOW",
    "CLEARANCE",
    "GAMES_BEGUN",
    "TOO_EARLY",
    "EXPIRY",  # an end that is not in the future
    "NOT_APPROVED",
    "NO_PHOTO",
    "LIVE_CARD",
    "NOT_BLOCKED",  # the card before opens gates still
    "REISSUE",  # the card before is lost or damaged: this is a reissue
    "REISSUE_LIMIT",
    "SERIAL_USED",
    "INDEX_USED",
    "BEARER_ABSENT",
    "DOCUMENT_MISMATCH",
    "POINT",  # not a point of validation
    "VALIDITY",
    "IDENTITY",  # who reports is not checked
    "OLD_CARD",  # the damaged card is not there
]


def refuse(code: Code, text: str, **about: object) -> Refusal:
    """Return a refusal with one of the codes of the person's aggregate."""
    return Refusal(code, text, about)
