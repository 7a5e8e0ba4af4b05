"""Shifts are planned, moved and cancelled; what becomes of the people on them is said in the same decision."""

from __future__ import annotations

from msgspec.structs import replace

from management.assignment_rules import check_person
from management.command import Refusal
from management.ledger import DAY, MINUTE
from management.overbooking import overbooked
from management.shift import Shift, mix_is_possible
from management.swap import closed_swap
from management.workforce_commands import CancelShift, ChangeNeed, KeepShift, MarkAffected, MoveShift, PlanShift
from management.workforce_events import (
    AssignmentCancelled,
    AssignmentMoved,
    Event,
    NeedChanged,
    ShiftAffected,
    ShiftCancelled,
    ShiftKept,
    ShiftMoved,
    ShiftPlanned,
)
from management.workforce_rights import need_planner, need_system
from management.workforce_state import OPEN, Assignment, Setting, State, members, refuse
from schemas.policy.workforce import Policy

__all__ = [
    "MOVED_OFF",
    "attendance_of",
    "cancel_shift",
    "change_need",
    "keep_shift",
    "mark_affected",
    "move_shift",
    "plan_shift",
]


# -- why somebody is taken off a shift that moves: the guards of a person, as they are asked of the new times ----------

MOVED_OFF: frozenset[str] = frozenset(
    {"NOT_TRAINED", "NO_ACCESS", "OVERLAP", "REST", "HOURS_24", "CONSECUTIVE", "MINOR_NIGHT"}
)


def attendance_of(state: State, role: str, policy: Policy) -> int:
    """Return how many in a thousand come, from the role's own history once it is long enough."""
    came, expected = state.history.get(role, (0, 0))
    if expected < policy.history_from:
        return policy.attendance_permille
    return max(policy.attendance_least_permille, came * 1000 // expected)


def _check_times(starts: int, ends: int) -> Refusal | None:
    if not starts < ends <= starts + DAY:
        return refuse("TIMES", "a shift ends after it starts, and within a day", starts=starts, ends=ends)
    return None


def plan_shift(state: State, command: PlanShift, setting: Setting) -> list[Event] | Refusal:
    """Open a shift, with as many places as the need and the usual attendance ask for."""
    if refusal := need_planner(setting) or _check_times(command.starts, command.ends):
        return refusal
    rule = setting.policy.roles.get(command.role)
    if rule is None or command.need < 1:
        return refuse("UNKNOWN", "a shift needs somebody, in a role of these Games", role=command.role)
    attendance = attendance_of(state, command.role, setting.policy)
    shift = Shift(
        id=command.shift,
        venue=setting.venue,
        role=command.role,
        zone=command.zone,
        starts=command.starts,
        ends=command.ends,
        offset=command.offset,
        offset_ends=command.offset_ends,
        need=command.need,
        places=overbooked(command.need, attendance, setting.policy.confidence_permille),
        languages=command.languages,
        units=command.units,
    )
    if command.shift in state.shifts:
        return refuse("EXISTS", f"there is a shift {command.shift}", shift=command.shift)
    if not mix_is_possible(shift, [], rule):
        return refuse("TEAM_MIX", "the team is too small for the languages that it needs", shift=command.shift)
    return [ShiftPlanned(shift)]


def move_shift(state: State, command: MoveShift, setting: Setting) -> list[Event] | Refusal:
    """Give a shift other times, and ask each of its people's guards anew."""
    if refusal := need_planner(setting) or _check_times(command.starts, command.ends):
        return refusal
    shift = state.shifts.get(command.shift)
    if shift is None:
        return refuse("UNKNOWN", f"there is no shift {command.shift}", shift=command.shift)
    if shift.cancelled or _begun(state, shift.id) or command.starts <= setting.at:
        return refuse("STATE", "a shift moves before it has begun, to a time that is to come", shift=shift.id)
    moved = replace(
        shift,
        starts=command.starts,
        ends=command.ends,
        offset=command.offset,
        offset_ends=command.offset_ends,
    )
    if moved == shift:
        return [ShiftKept(shift.id)] if shift.id in state.affected else []
    times = (command.starts, command.ends, command.offset, command.offset_ends)
    events: list[Event] = [ShiftMoved(shift.id, *times)]
    for assignment in _team(state, shift.id):
        events += closed_swap(state, assignment, "GONE")
        events.append(_moved(state, assignment, moved, setting.policy))
    return events


def change_need(state: State, command: ChangeNeed, setting: Setting) -> list[Event] | Refusal:
    """Have more or fewer places, and no fewer than are taken or than the mix of who is there needs."""
    if refusal := need_planner(setting):
        return refusal
    shift = state.shifts.get(command.shift)
    if shift is None or command.need < 1:
        return refuse("UNKNOWN", "there is no such shift, or it needs somebody", shift=command.shift)
    if shift.cancelled:
        return refuse("STATE", f"shift {shift.id} is cancelled", shift=shift.id)
    if command.need == shift.need:
        return []
    attendance = attendance_of(state, shift.role, setting.policy)
    places = overbooked(command.need, attendance, setting.policy.confidence_permille)
    team, rule = list(members(state, shift.id)), setting.policy.roles[shift.role]
    places = max(places, min(len(team), shift.places))
    while places < shift.places and not mix_is_possible(replace(shift, places=places), team, rule):
        places += 1
    return [NeedChanged(shift.id, command.need, places)]


def mark_affected(state: State, command: MarkAffected, setting: Setting) -> list[Event] | Refusal:
    """List the shifts that serve a unit which has other times, or none."""
    if refusal := need_system(setting):
        return refusal
    return [
        ShiftAffected(name, command.unit, command.cause)
        for name in state.serving.get(command.unit, ())
        if not state.shifts[name].cancelled and state.affected.get(name) != command.cause
    ]


def keep_shift(state: State, command: KeepShift, setting: Setting) -> list[Event] | Refusal:
    """Take a shift off the list of the affected."""
    if refusal := need_planner(setting):
        return refusal
    if command.shift not in state.shifts:
        return refuse("UNKNOWN", f"there is no shift {command.shift}", shift=command.shift)
    return [ShiftKept(command.shift)] if command.shift in state.affected else []


def cancel_shift(state: State, command: CancelShift, setting: Setting) -> list[Event] | Refusal:
    """Take everybody off a shift, and close it."""
    if refusal := need_planner(setting):
        return refusal
    shift = state.shifts.get(command.shift)
    if shift is None:
        return refuse("UNKNOWN", f"there is no shift {command.shift}", shift=command.shift)
    if shift.cancelled:
        return []
    if _begun(state, shift.id):
        return refuse("STATE", f"shift {shift.id} has begun", shift=shift.id)
    events: list[Event] = []
    for assignment in _team(state, shift.id):
        events += closed_swap(state, assignment, "GONE")
        events.append(AssignmentCancelled(assignment.id, command.reason))
    return [*events, ShiftCancelled(shift.id, command.reason)]


def _team(state: State, shift: str) -> list[Assignment]:
    return [state.assignments[name] for name in state.teams[shift]]


def _begun(state: State, shift: str) -> bool:
    return any(assignment.status not in OPEN for assignment in _team(state, shift))


def _moved(state: State, assignment: Assignment, moved: Shift, policy: Policy) -> Event:
    """Say what becomes of an assignment when its shift has moved. Its place in the team stays: only the hours count."""
    worker = state.workers[assignment.person]
    duties = [duty for duty in worker.duties if duty.assignment != assignment.id]
    refusal = check_person(worker, moved, policy, duties=duties, windows=worker.access.windows)
    if refusal:
        return AssignmentCancelled(assignment.id, refusal.code)
    late = policy.check_in_late * MINUTE if assignment.status != "PROPOSED" else 0
    return AssignmentMoved(assignment.id, moved.starts, moved.starts + late)
