"""The competition schedule as it stands: its units, the draft and what is released, proposals, and the statuses.

One book holds the whole schedule of a Games, so that what touches several units (a set that is rescheduled, two units
at one location) is decided in one place. What happens in the field of play (a unit runs, is interrupted, is finished)
comes as news from the results side; everything else is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from management.command import Actor, Refusal, Role
from management.schedule_board import Board, Plan, put
from management.schedule_conflicts import Delta, Starts

__all__ = [
    "TRANSITIONS",
    "Advance",
    "Cancel",
    "Change",
    "Code",
    "Move",
    "Postpone",
    "Proposal",
    "Reschedule",
    "State",
    "Unit",
    "UnitChange",
    "UnitStatus",
    "Verb",
    "holds",
    "refuse",
    "set_plans",
    "step",
    "units_of",
]

Code = Literal[
    "PLAN",  # not a unit, no such venue, ends before it begins
    "EMPTY",  # nothing differs from what is released
    "VERSION",  # not the one after the last
    "CONFLICTS",  # hard ones that are not waived by name
    "WAIVER",  # of a conflict that is not there, or without a reason
    "FROZEN",  # so shortly before its start only a short-notice change moves a unit
    "SAME_DAY",  # a delay stays within the sport day
    "NOT_LATER",  # a delay goes forward
    "NOT_EARLIER",  # an advance goes back
    "TARGET",  # neither in the venue's window nor on a contingency day
    "APPROVAL",  # not all have approved
    "NOTICE",  # too short, and no authority overrides it
    "ACKNOWLEDGEMENT",  # an organisation with an entry has not acknowledged
    "NOT_AUTHORISED",
    "SAME_PERSON",
    "STATE",
    "UNKNOWN",
]

UnitStatus = Literal[
    "UNSCHEDULED",
    "SCHEDULED",
    "GETTING_READY",
    "RUNNING",
    "DELAYED",
    "INTERRUPTED",
    "POSTPONED",
    "RESCHEDULED",
    "CANCELLED",
    "FINISHED",
]
Verb = Literal[
    "release", "unplan", "delay", "postpone", "reschedule", "advance", "cancel", "ready", "run", "interrupt", "finish"
]

# -- from a status, by what is done or happens, to a status ----------------------------------------------------------

_PLANNED: Mapping[Verb, UnitStatus] = {
    "release": "SCHEDULED",
    "unplan": "UNSCHEDULED",
    "delay": "DELAYED",
    "postpone": "POSTPONED",
    "reschedule": "RESCHEDULED",
    "advance": "RESCHEDULED",
    "cancel": "CANCELLED",
    "ready": "GETTING_READY",
    "run": "RUNNING",
}

TRANSITIONS: Mapping[UnitStatus, Mapping[Verb, UnitStatus]] = {
    "UNSCHEDULED": {"release": "SCHEDULED", "cancel": "CANCELLED"},
    "SCHEDULED": _PLANNED,
    "RESCHEDULED": _PLANNED,  # as good as a scheduled one
    "GETTING_READY": {"delay": "DELAYED", "postpone": "POSTPONED", "cancel": "CANCELLED", "run": "RUNNING"},
    "DELAYED": {
        "delay": "DELAYED",
        "postpone": "POSTPONED",
        "reschedule": "RESCHEDULED",
        "cancel": "CANCELLED",
        "ready": "GETTING_READY",
        "run": "RUNNING",
    },
    "RUNNING": {"postpone": "POSTPONED", "interrupt": "INTERRUPTED", "finish": "FINISHED"},
    "INTERRUPTED": {
        "postpone": "POSTPONED",
        "reschedule": "RESCHEDULED",
        "cancel": "CANCELLED",
        "run": "RUNNING",
        "finish": "FINISHED",
    },
    "POSTPONED": {"reschedule": "RESCHEDULED", "cancel": "CANCELLED"},
    "FINISHED": {"run": "RUNNING"},  # a race that is run again
    "CANCELLED": {},
}


class Move(msgspec.Struct, frozen=True):
    """Where and when a unit is to be held instead."""

    unit: str
    start: int  # ms
    end: int  # ms
    offset: int  # minutes east of UTC at the venue, then
    venue: str | None = None  # another one
    location: str | None = None  # another one
    zone: str | None = None  # of another venue


class Postpone(msgspec.Struct, frozen=True, tag="postpone"):
    """Not now: the slot is free, the entries stay, a new time is not known."""

    unit: str


class Reschedule(msgspec.Struct, frozen=True, tag="reschedule"):
    """New times for a set of units, for all of them or for none."""

    moves: tuple[Move, ...]


class Advance(msgspec.Struct, frozen=True, tag="advance"):
    """Earlier than published."""

    moves: tuple[Move, ...]


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Never."""

    unit: str


Change = Postpone | Reschedule | Advance | Cancel


class UnitChange(msgspec.Struct, frozen=True):
    """The plan of one unit before and after; none: no time."""

    unit: str
    before: Plan | None
    after: Plan | None


class Proposal(msgspec.Struct):
    """A change that waits for its approvers."""

    change: Change
    by: str  # who proposed it
    lapses: int  # ms
    missing: list[str]  # roles that have yet to approve
    approvers: list[str] = []
    acknowledged: list[str] = []  # organisations
    overridden: bool = False  # the authority does without notice and acknowledgements


class Unit(msgspec.Struct):
    """What is known of a unit beside its place on the boards."""

    status: UnitStatus = "UNSCHEDULED"
    sequence: int = 0  # how often what is published of it changed; for calendars
    tbd: bool = False  # delayed, nobody knows until when
    last: Plan | None = None  # where it was planned last, on either board
    nocs: tuple[str, ...] = ()  # organisations with an entry in it


class State(msgspec.Struct):
    """The schedule of a Games."""

    version: int = 0  # the last one that was released
    units: dict[str, Unit] = {}
    draft: Board = msgspec.field(default_factory=Board)
    live: Board = msgspec.field(default_factory=Board)
    starts: Starts = msgspec.field(default_factory=Starts)
    touched: dict[str, None] = {}  # units whose draft is not what is released; a set whose order is the same everywhere
    waived: dict[str, str] = {}  # conflict of the draft -> why it may be
    drafters: list[str] = []  # who changed the draft since the last release
    proposals: dict[str, Proposal] = {}
    lapses: list[tuple[int, str]] = []  # of proposals, ascending


def refuse(code: Code, text: str, **about: Any) -> Refusal:
    """Return a refusal with one of the schedule's codes."""
    return Refusal(code, text, about)


def holds(actor: Actor, role: Role, units: tuple[str, ...]) -> bool:
    """Say whether an actor holds a role for the disciplines of all units."""
    return all(actor.may(role, f"discipline:{discipline}") for discipline in {unit[:3] for unit in units})


def units_of(change: Change) -> tuple[str, ...]:
    """Return the units that a change is of."""
    if isinstance(change, Reschedule | Advance):
        return tuple(move.unit for move in change.moves)
    return (change.unit,)


def step(state: State, unit: str, verb: Verb) -> Refusal | None:
    """Return why the status of a unit does not allow something; None where it does."""
    known = state.units.get(unit)
    if known is None:
        return refuse("UNKNOWN", f"there is no unit {unit}", unit=unit)
    if verb in TRANSITIONS[known.status]:
        return None
    return refuse("STATE", f"unit {unit} is {known.status}", unit=unit, status=known.status)


def set_plans(
    state: State, changes: tuple[UnitChange, ...], *, draft: Delta | None = None, live: Delta | None = None
) -> None:
    """Put new plans on the draft, on what is released, or on both: where there is a delta of conflicts for it."""
    for board, delta in ((state.draft, draft), (state.live, live)):
        if delta is None:
            continue
        for change in changes:
            put(board, change.unit, change.after)
        for name in delta.gone:
            board.conflicts.pop(name, None)
        board.conflicts.update({conflict.name: conflict for conflict in delta.new})
    if draft is not None:
        for name in (*draft.gone, *(conflict.name for conflict in draft.new)):
            state.waived.pop(name, None)  # it was waived as it was
    for change in changes:
        unit = state.units[change.unit]
        unit.last = change.after or unit.last
        if state.draft.plans.get(change.unit) == state.live.plans.get(change.unit):
            state.touched.pop(change.unit, None)
        else:
            state.touched[change.unit] = None
