"""From an application to an approved participation, or to none: what is asked, by whom, and what it must hold to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from management.command import Actor, Received, Refusal, Role
from management.participation import Participation, authorised, illegal
from management.participation_events import (
    ApplicationOpened,
    ClearanceReferred,
    ClearanceRefused,
    Cleared,
    Event,
    ParticipationEvent,
    QuotaReleased,
    Returned,
    Submitted,
    Suspended,
    Verified,
)
from management.person_codes import refuse
from schemas.policy.accreditation import Category, Policy

__all__ = [
    "WHO",
    "HoldGrant",
    "OpenApplication",
    "RecordClearance",
    "Return",
    "Submit",
    "Verify",
    "open_application",
    "record_clearance",
    "return_application",
    "submit",
    "take_quota",
    "verify",
]


class HoldGrant(msgspec.Struct, frozen=True):
    """What the quota book of an organisation answered: a place is held."""

    id: str
    ro: str
    category: str
    until: int  # ms; from then on it may have lapsed


class OpenApplication(msgspec.Struct, frozen=True, tag="open_application"):
    """Begin an application for a person."""

    participation: str
    ro: str
    category: str
    function: str
    discipline: str = ""
    occupation: str = ""  # a code
    listed: bool = False  # the desk found the person on a list of those who may not be accredited
    sealed: bytes = b""


class Submit(msgspec.Struct, frozen=True, tag="submit"):
    """Hand an application in. What is personal here is looked at and goes no further."""

    participation: str
    complete: tuple[str, ...]  # the parts of the form that are complete
    photo: Literal["PASSED", "FAILED", "MISSING"]
    consents: tuple[Literal["SELF", "GUARDIAN"], ...]
    born: date
    document_until: date  # the last day on which the travel document is valid
    hold: HoldGrant | None = None  # needed unless the participation has one
    late: bool = False  # the organisation knows that the window is closed
    sealed: bytes = b""


class Return(msgspec.Struct, frozen=True, tag="return"):
    """Send an application back to its organisation."""

    participation: str
    notes: tuple[str, ...]  # codes of what is wrong
    sealed: bytes = b""


class Verify(msgspec.Struct, frozen=True, tag="verify"):
    """Find an application right, and pass it on to the security check."""

    participation: str


class RecordClearance(msgspec.Struct, frozen=True, tag="record_clearance"):
    """Record the verdict of the security check about the person, in whatever functions."""

    verdict: Literal["CLEAR", "REFUSE", "REFER"]
    authority: str  # who checked
    expires: int = 0  # ms, of a verdict CLEAR


# -- who may; in the scope of the organisation ------------------------------------------------------------------------

WHO: dict[type[Any], tuple[Role, ...]] = {
    OpenApplication: ("RO_ACR",),
    Submit: ("RO_ACR",),
    Return: ("OC_ACR_OPERATOR",),
    Verify: ("OC_ACR_OPERATOR",),
}

VERDICTS: dict[str, type[ParticipationEvent]] = {
    "CLEAR": Cleared,
    "REFUSE": ClearanceRefused,
    "REFER": ClearanceReferred,
}


def open_application(received: Received[OpenApplication], policy: Policy) -> list[Event] | Refusal:
    """Decide whether an application begins."""
    ask = received.command
    if not authorised(received.actor, WHO[OpenApplication], ask.ro):
        return refuse("NOT_AUTHORISED", "Only the organisation itself applies for its people.", ro=ask.ro)
    if not policy.may_apply(ask.ro, ask.category) or policy.function(ask.category, ask.function) is None:
        text = "The organisation does not apply for this category and function."
        return refuse("NOT_OWNER", text, ro=ask.ro, category=ask.category, function=ask.function)
    if ask.listed or ask.occupation in policy.categories[ask.category].ineligible:
        return refuse("INELIGIBLE", "The person may not have this category.", category=ask.category)
    by = received.actor.id
    where = (ask.participation, ask.ro, ask.category, ask.function, ask.discipline)
    return [ApplicationOpened(*where, by=by, sealed=ask.sealed)]


def submit(participation: Participation, received: Received[Submit], policy: Policy) -> list[Event] | Refusal:
    """Decide whether an application is taken: complete, photo, consent, document, quota, window, in this order."""
    if refusal := illegal(participation, Submitted):
        return refusal
    ask, category = received.command, policy.categories[participation.category]
    if refusal := _form_flaw(ask, category, policy):
        return refusal
    hold = take_quota(participation, participation.category, ask.hold, received.at)
    if isinstance(hold, Refusal):
        return hold
    late = not category.applications.holds(received.at)
    if late and (not ask.late or received.at < category.applications.first):
        return refuse("WINDOW", "The window for applications is not open.", category=participation.category)
    return [Submitted(participation.id, by=received.actor.id, hold=hold, late=late, sealed=ask.sealed)]


def _form_flaw(ask: Submit, category: Category, policy: Policy) -> Refusal | None:
    missing = tuple(part for part in category.mandatory if part not in ask.complete)
    if missing:
        return refuse("INCOMPLETE", "Parts of the form are missing.", missing=missing)
    if ask.photo != "PASSED":
        return refuse("PHOTO", "There is no photo that passes the checks.", photo=ask.photo)
    minor = _birthday(ask.born, policy.majority) > policy.period.opens.date()
    needed = "GUARDIAN" if minor else "SELF"
    if needed not in ask.consents:
        return refuse("CONSENT", "The consent is missing.", needed=needed)
    last_day = _months_later(policy.period.closes.date(), policy.document_months)
    if ask.document_until < last_day:
        return refuse("DOCUMENT", "The travel document ends too early.", needed=last_day.isoformat())
    return None


def take_quota(participation: Participation, category: str, hold: HoldGrant | None, at: int) -> str | Refusal:
    """Return the hold with which a participation is in a category: the one that it has, or else the granted one."""
    if participation.hold and category == participation.category:
        return participation.hold
    if hold is None or (hold.ro, hold.category) != (participation.ro, category) or hold.until <= at:
        return refuse("QUOTA", "No place in the quota is held.", ro=participation.ro, category=category)
    return hold.id


def return_application(
    participation: Participation, received: Received[Return], policy: Policy
) -> list[Event] | Refusal:
    """Decide whether an application goes back."""
    if refusal := illegal(participation, Returned) or _own_work(participation, received.actor):
        return refusal
    ask = received.command
    return [Returned(participation.id, by=received.actor.id, notes=ask.notes, sealed=ask.sealed)]


def verify(participation: Participation, received: Received[Verify], policy: Policy) -> list[Event] | Refusal:
    """Decide whether an application goes on to the security check."""
    if refusal := illegal(participation, Verified) or _own_work(participation, received.actor):
        return refusal
    return [Verified(participation.id, by=received.actor.id)]


def _own_work(participation: Participation, actor: Actor) -> Refusal | None:
    if actor.id != participation.submitted_by:
        return None
    return refuse("SAME_PERSON", "Who submitted an application does not check it.", actor=actor.id)


def record_clearance(
    participations: list[Participation], received: Received[RecordClearance], policy: Policy
) -> list[Event] | Refusal:
    """Decide what a verdict means for all participations of the person.

    It is about the person: one refusal refuses every application that waits for it and suspends at once whatever was
    approved. Such a suspension is nobody's to confirm and never lapses.
    """
    ask = received.command
    if not received.actor.may("SECURITY_CHECK", f"person:{received.key.removeprefix('per:')}"):
        return refuse("NOT_AUTHORISED", "Only the security check gives verdicts.")
    if ask.verdict == "CLEAR" and ask.expires <= received.at:
        return refuse("EXPIRY", "The verdict has expired already.", expires=ask.expires)
    concerned = [one for one in participations if illegal(one, VERDICTS[ask.verdict]) is None]
    if not concerned:
        return refuse("STATE", "No participation of the person is to be cleared.")
    return [event for one in concerned for event in _verdict(one, ask, received.actor)]


def _verdict(participation: Participation, ask: RecordClearance, actor: Actor) -> list[Event]:
    match ask.verdict:
        case "CLEAR":
            return [Cleared(participation.id, authority=ask.authority, expires=ask.expires)]
        case "REFER":
            return [ClearanceReferred(participation.id, authority=ask.authority)]
    refused = ClearanceRefused(participation.id, authority=ask.authority)
    if participation.status == "CLEARANCE_PENDING":
        hold, ro, category = participation.hold, participation.ro, participation.category
        return [refused, QuotaReleased(participation.id, hold=hold, ro=ro, category=category)]
    suspended = Suspended(participation.id, reason="CLEARANCE", by=actor.id, until=None, confirm_by=None)
    return [refused, suspended]


def _birthday(born: date, years: int) -> date:
    """Return the day on which somebody is so many years old; 29 February counts as 1 March where there is none."""
    return _months_later(born, 12 * years, short=True)


def _months_later(day: date, months: int, short: bool = False) -> date:
    """Return the same day of a later month; its last day where there is none, or with ``short`` the first after it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        first_after = date(year, month + 2, 1)  # a month that is short is never December
        return first_after if short else first_after - timedelta(days=1)
