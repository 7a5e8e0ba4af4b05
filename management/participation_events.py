"""What happens to a participation, in the past tense.

Events hold codes, identifiers and times. What is personal goes along ``sealed``, encrypted before it comes here with a
key of the person's own, and becomes unreadable with that key.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from management.entitlement import Override

__all__ = [
    "ApplicationOpened",
    "ClearanceReferred",
    "ClearanceRefused",
    "Cleared",
    "Closed",
    "EntitlementChanged",
    "Event",
    "FunctionChanged",
    "ParticipationEvent",
    "QuotaReleased",
    "Reinstated",
    "Returned",
    "RevocationRequested",
    "Revoked",
    "Submitted",
    "Suspended",
    "SuspensionConfirmed",
    "SuspensionLapsed",
    "UndertakingRequired",
    "Verified",
    "Warned",
    "Withdrawn",
]


class ParticipationEvent(msgspec.Struct, frozen=True):
    """Something that happened to a participation."""

    participation: str


class ApplicationOpened(ParticipationEvent, frozen=True, tag="application_opened"):
    """A responsible organisation began an application."""

    ro: str
    category: str
    function: str
    discipline: str
    by: str
    sealed: bytes = b""


class Submitted(ParticipationEvent, frozen=True, tag="application_submitted"):
    """The application is complete, and a place in the quota is held for it."""

    by: str
    hold: str
    late: bool
    sealed: bytes = b""


class Returned(ParticipationEvent, frozen=True, tag="application_returned"):
    """The application goes back to the organisation."""

    by: str
    notes: tuple[str, ...]  # codes of what is wrong
    sealed: bytes = b""  # what was written about it


class Verified(ParticipationEvent, frozen=True, tag="application_verified"):
    """An operator found the application right."""

    by: str


class ClearanceReferred(ParticipationEvent, frozen=True, tag="clearance_referred"):
    """The security check needs more time."""

    authority: str


class Cleared(ParticipationEvent, frozen=True, tag="clearance_given"):
    """The security check has nothing against the person until its verdict expires."""

    authority: str
    expires: int


class ClearanceRefused(ParticipationEvent, frozen=True, tag="clearance_refused"):
    """The security check refuses the person. Its reasons are not here."""

    authority: str


class QuotaReleased(ParticipationEvent, frozen=True, tag="quota_released"):
    """The participation needs a place in a quota no longer."""

    hold: str
    ro: str
    category: str


class FunctionChanged(ParticipationEvent, frozen=True, tag="function_changed"):
    """The person has another function; the old place in the quota is released after it."""

    category: str
    function: str
    discipline: str
    hold: str
    version: int
    by: str


class EntitlementChanged(ParticipationEvent, frozen=True, tag="entitlement_changed"):
    """The person's own grants and denials are these from now on."""

    overrides: tuple[Override, ...]
    version: int
    by: str


class Warned(ParticipationEvent, frozen=True, tag="participation_warned"):
    """The person was warned."""

    reason: str
    by: str


class UndertakingRequired(ParticipationEvent, frozen=True, tag="undertaking_required"):
    """The person has to give a letter of commitment."""

    reason: str
    by: str


class Suspended(ParticipationEvent, frozen=True, tag="participation_suspended"):
    """The accreditation does not hold for the time being."""

    reason: str
    by: str
    until: int | None
    confirm_by: int | None


class SuspensionConfirmed(ParticipationEvent, frozen=True, tag="suspension_confirmed"):
    """A second person stands by the suspension."""

    by: str


class SuspensionLapsed(ParticipationEvent, frozen=True, tag="suspension_lapsed"):
    """The suspension ended by itself."""

    cause: Literal["UNCONFIRMED", "ENDED"]


class Reinstated(ParticipationEvent, frozen=True, tag="participation_reinstated"):
    """The suspension was taken back."""

    by: str


class RevocationRequested(ParticipationEvent, frozen=True, tag="revocation_requested"):
    """One of the two whom revocation needs asked for it."""

    reason: str
    by: str
    authority: bool  # speaks for the Games authority


class Revoked(ParticipationEvent, frozen=True, tag="participation_revoked"):
    """The accreditation is gone for good."""

    requested_by: str
    approved_by: str


class Withdrawn(ParticipationEvent, frozen=True, tag="participation_withdrawn"):
    """The organisation took its person back."""

    by: str


class Closed(ParticipationEvent, frozen=True, tag="participation_closed"):
    """The Games are over."""


Event = (
    ApplicationOpened
    | Submitted
    | Returned
    | Verified
    | ClearanceReferred
    | Cleared
    | ClearanceRefused
    | QuotaReleased
    | FunctionChanged
    | EntitlementChanged
    | Warned
    | UndertakingRequired
    | Suspended
    | SuspensionConfirmed
    | SuspensionLapsed
    | Reinstated
    | RevocationRequested
    | Revoked
    | Withdrawn
    | Closed
)
