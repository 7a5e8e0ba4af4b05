"""From a warning to revocation: four distinct commands, for they were four distinct things at real Games.

One authorised person suspends, at once; the suspension lapses unless another one confirms it in time. Revoking is for
good and takes two persons, one of whom speaks for the Games authority: an organisation alone may not. A request to
revoke stands only as long as the suspension does.
"""

from __future__ import annotations

from typing import Any

import msgspec

from management.command import Received, Refusal, Role
from management.participation import Participation, illegal
from management.participation_events import (
    Event,
    Reinstated,
    RevocationRequested,
    Revoked,
    Suspended,
    SuspensionConfirmed,
    SuspensionLapsed,
    UndertakingRequired,
    Warned,
)
from management.person_codes import refuse
from schemas.policy.accreditation import Policy

__all__ = [
    "WHO",
    "ApproveRevocation",
    "ConfirmSuspension",
    "Reinstate",
    "RequestRevocation",
    "RequireUndertaking",
    "Suspend",
    "Warn",
    "approve_revocation",
    "confirm_suspension",
    "lapse",
    "reinstate",
    "request_revocation",
    "require_undertaking",
    "suspend",
    "warn",
]

_MINUTE = 60_000


class Warn(msgspec.Struct, frozen=True, tag="warn"):
    """Warn a person."""

    participation: str
    reason: str  # a code


class RequireUndertaking(msgspec.Struct, frozen=True, tag="require_undertaking"):
    """Ask a person for a letter of commitment."""

    participation: str
    reason: str


class Suspend(msgspec.Struct, frozen=True, tag="suspend"):
    """Suspend an accreditation at once."""

    participation: str
    reason: str
    until: int | None = None  # ms, when it ends by itself even if confirmed


class ConfirmSuspension(msgspec.Struct, frozen=True, tag="confirm_suspension"):
    """Stand by the suspension that somebody else gave."""

    participation: str


class Reinstate(msgspec.Struct, frozen=True, tag="reinstate"):
    """Take a suspension back."""

    participation: str


class RequestRevocation(msgspec.Struct, frozen=True, tag="request_revocation"):
    """Ask that a suspended accreditation be revoked."""

    participation: str
    reason: str


class ApproveRevocation(msgspec.Struct, frozen=True, tag="approve_revocation"):
    """Revoke the accreditation, as another one asked."""

    participation: str


# -- who may; in the scope of the organisation ------------------------------------------------------------------------

WHO: dict[type[Any], tuple[Role, ...]] = {
    Warn: ("OC_ACR_SUPERVISOR",),
    RequireUndertaking: ("OC_ACR_SUPERVISOR",),
    Suspend: ("OC_ACR_SUPERVISOR", "SOC"),
    ConfirmSuspension: ("OC_ACR_SUPERVISOR", "SOC", "GAMES_AUTHORITY"),
    Reinstate: ("OC_ACR_SUPERVISOR", "GAMES_AUTHORITY"),
    RequestRevocation: ("OC_ACR_SUPERVISOR", "GAMES_AUTHORITY"),
    ApproveRevocation: ("OC_ACR_SUPERVISOR", "GAMES_AUTHORITY"),
}

Decision = list[Event] | Refusal


def warn(participation: Participation, received: Received[Warn], policy: Policy) -> Decision:
    """Decide whether somebody is warned."""
    if refusal := illegal(participation, Warned):
        return refusal
    return [Warned(participation.id, reason=received.command.reason, by=received.actor.id)]


def require_undertaking(
    participation: Participation, received: Received[RequireUndertaking], policy: Policy
) -> Decision:
    """Decide whether somebody has to give a letter of commitment."""
    if refusal := illegal(participation, UndertakingRequired):
        return refusal
    return [UndertakingRequired(participation.id, reason=received.command.reason, by=received.actor.id)]


def suspend(participation: Participation, received: Received[Suspend], policy: Policy) -> Decision:
    """Decide whether an accreditation is suspended; who is suspended already stays so until that ends."""
    if refusal := illegal(participation, Suspended):
        return refusal
    if participation.status == "SUSPENDED":
        return refuse("STATE", "The participation is SUSPENDED.", participation=participation.id, status="SUSPENDED")
    ask, by = received.command, received.actor.id
    if ask.until is not None and ask.until <= received.at:
        return refuse("EXPIRY", "The suspension would have ended already.", until=ask.until)
    confirm_by = received.at + policy.confirm_suspension_min * _MINUTE
    return [Suspended(participation.id, reason=ask.reason, by=by, until=ask.until, confirm_by=confirm_by)]


def confirm_suspension(participation: Participation, received: Received[ConfirmSuspension], policy: Policy) -> Decision:
    """Decide whether a suspension stands beyond its first hours."""
    if refusal := illegal(participation, SuspensionConfirmed):
        return refusal
    suspension = participation.suspension
    if suspension is None or suspension.confirm_by is None:
        return []
    if suspension.by == received.actor.id:
        return refuse("SAME_PERSON", "Another person confirms a suspension.", actor=received.actor.id)
    return [SuspensionConfirmed(participation.id, by=received.actor.id)]


def lapse(participation: Participation, until: int) -> list[Event]:
    """Return what a tick ends: a suspension whose end has come, or that nobody confirmed in time."""
    suspension = participation.suspension
    if suspension is None or suspension.lapses is None or suspension.lapses > until:
        return []
    ended = suspension.lapses == suspension.until
    return [SuspensionLapsed(participation.id, cause="ENDED" if ended else "UNCONFIRMED")]


def reinstate(participation: Participation, received: Received[Reinstate], policy: Policy) -> Decision:
    """Decide whether a suspension is taken back, which needs a verdict of the security check that is in force."""
    if refusal := illegal(participation, Reinstated):
        return refusal
    if not participation.is_clear(received.at):
        text = "The person has no verdict of the security check that is in force."
        return refuse("CLEARANCE", text, participation=participation.id)
    return [Reinstated(participation.id, by=received.actor.id)]


def request_revocation(participation: Participation, received: Received[RequestRevocation], policy: Policy) -> Decision:
    """Decide whether a request to revoke is put down."""
    if refusal := illegal(participation, RevocationRequested):
        return refusal
    if participation.revocation_by:
        return refuse("STATE", "Revocation was asked for already.", by=participation.revocation_by)
    authority = received.actor.may("GAMES_AUTHORITY", f"ro:{participation.ro}")
    reason, by = received.command.reason, received.actor.id
    return [RevocationRequested(participation.id, reason=reason, by=by, authority=authority)]


def approve_revocation(participation: Participation, received: Received[ApproveRevocation], policy: Policy) -> Decision:
    """Decide whether an accreditation is revoked: two persons, one of them the Games authority."""
    if refusal := illegal(participation, Revoked):
        return refusal
    if not participation.revocation_by:
        return refuse("STATE", "Nobody asked for revocation.", participation=participation.id)
    if participation.revocation_by == received.actor.id:
        return refuse("SAME_PERSON", "Another person approves a revocation.", actor=received.actor.id)
    authority = received.actor.may("GAMES_AUTHORITY", f"ro:{participation.ro}")
    if not authority and not participation.revocation_authority:
        return refuse("NOT_AUTHORISED", "One of the two must be the Games authority.", actor=received.actor.id)
    return [Revoked(participation.id, requested_by=participation.revocation_by, approved_by=received.actor.id)]
