"""A delegation's registration meeting, under the key ``del:{noc}``: what both sides sign, and the size that it fixes.

The entries office presents the figures; the organisation and the office sign each item, and with the last signature the
size of the delegation is fixed. Other figures make all signatures void. Afterwards a drop in athletes may lower the
quota of officials: that cancels no card, it opens a task for people to solve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from management.command import Received, Refusal, Tick
from schemas.policy.entries import Policy

__all__ = [
    "ITEMS",
    "PREFIX",
    "AthletesReported",
    "Code",
    "Command",
    "DelegationFixed",
    "DelegationPresented",
    "Event",
    "Figures",
    "Item",
    "ItemSigned",
    "MeetingReopened",
    "OfficialsReported",
    "OfficialsTaskClosed",
    "OfficialsTaskOpened",
    "PresentDelegation",
    "ReopenMeeting",
    "ReportAthletes",
    "ReportOfficials",
    "SignItem",
    "State",
    "decide",
    "due",
    "evolve",
]

PREFIX = "del"

Code = Literal["NOT_AUTHORISED", "SAME_PERSON", "STATE", "FORMS", "OFFICIALS_QUOTA", "CARDS", "FIGURES"]
Item = Literal["ATHLETES", "FORMS", "OFFICIALS", "CARDS"]
Side = Literal["organisation", "office"]
Status = Literal["AWAITED", "PRESENTED", "FIXED"]
Verb = Literal["present", "sign", "fix", "reopen"]

ITEMS: Final[tuple[Item, ...]] = ("ATHLETES", "FORMS", "OFFICIALS", "CARDS")

# -- from a status, by what is done, to a status --------------------------------------------------------------------

TRANSITIONS: Mapping[Status, Mapping[Verb, Status]] = {
    "AWAITED": {"present": "PRESENTED"},
    "PRESENTED": {"present": "PRESENTED", "sign": "PRESENTED", "fix": "FIXED"},
    "FIXED": {"reopen": "AWAITED"},
}


class Figures(msgspec.Struct, frozen=True):
    """A delegation in numbers."""

    athletes: int = 0  # entered
    forms: int = 0  # athletes whose eligibility form is there
    officials: int = 0
    cards: int = 0  # validated


class State(msgspec.Struct):
    """One delegation."""

    status: Status = "AWAITED"
    figures: Figures = Figures()
    quota: int = 0  # places of officials, as the figures give
    presented_by: str = ""
    signed: dict[str, str] = {}  # side/item -> who
    task: int = 0  # officials above the quota; 0: no task is open


class PresentDelegation(msgspec.Struct, frozen=True, tag="present_delegation"):
    """Lay the figures on the table, for the first time or anew."""

    figures: Figures


class SignItem(msgspec.Struct, frozen=True, tag="sign_item"):
    """Sign one item, for the organisation or for the office."""

    item: Item
    side: Side


class ReopenMeeting(msgspec.Struct, frozen=True, tag="reopen_meeting"):
    """Have a fixed delegation registered again."""

    authority: str
    reason: str


class ReportAthletes(msgspec.Struct, frozen=True, tag="report_athletes"):
    """Say how many athletes are entered since the size was fixed."""

    athletes: int


class ReportOfficials(msgspec.Struct, frozen=True, tag="report_officials"):
    """Say how many officials there are since the size was fixed."""

    officials: int


class DelegationPresented(msgspec.Struct, frozen=True, tag="delegation_presented"):
    """The figures to be signed."""

    figures: Figures
    quota: int
    by: str


class ItemSigned(msgspec.Struct, frozen=True, tag="item_signed"):
    """One side has signed an item."""

    item: Item
    side: Side
    by: str


class DelegationFixed(msgspec.Struct, frozen=True, tag="delegation_fixed"):
    """Both sides have signed everything: the size of the delegation."""

    athletes: int
    officials: int
    quota: int


class MeetingReopened(msgspec.Struct, frozen=True, tag="meeting_reopened"):
    """The size is fixed no longer."""

    authority: str
    reason: str


class AthletesReported(msgspec.Struct, frozen=True, tag="athletes_reported"):
    """How many athletes are entered, and the officials that this allows."""

    athletes: int
    quota: int


class OfficialsReported(msgspec.Struct, frozen=True, tag="officials_reported"):
    """How many officials there are."""

    officials: int


class OfficialsTaskOpened(msgspec.Struct, frozen=True, tag="officials_task_opened"):
    """There are more officials than places for them: somebody has to decide."""

    excess: int


class OfficialsTaskClosed(msgspec.Struct, frozen=True, tag="officials_task_closed"):
    """There are places for all officials again."""


Command = PresentDelegation | SignItem | ReopenMeeting | ReportAthletes | ReportOfficials | Tick
Event = (
    DelegationPresented
    | ItemSigned
    | DelegationFixed
    | MeetingReopened
    | AthletesReported
    | OfficialsReported
    | OfficialsTaskOpened
    | OfficialsTaskClosed
)


def decide(state: State, received: Received[Any], policy: Policy) -> list[Event] | Refusal:
    """Return what a command brings about, or why it is refused."""
    return _DECIDE[type(received.command)](state, received, policy)


def evolve(state: State, event: Event) -> None:
    """Change the delegation by what happened."""
    _EVOLVE[type(event)](state, event)


def due(state: State) -> int | None:
    """Return none: a meeting has no deadline."""
    return None


# -- decisions --------------------------------------------------------------------------------------------------------


def _refuse(code: Code, text: str, **about: Any) -> Refusal:
    return Refusal(code, text, about)


def _wrong_status(state: State, verb: Verb) -> Refusal | None:
    if verb in TRANSITIONS[state.status]:
        return None
    return _refuse("STATE", f"the delegation is {state.status}", status=state.status)


def _present(state: State, received: Received[PresentDelegation], policy: Policy) -> list[Event] | Refusal:
    figures = received.command.figures
    if not received.actor.may("SPORT_ENTRIES"):
        return _refuse("NOT_AUTHORISED", "only the entries office presents figures")
    if refusal := _wrong_status(state, "present"):
        return refusal
    if min(figures.athletes, figures.forms, figures.officials, figures.cards) < 0:
        return _refuse("FIGURES", "nothing is counted below nought")
    if state.status == "PRESENTED" and figures == state.figures:
        return []
    return [DelegationPresented(figures, policy.delegation.quota(figures.athletes), received.actor.id)]


def _sign(state: State, received: Received[SignItem], policy: Policy) -> list[Event] | Refusal:
    wish, actor = received.command, received.actor
    of_organisation = actor.may("RO_ENTRIES", f"ro:{received.key.removeprefix('del:')}")
    if not (of_organisation if wish.side == "organisation" else actor.may("SPORT_ENTRIES")):
        return _refuse("NOT_AUTHORISED", f"the actor does not sign for the {wish.side}", side=wish.side)
    if refusal := _wrong_status(state, "sign"):
        return refusal
    if f"{wish.side}/{wish.item}" in state.signed:
        return []
    other = "office" if wish.side == "organisation" else "organisation"
    if actor.id == state.signed.get(f"{other}/{wish.item}"):
        return _refuse("SAME_PERSON", "the two sides sign by two persons", item=wish.item)
    if wish.side == "office" and actor.id == state.presented_by:
        return _refuse("SAME_PERSON", "who presented the figures does not sign them for the office", item=wish.item)
    if refusal := _short(state.figures, state.quota, wish.item, policy):
        return refusal
    signed = ItemSigned(wish.item, wish.side, actor.id)
    if len(state.signed) + 1 < 2 * len(ITEMS):
        return [signed]
    return [signed, DelegationFixed(state.figures.athletes, state.figures.officials, state.quota)]


def _short(figures: Figures, quota: int, item: Item, policy: Policy) -> Refusal | None:
    """Return why an item cannot be signed as it stands."""
    if item == "FORMS" and figures.forms != figures.athletes:
        return _refuse("FORMS", f"{figures.forms} forms are there for {figures.athletes} athletes")
    if item == "OFFICIALS" and figures.officials > quota:
        return _refuse("OFFICIALS_QUOTA", f"{figures.athletes} athletes bring {quota} officials", quota=quota)
    people = figures.athletes + figures.officials
    if item == "CARDS" and policy.delegation.cards_required and figures.cards != people:
        return _refuse("CARDS", f"{figures.cards} cards are validated of {people}", people=people)
    return None


def _reopen(state: State, received: Received[ReopenMeeting], policy: Policy) -> list[Event] | Refusal:
    wish = received.command
    if not received.actor.may("GAMES_AUTHORITY"):
        return _refuse("NOT_AUTHORISED", "only the authority of the Games reopens a meeting")
    return _wrong_status(state, "reopen") or [MeetingReopened(wish.authority, wish.reason)]


def _athletes(state: State, received: Received[ReportAthletes], policy: Policy) -> list[Event] | Refusal:
    athletes = received.command.athletes
    if refusal := _not_a_report(state, received, athletes):
        return refusal
    if athletes == state.figures.athletes:
        return []
    quota = policy.delegation.quota(athletes)
    return [AthletesReported(athletes, quota), *_task(state, state.figures.officials - quota)]


def _officials(state: State, received: Received[ReportOfficials], policy: Policy) -> list[Event] | Refusal:
    officials = received.command.officials
    if refusal := _not_a_report(state, received, officials):
        return refusal
    if officials == state.figures.officials:
        return []
    return [OfficialsReported(officials), *_task(state, officials - state.quota)]


def _not_a_report(state: State, received: Received[Any], number: int) -> Refusal | None:
    if not received.actor.may("SYSTEM"):
        return _refuse("NOT_AUTHORISED", "only the entries and accreditation report numbers")
    if state.status != "FIXED":
        return _refuse("STATE", "numbers are reported once the size is fixed", status=state.status)
    return _refuse("FIGURES", "nothing is counted below nought") if number < 0 else None


def _task(state: State, excess: int) -> list[Event]:
    """Return how the task changes when so many officials are above the quota."""
    if excess > 0:
        return [] if excess == state.task else [OfficialsTaskOpened(excess)]
    return [OfficialsTaskClosed()] if state.task else []


def _tick(state: State, received: Received[Tick], policy: Policy) -> list[Event] | Refusal:
    return []


# -- what becomes of it -----------------------------------------------------------------------------------------------


def _presented(state: State, event: DelegationPresented) -> None:
    state.status = TRANSITIONS[state.status]["present"]
    state.figures, state.quota, state.presented_by = event.figures, event.quota, event.by
    state.signed = {}


def _signed(state: State, event: ItemSigned) -> None:
    state.signed[f"{event.side}/{event.item}"] = event.by


def _fixed(state: State, event: DelegationFixed) -> None:
    state.status = TRANSITIONS[state.status]["fix"]


def _reopened(state: State, event: MeetingReopened) -> None:
    state.status = TRANSITIONS[state.status]["reopen"]
    state.signed = {}


def _athletes_reported(state: State, event: AthletesReported) -> None:
    state.figures = msgspec.structs.replace(state.figures, athletes=event.athletes)
    state.quota = event.quota


def _officials_reported(state: State, event: OfficialsReported) -> None:
    state.figures = msgspec.structs.replace(state.figures, officials=event.officials)


def _task_opened(state: State, event: OfficialsTaskOpened) -> None:
    state.task = event.excess


def _task_closed(state: State, event: OfficialsTaskClosed) -> None:
    state.task = 0


_DECIDE: Mapping[type, Callable[..., list[Event] | Refusal]] = MappingProxyType(
    {
        PresentDelegation: _present,
        SignItem: _sign,
        ReopenMeeting: _reopen,
        ReportAthletes: _athletes,
        ReportOfficials: _officials,
        Tick: _tick,
    }
)

_EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {
        DelegationPresented: _presented,
        ItemSigned: _signed,
        DelegationFixed: _fixed,
        MeetingReopened: _reopened,
        AthletesReported: _athletes_reported,
        OfficialsReported: _officials_reported,
        OfficialsTaskOpened: _task_opened,
        OfficialsTaskClosed: _task_closed,
    }
)
