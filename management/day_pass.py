"""Day and guest passes of a responsible organisation (key ``dp:{organisation}``).

An organisation has so many a day, and asks by the evening before. A pass opens zones of its host, never the field of
play, and the residential zone only with an escort. It is given out against an identity document, on its day, and when
it is not back in time its host gets no more until it is. How many days a person has had is counted within the
organisation.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

import msgspec

from management.command import Actor, Received, Refusal, Role, Tick
from management.deadline_heap import Deadline, arm, drop_stale, passed
from management.status_list import REVOKED, VALID
from management.status_list import Status as ListStatus
from schemas.policy.accreditation import Policy

__all__ = [
    "TRANSITIONS",
    "ApprovePass",
    "CancelPass",
    "Code",
    "Command",
    "DayPass",
    "Event",
    "IssuePass",
    "PassApproved",
    "PassCancelled",
    "PassIssued",
    "PassOverdue",
    "PassRequested",
    "PassReturned",
    "RequestPass",
    "ReturnPass",
    "Standing",
    "State",
    "Status",
    "decide",
    "due",
    "evolve",
    "list_status",
]

Status = Literal["REQUESTED", "APPROVED", "ISSUED", "OVERDUE", "RETURNED", "CANCELLED"]
Standing = Literal["CLEAR", "REFUSED", "REVOKED"]  # of the guest, as the desk finds it

Code = Literal[
    "STATE",
    "NOT_AUTHORISED",
    "SAME_PERSON",
    "UNKNOWN",
    "EXISTS",
    "CUT_OFF",  # asked for too late
    "DAILY_COUNT",
    "MAX_DAYS",
    "BARRED",  # the guest was refused or revoked
    "HOST_BLOCKED",  # a pass of the host is overdue
    "ZONES",
    "DAY",  # not the day of the pass
    "DEPOSIT",
]

_MINUTE = 60_000
_DAY = 86_400_000


class DayPass(msgspec.Struct):
    """What is known of a pass."""

    id: str
    person: str
    host: str
    day: date
    venue: str
    zones: tuple[str, ...]
    escorted: bool
    requested_by: str
    status: Status = "REQUESTED"
    serial: int | None = None  # of the token, once it is issued
    index: int | None = None  # in the status list
    return_by: int | None = None  # ms


class State(msgspec.Struct):
    """The passes of an organisation, with what its limits count."""

    passes: dict[str, DayPass] = {}
    on_day: dict[str, int] = {}  # day -> passes that count for it
    days_of: dict[str, dict[str, int]] = {}  # person -> day -> passes that count
    overdue_of: dict[str, int] = {}  # host -> passes that are not back
    deadlines: list[Deadline] = []


class RequestPass(msgspec.Struct, frozen=True, tag="request_pass"):
    """Ask for a pass."""

    pass_id: str
    person: str
    host: str  # the person who takes the guest along
    day: date
    venue: str
    zones: tuple[str, ...]
    host_zones: tuple[str, ...]  # what the host's card opens at the venue
    standing: Standing
    escorted: bool = False


class ApprovePass(msgspec.Struct, frozen=True, tag="approve_pass"):
    """Let a pass be given out."""

    pass_id: str


class IssuePass(msgspec.Struct, frozen=True, tag="issue_pass"):
    """Give a pass out."""

    pass_id: str
    id_deposit: bool  # an identity document was handed in
    standing: Standing  # as it is now
    serial: int
    index: int


class ReturnPass(msgspec.Struct, frozen=True, tag="return_pass"):
    """Take a pass back."""

    pass_id: str


class CancelPass(msgspec.Struct, frozen=True, tag="cancel_pass"):
    """Make a pass void."""

    pass_id: str


class PassEvent(msgspec.Struct, frozen=True):
    """Something that happened to a pass."""

    pass_id: str


class PassRequested(PassEvent, frozen=True, tag="pass_requested"):
    """A pass was asked for."""

    person: str
    host: str
    day: date
    venue: str
    zones: tuple[str, ...]
    escorted: bool
    by: str


class PassApproved(PassEvent, frozen=True, tag="pass_approved"):
    """A pass may be given out."""

    by: str


class PassIssued(PassEvent, frozen=True, tag="pass_issued"):
    """A pass was given out."""

    serial: int
    index: int
    return_by: int
    by: str


class PassReturned(PassEvent, frozen=True, tag="pass_returned"):
    """A pass is back."""

    by: str


class PassOverdue(PassEvent, frozen=True, tag="pass_overdue"):
    """A pass is not back in time; its host gets no more."""


class PassCancelled(PassEvent, frozen=True, tag="pass_cancelled"):
    """A pass is void."""

    by: str


Command = RequestPass | ApprovePass | IssuePass | ReturnPass | CancelPass | Tick
Event = PassRequested | PassApproved | PassIssued | PassReturned | PassOverdue | PassCancelled

# -- the table: for each event, from which status it leads to which; and who may --------------------------------------

TRANSITIONS: dict[type[PassEvent], dict[Status, Status]] = {
    PassApproved: {"REQUESTED": "APPROVED"},
    PassIssued: {"APPROVED": "ISSUED"},
    PassReturned: {"ISSUED": "RETURNED", "OVERDUE": "RETURNED"},
    PassOverdue: {"ISSUED": "OVERDUE"},
    PassCancelled: {"REQUESTED": "CANCELLED", "APPROVED": "CANCELLED", "ISSUED": "CANCELLED"},
}

WHO: dict[type[Any], tuple[Role, ...]] = {
    Tick: ("SYSTEM",),
    RequestPass: ("RO_ACR",),
    ApprovePass: ("OC_ACR_OPERATOR", "VENUE_ACR"),
    IssuePass: ("OC_ACR_OPERATOR", "VENUE_ACR"),
    ReturnPass: ("OC_ACR_OPERATOR", "VENUE_ACR"),
    CancelPass: ("RO_ACR", "OC_ACR_OPERATOR"),
}
CANCELS_ISSUED: tuple[Role, ...] = ("OC_ACR_SUPERVISOR", "SOC")  # it is in somebody's hands

Decision = list[Event] | Refusal


def list_status(day_pass: DayPass) -> ListStatus:
    """Return what the status list says about a pass that was given out: an overdue one opens nothing."""
    return VALID if day_pass.status == "ISSUED" else REVOKED


def decide(state: State, received: Received[Command], policy: Policy) -> list[Event] | Refusal:
    """Decide a command about the passes of an organisation."""
    command, ro = received.command, received.key.removeprefix("dp:")
    if isinstance(command, Tick):
        if not _may(received.actor, WHO[Tick], ro):
            return _not_authorised(received.actor)
        return [PassOverdue(name) for _, _, name in passed(state.deadlines, command.until, _is_live(state))]
    if isinstance(command, RequestPass):
        return _request(state, received, policy)
    found = state.passes.get(command.pass_id)
    if found is None:
        return _refuse("UNKNOWN", "There is no such pass.", pass_id=command.pass_id)
    issued = isinstance(command, CancelPass) and found.status == "ISSUED"
    if not _may(received.actor, CANCELS_ISSUED if issued else WHO[type(command)], ro, found.venue):
        return _not_authorised(received.actor)
    by = received.actor.id
    match command:
        case ApprovePass():
            if found.status == "REQUESTED" and found.requested_by == by:
                return _refuse("SAME_PERSON", "Who asks for a pass does not approve it.", actor=by)
            return _moved(found, PassApproved(found.id, by=by))
        case IssuePass():
            return _issue(state, found, received, policy)
        case ReturnPass():
            return _moved(found, PassReturned(found.id, by=by))
        case CancelPass():
            return _moved(found, PassCancelled(found.id, by=by))


def _request(state: State, received: Received[Any], policy: Policy) -> Decision:
    ask, ro = received.command, received.key.removeprefix("dp:")
    limits, kind = policy.day_passes, policy.organisations.get(ro, "")
    day, days = ask.day.isoformat(), state.days_of.get(ask.person, {})
    if not _may(received.actor, WHO[RequestPass], ro):
        return _not_authorised(received.actor)
    if ask.pass_id in state.passes:
        return _refuse("EXISTS", "The identifier is taken.", pass_id=ask.pass_id)
    cut_off = policy.day_first(ask.day) - _DAY + limits.cut_off_min * _MINUTE
    if received.at >= cut_off:
        return _refuse("CUT_OFF", "Passes are asked for by the evening before.", cut_off=cut_off)
    if state.on_day.get(day, 0) >= limits.daily.get(kind, 0):
        return _refuse("DAILY_COUNT", "The organisation has no more passes for the day.", day=day)
    if day not in days and len(days) >= limits.max_days:
        return _refuse("MAX_DAYS", "The person has had so many days.", max_days=limits.max_days)
    if refusal := _barred(state, ask.host, ask.standing):
        return refusal
    barred = [zone for zone in ask.zones if not _opens(zone, ask, policy)]
    if barred or not ask.zones or ask.venue not in policy.venues:
        return _refuse("ZONES", "These zones are not on a pass of this host.", zones=tuple(barred))
    what = (ask.pass_id, ask.person, ask.host, ask.day, ask.venue, ask.zones, ask.escorted)
    return [PassRequested(*what, by=received.actor.id)]


def _opens(zone: str, ask: RequestPass, policy: Policy) -> bool:
    known = policy.zones.get(zone)
    if known is None or known.never_on_pass or zone not in ask.host_zones:
        return False
    return ask.escorted or not known.pass_only_escorted


def _barred(state: State, host: str, standing: Standing) -> Refusal | None:
    if standing != "CLEAR":
        return _refuse("BARRED", "The person may not have a pass.", standing=standing)
    if state.overdue_of.get(host):
        return _refuse("HOST_BLOCKED", "A pass of this host is not back.", host=host)
    return None


def _issue(state: State, found: DayPass, received: Received[Any], policy: Policy) -> Decision:
    ask, first = received.command, policy.day_first(found.day)
    return_by = first + policy.day_passes.return_min * _MINUTE
    moved = _moved(found, PassIssued(found.id, ask.serial, ask.index, return_by, received.actor.id))
    if isinstance(moved, Refusal):
        return moved
    if not first <= received.at < return_by:
        return _refuse("DAY", "A pass is given out on its day.", day=found.day.isoformat())
    if not ask.id_deposit:
        return _refuse("DEPOSIT", "An identity document is handed in.", pass_id=found.id)
    return _barred(state, found.host, ask.standing) or moved


def _moved(found: DayPass, event: Event) -> Decision:
    if found.status in TRANSITIONS[type(event)]:
        return [event]
    return _refuse("STATE", f"The pass is {found.status}.", pass_id=found.id, status=found.status)


def _may(actor: Actor, roles: tuple[Role, ...], ro: str, venue: str = "") -> bool:
    return any(actor.may(role, f"venue:{venue}" if role == "VENUE_ACR" else f"ro:{ro}") for role in roles)


def _not_authorised(actor: Actor) -> Refusal:
    return _refuse("NOT_AUTHORISED", "The actor may not do this here.", actor=actor.id)


def _refuse(code: Code, text: str, **about: object) -> Refusal:
    return Refusal(code, text, about)


def evolve(state: State, event: Event) -> None:
    """Take in an event."""
    if isinstance(event, PassRequested):
        what = (event.pass_id, event.person, event.host, event.day, event.venue, event.zones, event.escorted)
        state.passes[event.pass_id] = DayPass(*what, requested_by=event.by)
        _count(state, event.person, event.day.isoformat(), 1)
        return
    found = state.passes[event.pass_id]
    before, found.status = found.status, TRANSITIONS[type(event)][found.status]
    match event:
        case PassIssued():
            found.serial, found.index, found.return_by = event.serial, event.index, event.return_by
            arm(state.deadlines, (event.return_by, "return", found.id))
        case PassOverdue():
            _add(state.overdue_of, found.host, 1)
        case PassReturned() if before == "OVERDUE":
            _add(state.overdue_of, found.host, -1)
        case PassCancelled() if before != "ISSUED":  # one that was used up its place
            _count(state, found.person, found.day.isoformat(), -1)
    drop_stale(state.deadlines, _is_live(state))


def _count(state: State, person: str, day: str, by: int) -> None:
    _add(state.on_day, day, by)
    days = state.days_of.setdefault(person, {})
    _add(days, day, by)
    if not days:
        del state.days_of[person]


def _add(counts: dict[str, int], key: str, by: int) -> None:
    """Change a count; one of nothing is not kept."""
    counts[key] = counts.get(key, 0) + by
    if not counts[key]:
        del counts[key]


def _is_live(state: State) -> Callable[[Deadline], bool]:
    return lambda deadline: state.passes[deadline[2]].status == "ISSUED"


def due(state: State) -> int | None:
    """Return the earliest instant at which a pass is overdue, ms."""
    return state.deadlines[0][0] if state.deadlines else None
