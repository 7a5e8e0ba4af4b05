"""The notices of a recipient (key ``ntc:per:P1``, ``ntc:ro:AAA``): what he was told of each subject, and what he knows.

A subject is what a calendar has an entry for, a shift of a person, a unit of an organisation's athletes; or what an
organisation answers for, a participation. Each change of
it is one notice with the next sequence number, as calendars count (RFC 5545, 3.8.7.4); the same again is none, so that
only those are told whom something changed for. A notice is sent by an outbox, acknowledged by the recipient, and until
then reminded of by ticks. Which address it goes to is not known here.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from management.command import Actor, Received, Refusal, Tick
from management.deadline_heap import Deadline, arm, drop_stale, passed
from schemas.policy.notices import Policy

__all__ = [
    "PREFIX",
    "Acknowledge",
    "Code",
    "Command",
    "Event",
    "Notice",
    "NoticeAcknowledged",
    "NoticeDue",
    "NoticeFailed",
    "NoticeGivenUp",
    "NoticeIssued",
    "NoticeSent",
    "Notify",
    "ReportFailed",
    "ReportSent",
    "Slot",
    "State",
    "decide",
    "due",
    "evolve",
    "is_recipient",
]

PREFIX = "ntc"
_MINUTE = 60_000

Code = Literal[
    "NOT_AUTHORISED",
    "UNKNOWN",  # nobody was told of that
    "STALE",  # there is a newer notice of it
]
Method = Literal["REQUEST", "CANCEL"]  # as calendars say it (RFC 5546)
Why = Literal["REMINDER", "RETRY"]


class Slot(msgspec.Struct, frozen=True):
    """What stands in the calendar: codes and times, no names."""

    what: str  # a role, a unit
    venue: str
    place: str  # a zone, a location
    starts: int  # ms since 1970 UTC
    ends: int


# -- commands ---------------------------------------------------------------------------------------------------------


class Notify(msgspec.Struct, frozen=True, tag="notify"):
    """Tell the recipient what is so from now on."""

    subject: str
    method: Method
    slot: Slot | None  # None: it is nothing for a calendar
    cause: str  # the decision that it follows from: by this acknowledgements are counted
    news: str = ""  # what happened, as a code; of what stands in a calendar nothing more is to be said


class ReportSent(msgspec.Struct, frozen=True, tag="report_sent"):
    """Say that a notice, or a reminder of it, is on its way."""

    subject: str
    sequence: int


class ReportFailed(msgspec.Struct, frozen=True, tag="report_failed"):
    """Say that it could not be sent."""

    subject: str
    sequence: int
    reason: str  # a code, such as NO_ADDRESS


class Acknowledge(msgspec.Struct, frozen=True, tag="acknowledge"):
    """Say that a notice was read. By the recipient."""

    subject: str
    sequence: int


Command = Notify | ReportSent | ReportFailed | Acknowledge | Tick

# -- events -----------------------------------------------------------------------------------------------------------


class NoticeIssued(msgspec.Struct, frozen=True, tag="notice_issued"):
    """The recipient is to be told."""

    subject: str
    sequence: int  # from 0
    method: Method
    slot: Slot | None
    cause: str
    news: str = ""


class NoticeSent(msgspec.Struct, frozen=True, tag="notice_sent"):
    """A notice, or a reminder, is on its way."""

    subject: str
    sequence: int
    remind_at: int  # ms, unless it is acknowledged before


class NoticeFailed(msgspec.Struct, frozen=True, tag="notice_failed"):
    """It could not be sent."""

    subject: str
    sequence: int
    reason: str
    again_at: int | None  # ms; None: it is given up


class NoticeDue(msgspec.Struct, frozen=True, tag="notice_due"):
    """A notice is to be sent again."""

    subject: str
    sequence: int
    why: Why


class NoticeAcknowledged(msgspec.Struct, frozen=True, tag="notice_acknowledged"):
    """The recipient has read it."""

    subject: str
    sequence: int


class NoticeGivenUp(msgspec.Struct, frozen=True, tag="notice_given_up"):
    """All reminders went unanswered: somebody has to call."""

    subject: str
    sequence: int


Event = NoticeIssued | NoticeSent | NoticeFailed | NoticeDue | NoticeAcknowledged | NoticeGivenUp

# -- state ------------------------------------------------------------------------------------------------------------


class Notice(msgspec.Struct):
    """The newest notice of a subject."""

    sequence: int
    method: Method
    slot: Slot | None
    cause: str
    news: str = ""
    sent: int = 0  # times
    failed: int = 0  # times in a row
    acknowledged: bool = False
    given_up: bool = False
    deadline: int = 0  # ms, when something is due; 0: nothing is


class State(msgspec.Struct):
    """What one recipient was told."""

    notices: dict[str, Notice] = {}  # by subject
    deadlines: list[Deadline] = []


# -- decisions --------------------------------------------------------------------------------------------------------


def decide(state: State, received: Received[Command], policy: Policy) -> list[Event] | Refusal:
    """Return what a command makes happen, or why nothing does."""
    command, recipient = received.command, received.key.partition(":")[2]
    if isinstance(command, Acknowledge):
        return _acknowledge(state, command) if is_recipient(received.actor, recipient) else _nobody_else(recipient)
    if not received.actor.may("SYSTEM"):
        return _refuse("NOT_AUTHORISED", "only a process of the Games may say this")
    match command:
        case Notify():
            return _notify(state, command)
        case ReportSent():
            known = _newest(state, command.subject, command.sequence)
            if known is None:
                return []  # a newer one is on its way, or it is acknowledged
            remind_at = received.at + policy.remind_after * _MINUTE
            return [NoticeSent(command.subject, command.sequence, remind_at)]
        case ReportFailed():
            known = _newest(state, command.subject, command.sequence)
            if known is None:
                return []
            again_at = received.at + policy.retry_after * _MINUTE if known.failed < policy.retries else None
            return [NoticeFailed(command.subject, command.sequence, command.reason, again_at)]
        case Tick(until=until):
            return _fire(state, until, policy)


def is_recipient(actor: Actor, recipient: str) -> bool:
    """Say whether somebody acknowledges for ``per:P1``, who is himself, or for ``ro:AAA``, in one of its offices."""
    kind, _, code = recipient.partition(":")
    if kind == "per":
        return actor.id == code and actor.may("VOLUNTEER", f"person:{code}")
    return kind == "ro" and (actor.may("RO_ENTRIES", recipient) or actor.may("RO_ACR", recipient))


def _nobody_else(recipient: str) -> Refusal:
    return _refuse("NOT_AUTHORISED", "only the recipient acknowledges", recipient=recipient)


def _notify(state: State, wish: Notify) -> list[Event] | Refusal:
    known = state.notices.get(wish.subject)
    if known is None:
        gone = wish.method == "CANCEL"  # of what nobody was told
        return [] if gone else [NoticeIssued(wish.subject, 0, wish.method, wish.slot, wish.cause, wish.news)]
    same = (known.slot, known.news) == (wish.slot, wish.news)
    if known.method == wish.method and (wish.method == "CANCEL" or same):
        return []
    return [NoticeIssued(wish.subject, known.sequence + 1, wish.method, wish.slot, wish.cause, wish.news)]


def _acknowledge(state: State, wish: Acknowledge) -> list[Event] | Refusal:
    known = state.notices.get(wish.subject)
    if known is None or wish.sequence > known.sequence:
        return _refuse("UNKNOWN", f"there is no notice {wish.sequence} of {wish.subject}", subject=wish.subject)
    if wish.sequence < known.sequence:
        return _refuse("STALE", f"{wish.subject} has changed since", subject=wish.subject, newest=known.sequence)
    return [] if known.acknowledged else [NoticeAcknowledged(wish.subject, wish.sequence)]


def _newest(state: State, subject: str, sequence: int) -> Notice | None:
    """Return a notice that is the newest of its subject and not acknowledged."""
    known = state.notices.get(subject)
    return known if known and known.sequence == sequence and not known.acknowledged else None


def _fire(state: State, until: int, policy: Policy) -> list[Event]:
    events: list[Event] = []
    for _, _, subject in passed(state.deadlines, until, lambda deadline: _is_live(state, deadline)):
        notice = state.notices[subject]
        if notice.failed:
            events.append(NoticeDue(subject, notice.sequence, "RETRY"))
        elif notice.sent <= policy.reminders:
            events.append(NoticeDue(subject, notice.sequence, "REMINDER"))
        else:
            events.append(NoticeGivenUp(subject, notice.sequence))
    return events


def _refuse(code: Code, text: str, **about: str | int) -> Refusal:
    return Refusal(code, text, about)


# -- what becomes of it -----------------------------------------------------------------------------------------------


def evolve(state: State, event: Event) -> None:
    """Change the state by an event."""
    match event:
        case NoticeIssued():
            state.notices[event.subject] = Notice(event.sequence, event.method, event.slot, event.cause, event.news)
        case NoticeSent():
            notice = state.notices[event.subject]
            notice.sent, notice.failed = notice.sent + 1, 0
            _arm(state, event.subject, event.remind_at)
        case NoticeFailed():
            notice = state.notices[event.subject]
            notice.failed, notice.given_up = notice.failed + 1, event.again_at is None
            _arm(state, event.subject, event.again_at)
        case NoticeDue():
            _arm(state, event.subject, None)
        case NoticeAcknowledged():
            state.notices[event.subject].acknowledged = True
            _arm(state, event.subject, None)
        case NoticeGivenUp():
            state.notices[event.subject].given_up = True
            _arm(state, event.subject, None)
    drop_stale(state.deadlines, lambda deadline: _is_live(state, deadline))


def _arm(state: State, subject: str, at: int | None) -> None:
    state.notices[subject].deadline = at or 0
    if at:
        arm(state.deadlines, (at, "notice", subject))


def _is_live(state: State, deadline: Deadline) -> bool:
    at, _, subject = deadline
    return state.notices[subject].deadline == at


def due(state: State) -> int | None:
    """Return the earliest deadline that a Tick would fire, ms."""
    return state.deadlines[0][0] if state.deadlines else None
