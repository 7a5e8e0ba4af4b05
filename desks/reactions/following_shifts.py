"""A shift follows the units that it serves: where these get other times, the demand for it has other times too.

How long before its first unit a shift begins, and how long after its last it ends, is what its planners gave it, by the
times that stood when it was planned or moved by them. Where all its units have a time, the shift is moved to keep both.
Where one has none (postponed, cancelled), it stays as it is, on the list of the affected, for the venue to decide.
"""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.reaction import REACTOR, Manager, Order
from desks.venue_clock import offset_at
from management.command import Recorded
from management.schedule_board import Plan
from management.schedule_book import UnitChange
from management.schedule_changes import UnitCancelled, UnitDelayed, UnitPostponed, UnitsRescheduled
from management.schedule_draft import ScheduleReleased
from management.workforce_commands import MoveShift
from management.workforce_events import ShiftCancelled, ShiftMoved, ShiftPlanned

__all__ = ["FOLLOWING_SHIFTS", "State", "changes_of", "learn", "react"]


class _Following(msgspec.Struct):
    """A shift with units."""

    units: tuple[str, ...]
    starts: int
    ends: int
    before: int | None = None  # ms from its start to that of its first unit; None: not all had a time by then
    after: int = 0  # ms from the end of its last unit to its own


class State(msgspec.Struct):
    """What is released, and which shifts serve it."""

    plans: dict[str, Plan] = {}  # unit -> as it is published
    serving: dict[str, list[tuple[str, str]]] = {}  # unit -> venue's key, shift
    shifts: dict[str, _Following] = {}  # venue's key, a space, shift


def changes_of(event: Any) -> tuple[UnitChange, ...]:
    """Return what an event changes of what is published."""
    match event:
        case ScheduleReleased(diff=changes) | UnitsRescheduled(changes=changes):
            return tuple(changes)
        case UnitDelayed(change=change) | UnitPostponed(change=change) | UnitCancelled(change=change):
            return (change,)
    return ()


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember what is published, and the shifts with how they lie to their units."""
    event, key = recorded.event, recorded.key
    for change in changes_of(event):
        if change.after is None:
            state.plans.pop(change.unit, None)
        else:
            state.plans[change.unit] = change.after
    match event:
        case ShiftPlanned(shift=shift) if shift.units:
            following = state.shifts[f"{key} {shift.id}"] = _Following(shift.units, shift.starts, shift.ends)
            _measure(state, following)
            for unit in shift.units:
                shifts = state.serving.setdefault(unit, [])
                if (key, shift.id) not in shifts:
                    shifts.append((key, shift.id))
        case ShiftMoved() if moved := state.shifts.get(f"{key} {event.shift}"):
            moved.starts, moved.ends = event.starts, event.ends
            if recorded.actor != REACTOR.id:  # what the planners decide is how it is meant
                _measure(state, moved)
        case ShiftCancelled():
            state.shifts.pop(f"{key} {event.shift}", None)


def _measure(state: State, shift: _Following) -> None:
    if span := _span(state, shift):
        shift.before, shift.after = span[0].start - shift.starts, shift.ends - max(plan.end for plan in span)


def _span(state: State, shift: _Following) -> list[Plan] | None:
    """Return the plans of a shift's units, the first to start before; None where one has no time."""
    plans = [state.plans[unit] for unit in shift.units if unit in state.plans]
    return sorted(plans, key=lambda plan: plan.start) if len(plans) == len(shift.units) else None


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Move what serves the units that changed."""
    touched = {one: None for change in changes_of(recorded.event) for one in state.serving.get(change.unit, ())}
    return [order for key, name in touched for order in _follow(state, key, name)]


def _follow(state: State, key: str, name: str) -> list[Order]:
    shift = state.shifts.get(f"{key} {name}")
    plans = _span(state, shift) if shift else None
    if shift is None or plans is None:
        return []
    if shift.before is None:  # it was planned before its units had times: these are the first
        return []
    starts, ends = plans[0].start - shift.before, max(plan.end for plan in plans) + shift.after
    if (starts, ends) == (shift.starts, shift.ends):
        return []
    zone = plans[0].zone
    return [Order(key, MoveShift(name, starts, ends, offset_at(zone, starts), offset_at(zone, ends)))]


FOLLOWING_SHIFTS = Manager("following_shifts", State, learn, react)
