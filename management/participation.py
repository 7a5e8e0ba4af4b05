"""A participation: one person for one responsible organisation in one function at the Games.

Its statuses, and the table of what leads from where to where. The decisions are in ``application`` (until it
is approved), ``suspension`` (warnings to revocation) and ``function_change`` (what changes or ends it).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from management.command import Actor, Refusal, Role
from management.entitlement import Override
from management.participation_events import (
    ApplicationOpened,
    ClearanceReferred,
    ClearanceRefused,
    Cleared,
    Closed,
    EntitlementChanged,
    FunctionChanged,
    ParticipationEvent,
    QuotaReleased,
    Reinstated,
    Returned,
    RevocationRequested,
    Revoked,
    Submitted,
    Suspended,
    SuspensionConfirmed,
    SuspensionLapsed,
    UndertakingRequired,
    Verified,
    Warned,
    Withdrawn,
)
from management.person_codes import refuse

__all__ = [
    "ENDED",
    "LIVE",
    "TRANSITIONS",
    "Participation",
    "Status",
    "Suspension",
    "authorised",
    "evolve",
    "illegal",
    "opened",
]

Status = Literal[
    "DRAFT",
    "RETURNED",
    "SUBMITTED",
    "CLEARANCE_PENDING",
    "APPROVED",
    "REFUSED",
    "SUSPENDED",
    "REVOKED",
    "WITHDRAWN",
    "CLOSED",
]

ENDED: frozenset[Status] = frozenset({"REFUSED", "REVOKED", "WITHDRAWN", "CLOSED"})


class Suspension(msgspec.Struct, frozen=True):
    """Why a participation is suspended, and until when."""

    reason: str
    by: str
    until: int | None  # ms; None: until somebody reinstates
    confirm_by: int | None  # ms, when it lapses unless somebody else confirms it; None: it is confirmed

    @property
    def lapses(self) -> int | None:
        """The instant from which it no longer holds by itself, ms; None where there is none."""
        ends = [end for end in (self.until, self.confirm_by) if end is not None]
        return min(ends, default=None)


class Participation(msgspec.Struct):
    """What is known of one: codes, identifiers and times. Its fields are values, so that a shallow copy is a copy."""

    id: str
    ro: str
    category: str
    function: str
    discipline: str = ""
    status: Status = "DRAFT"
    submitted_by: str = ""
    late: bool = False  # it was submitted after its window
    hold: str = ""  # the quota that it has: the hold's id; empty: none
    clearance: Literal["", "CLEAR", "REFUSE", "REFER"] = ""  # the newest verdict
    clearance_expires: int = 0  # ms, of a verdict CLEAR
    suspension: Suspension | None = None
    revocation_by: str = ""  # who asked for revocation; empty: nobody
    revocation_authority: bool = False  # the one who asked speaks for the Games authority
    warnings: int = 0
    undertakings: int = 0
    overrides: tuple[Override, ...] = ()
    version: int = 1  # of the entitlement
    reissues: int = 0  # cards that were replaced
    was: Status | None = None  # the status in which it was closed

    def is_clear(self, at: int) -> bool:
        """Say whether the verdict of the security check lets the person in at an instant."""
        return self.clearance == "CLEAR" and at < self.clearance_expires


# -- the table: for each event, from which status it leads to which --------------------------------------------------

LIVE: tuple[Status, ...] = ("DRAFT", "RETURNED", "SUBMITTED", "CLEARANCE_PENDING", "APPROVED", "SUSPENDED")
STAYS: dict[Status, Status] = {status: status for status in LIVE}

TRANSITIONS: dict[type[ParticipationEvent], dict[Status, Status]] = {
    Submitted: {"DRAFT": "SUBMITTED", "RETURNED": "SUBMITTED"},
    Returned: {"SUBMITTED": "RETURNED"},
    Verified: {"SUBMITTED": "CLEARANCE_PENDING"},
    ClearanceReferred: {"CLEARANCE_PENDING": "CLEARANCE_PENDING"},
    Cleared: {"CLEARANCE_PENDING": "APPROVED", "APPROVED": "APPROVED", "SUSPENDED": "SUSPENDED"},
    ClearanceRefused: {"CLEARANCE_PENDING": "REFUSED", "APPROVED": "APPROVED", "SUSPENDED": "SUSPENDED"},
    QuotaReleased: {**STAYS, "REFUSED": "REFUSED", "WITHDRAWN": "WITHDRAWN"},
    FunctionChanged: {"APPROVED": "APPROVED"},
    EntitlementChanged: {"APPROVED": "APPROVED"},
    Warned: STAYS,
    UndertakingRequired: STAYS,
    # Again while suspended: a refused clearance takes the place of a suspension that would have ended by itself.
    Suspended: {"APPROVED": "SUSPENDED", "SUSPENDED": "SUSPENDED"},
    SuspensionConfirmed: {"SUSPENDED": "SUSPENDED"},
    SuspensionLapsed: {"SUSPENDED": "APPROVED"},
    Reinstated: {"SUSPENDED": "APPROVED"},
    RevocationRequested: {"SUSPENDED": "SUSPENDED"},
    Revoked: {"SUSPENDED": "REVOKED"},
    Withdrawn: dict.fromkeys(LIVE, "WITHDRAWN"),
    Closed: dict.fromkeys((*LIVE, "REFUSED", "REVOKED", "WITHDRAWN"), "CLOSED"),
}


def illegal(participation: Participation, event: type[ParticipationEvent]) -> Refusal | None:
    """Return a refusal where the table has no way for an event from the status of a participation."""
    if participation.status in TRANSITIONS[event]:
        return None
    text = f"The participation is {participation.status}."
    return refuse("STATE", text, participation=participation.id, status=participation.status)


def opened(event: ApplicationOpened) -> Participation:
    """Return the participation that an application begins."""
    return Participation(event.participation, event.ro, event.category, event.function, event.discipline)


def authorised(actor: Actor, roles: tuple[Role, ...], ro: str, venue: str = "") -> bool:
    """Say whether an actor has one of the roles where it counts: at the venue, or for the organisation."""
    return any(actor.may(role, f"venue:{venue}" if role == "VENUE_ACR" else f"ro:{ro}") for role in roles)


def evolve(participation: Participation, event: ParticipationEvent) -> None:
    """Take in an event of an existing participation."""
    before = participation.status
    participation.status = TRANSITIONS[type(event)][before]
    match event:
        case Submitted():
            participation.submitted_by = event.by
            participation.hold, participation.late = event.hold, event.late
        case ClearanceReferred():
            participation.clearance = "REFER"
        case Cleared():
            participation.clearance, participation.clearance_expires = "CLEAR", event.expires
        case ClearanceRefused():
            participation.clearance = "REFUSE"
        case QuotaReleased() if participation.hold == event.hold:
            participation.hold = ""
        case FunctionChanged():
            participation.category, participation.function = event.category, event.function
            participation.discipline, participation.hold = event.discipline, event.hold
            participation.version = event.version
        case EntitlementChanged():
            participation.overrides, participation.version = event.overrides, event.version
        case Warned():
            participation.warnings += 1
        case UndertakingRequired():
            participation.undertakings += 1
        case Closed():
            participation.was = before
            _end_suspension(participation)
        case _:
            _evolve_sanction(participation, event)


def _evolve_sanction(participation: Participation, event: ParticipationEvent) -> None:
    match event:
        case Suspended():
            participation.suspension = Suspension(event.reason, event.by, event.until, event.confirm_by)
        case SuspensionConfirmed() if participation.suspension:
            participation.suspension = msgspec.structs.replace(participation.suspension, confirm_by=None)
        case RevocationRequested():
            participation.revocation_by = event.by
            participation.revocation_authority = event.authority
        case SuspensionLapsed() | Reinstated() | Revoked() | Withdrawn():
            _end_suspension(participation)


def _end_suspension(participation: Participation) -> None:
    """Forget the suspension, and with it the request to revoke, which only stands while suspended."""
    participation.suspension = None
    participation.revocation_by, participation.revocation_authority = "", False
