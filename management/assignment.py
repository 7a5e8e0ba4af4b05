"""Assignments up to the shift: proposed, published, confirmed, replaced, cancelled."""

from __future__ import annotations

from management.assignment_rules import check_place
from management.command import Refusal
from management.ledger import MINUTE
from management.swap import closed_swap
from management.worker import Access, Worker
from management.workforce_commands import (
    CancelAssignment,
    ConfirmAssignment,
    ProposeAssignment,
    PublishAssignments,
    ReleaseDuties,
    ReplaceAssignment,
)
from management.workforce_events import (
    AccessRecorded,
    AssignmentCancelled,
    AssignmentConfirmed,
    AssignmentProposed,
    AssignmentPublished,
    AssignmentReplaced,
    Event,
)
from management.workforce_rights import need_person, need_planner
from management.workforce_state import COUNTED, OPEN, Assignment, Setting, State, check_step, find, refuse

__all__ = [
    "cancel_assignment",
    "confirm_assignment",
    "propose_assignment",
    "publish_assignments",
    "release_duties",
    "replace_assignment",
    "replacement_events",
]


def propose_assignment(state: State, command: ProposeAssignment, setting: Setting) -> list[Event] | Refusal:
    """Plan a person for a shift, if all guards hold."""
    if refusal := need_planner(setting):
        return refusal
    if known := state.assignments.get(command.assignment):
        same = (known.shift, known.person) == (command.shift, command.person)
        return [] if same else refuse("EXISTS", f"assignment {known.id} is another one", assignment=known.id)
    shift, worker = state.shifts.get(command.shift), state.workers.get(command.person)
    if shift is None or worker is None:
        return refuse("UNKNOWN", "no such shift or person", shift=command.shift, person=command.person)
    if shift.cancelled or shift.starts <= setting.at:
        return refuse("STATE", f"shift {shift.id} is cancelled or has begun", shift=shift.id)
    access = _newer(worker, command.access)
    if refusal := check_place(state, worker, shift, setting.policy, windows=access.windows):
        return refusal
    proposed = AssignmentProposed(command.assignment, shift.id, worker.person, shift.starts, shift.starts)
    return [*_access_events(worker, access), proposed]


def publish_assignments(state: State, command: PublishAssignments, setting: Setting) -> list[Event] | Refusal:
    """Tell the people of all these assignments, or none."""
    if refusal := need_planner(setting):
        return refusal
    events: list[Event] = []
    for name in dict.fromkeys(command.assignments):
        assignment = find(state, name)
        if isinstance(assignment, Refusal):
            return assignment
        if assignment.status in ("PUBLISHED", "CONFIRMED"):
            continue
        if refusal := check_step(assignment, AssignmentPublished):
            return refusal
        if assignment.expected_at <= setting.at:
            return refuse("WINDOW", f"the shift of {name} has begun", assignment=name)
        events.append(AssignmentPublished(name, assignment.expected_at + setting.policy.check_in_late * MINUTE))
    return events


def confirm_assignment(state: State, command: ConfirmAssignment, setting: Setting) -> list[Event] | Refusal:
    """Note that the person will come."""
    assignment = find(state, command.assignment)
    if isinstance(assignment, Refusal):
        return assignment
    if refusal := need_person(setting, assignment.person):
        return refusal
    if assignment.status == "CONFIRMED":
        return []
    return check_step(assignment, AssignmentConfirmed) or [AssignmentConfirmed(assignment.id)]


def cancel_assignment(state: State, command: CancelAssignment, setting: Setting) -> list[Event] | Refusal:
    """Take a person off a shift."""
    if refusal := need_planner(setting):
        return refusal
    assignment = find(state, command.assignment)
    if isinstance(assignment, Refusal):
        return assignment
    if assignment.status == "CANCELLED":
        return []
    if refusal := check_step(assignment, AssignmentCancelled):
        return refusal
    return [*closed_swap(state, assignment, "GONE"), AssignmentCancelled(assignment.id, command.reason)]


def release_duties(state: State, command: ReleaseDuties, setting: Setting) -> list[Event] | Refusal:
    """Take a person off all that he has not begun; nobody who is not known here has anything to be taken off."""
    if refusal := need_planner(setting):
        return refusal
    events: list[Event] = []
    for name in state.held.get(command.person, ()):
        assignment = state.assignments[name]
        if assignment.status in OPEN:
            events += closed_swap(state, assignment, "GONE")
            events.append(AssignmentCancelled(name, command.reason))
    return events


def replace_assignment(state: State, command: ReplaceAssignment, setting: Setting) -> list[Event] | Refusal:
    """Have somebody else work instead, if all guards hold for him; he is told at once."""
    if refusal := need_planner(setting):
        return refusal
    old = find(state, command.assignment)
    if isinstance(old, Refusal):
        return old
    if command.by in state.assignments:
        known = state.assignments[command.by]
        same = (known.shift, known.person, old.status) == (old.shift, command.person, "REPLACED")
        return [] if same else refuse("EXISTS", f"assignment {known.id} is another one", assignment=known.id)
    if refusal := check_step(old, AssignmentReplaced):
        return refusal
    shift, worker = state.shifts[old.shift], state.workers.get(command.person)
    if worker is None:
        return refuse("UNKNOWN", f"{command.person} is not on this roster", person=command.person)
    if worker.person == old.person:
        return refuse("SAME_PERSON", f"{worker.person} cannot replace himself", person=worker.person)
    expected = shift.starts if command.expected_at is None else command.expected_at
    if not shift.starts <= expected < shift.ends or expected + setting.policy.check_in_late * MINUTE <= setting.at:
        return refuse("WINDOW", "a replacement is expected during the shift, and not in the past", shift=shift.id)
    access = _newer(worker, command.access)
    place = old.id if old.status in COUNTED else ""
    if refusal := check_place(
        state, worker, shift, setting.policy, instead_of=place, windows=access.windows, starts=expected
    ):
        return refusal
    late = expected + setting.policy.check_in_late * MINUTE
    instead = replacement_events(state, old, command.by, worker.person, expected=expected, no_show_at=late)
    return [*_access_events(worker, access), *instead]


def replacement_events(
    state: State, old: Assignment, by: str, person: str, *, expected: int, no_show_at: int
) -> list[Event]:
    """Return what happens when a person works instead of somebody: he is told at once."""
    return [
        *closed_swap(state, old, "GONE"),
        AssignmentReplaced(old.id, by),
        AssignmentProposed(by, old.shift, person, expected, expected),
        AssignmentPublished(by, no_show_at),
    ]


def _newer(worker: Worker, access: Access | None) -> Access:
    return access if access and access.version > worker.access.version else worker.access


def _access_events(worker: Worker, access: Access) -> list[Event]:
    return [] if access == worker.access else [AccessRecorded(worker.person, access)]
