"""Whoever has something in his calendar that changes is told: people of their shifts, organisations of their units.

A person is told once a shift is published to him, and from then on of each change; what was only planned changes in
silence. An organisation is told of the units in which it has somebody, from the first release on. That nothing new is
told twice is the recipient's own book's to see to (``management/notice.py``).
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.notice import Notify, Slot
from management.schedule_board import Plan
from management.schedule_book import UnitChange
from management.schedule_changes import UnitCancelled, UnitDelayed, UnitPostponed, UnitsRescheduled
from management.schedule_draft import ScheduleReleased, StartersRecorded
from management.shift import Shift
from management.workforce_events import (
    AssignmentCancelled,
    AssignmentMoved,
    AssignmentProposed,
    AssignmentPublished,
    AssignmentReplaced,
    ShiftMoved,
    ShiftPlanned,
    SwapApproved,
    SwapProposed,
)

__all__ = ["NOTICES", "State", "learn", "react"]

Method = Literal["REQUEST", "CANCEL"]


class _Assigned(msgspec.Struct):
    person: str
    shift: str
    expected_at: int
    told: bool = False


class _Swap(NamedTuple):
    mine: str
    theirs: str


class State(msgspec.Struct):
    """Who is at which shift, and whose athletes are in which unit. Keys of several parts are joined by a space."""

    shifts: dict[str, Shift] = {}  # venue's key, shift
    assignments: dict[str, _Assigned] = {}  # venue's key, assignment
    swaps: dict[str, _Swap] = {}  # venue's key, swap
    organisations: dict[str, tuple[str, ...]] = {}  # unit -> who has somebody in it


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember shifts, assignments and starters."""
    event, key = recorded.event, recorded.key
    match event:
        case ShiftPlanned(shift=shift):
            state.shifts[f"{key} {shift.id}"] = shift
        case ShiftMoved():
            name = f"{key} {event.shift}"
            state.shifts[name] = msgspec.structs.replace(state.shifts[name], starts=event.starts, ends=event.ends)
        case AssignmentProposed():
            assigned = _Assigned(event.person, event.shift, event.expected_at)
            state.assignments.setdefault(f"{key} {event.assignment}", assigned)
        case AssignmentPublished():
            state.assignments[f"{key} {event.assignment}"].told = True
        case AssignmentMoved():
            state.assignments[f"{key} {event.assignment}"].expected_at = event.expected_at
        case SwapProposed():
            state.swaps[f"{key} {event.swap}"] = _Swap(event.mine, event.theirs)
        case SwapApproved():
            _swap(state, key, event)
        case StartersRecorded():
            state.organisations[event.unit] = tuple(sorted({starter.noc for starter in event.starters}))


def _swap(state: State, key: str, event: SwapApproved) -> None:
    swap = state.swaps[f"{key} {event.swap}"]
    mine, theirs = (state.assignments[f"{key} {name}"] for name in swap)
    for name, person, shift in (
        (event.mine_becomes, mine.person, theirs.shift),
        (event.theirs_becomes, theirs.person, mine.shift),
    ):
        starts = state.shifts[f"{key} {shift}"].starts
        state.assignments.setdefault(f"{key} {name}", _Assigned(person, shift, starts, told=True))


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Tell whom something changed for."""
    event, key = recorded.event, recorded.key
    match event:
        case AssignmentPublished() | AssignmentMoved():
            return _tell(state, recorded, event.assignment, "REQUEST")
        case AssignmentCancelled() | AssignmentReplaced():
            return _tell(state, recorded, event.assignment, "CANCEL")
        case SwapApproved():
            gone, come = state.swaps[f"{key} {event.swap}"], (event.mine_becomes, event.theirs_becomes)
            cancelled = [order for name in gone for order in _tell(state, recorded, name, "CANCEL")]
            return cancelled + [order for name in come for order in _tell(state, recorded, name, "REQUEST")]
        case ScheduleReleased(diff=changes) | UnitsRescheduled(changes=changes):
            return [order for change in changes for order in _tell_organisations(state, recorded, change)]
        case UnitDelayed(change=change) | UnitPostponed(change=change) | UnitCancelled(change=change):
            return _tell_organisations(state, recorded, change)
    return []


def _tell(state: State, recorded: Recorded[Any], assignment: str, method: Method) -> list[Order]:
    assigned = state.assignments[f"{recorded.key} {assignment}"]
    if not assigned.told:
        return []
    shift, venue = state.shifts[f"{recorded.key} {assigned.shift}"], recorded.key.removeprefix("wf:")
    slot = Slot(shift.role, venue, shift.zone, assigned.expected_at, shift.ends)
    cause = recorded.correlation or recorded.cause
    return [Order(f"ntc:per:{assigned.person}", Notify(f"{venue}/{assignment}", method, slot, cause))]


def _tell_organisations(state: State, recorded: Recorded[Any], change: UnitChange) -> list[Order]:
    plan: Plan | None = change.after or change.before
    if plan is None:
        return []
    slot = Slot(change.unit, plan.venue, plan.location, plan.start, plan.end)
    notify = Notify(change.unit, "REQUEST" if change.after else "CANCEL", slot, recorded.id)
    return [Order(f"ntc:ro:{noc}", notify) for noc in state.organisations.get(change.unit, ())]


NOTICES = Manager("notices", State, learn, react)
