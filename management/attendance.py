"""Attendance: who has come, who has left, who will not come, who did not; and the timers of all that."""

from __future__ import annotations

from management.assignment_rules import check_place
from management.command import Refusal, Tick
from management.deadline_heap import passed
from management.ledger import MINUTE, Duty, rest_broken_by
from management.swap import closed_swap
from management.worker import covers
from management.workforce_commands import CheckIn, CheckOut, CorrectHours, ReportAbsent
from management.workforce_events import (
    AbsenceReported,
    AssignmentAtRisk,
    AssignmentCancelled,
    AutoClosed,
    CheckedIn,
    CheckedOut,
    Event,
    HoursCorrected,
    NoShowRecorded,
    SwapClosed,
)
from management.workforce_rights import need_gate, need_person, need_system, need_venue
from management.workforce_state import Assignment, Setting, State, check_step, find, is_live, refuse

__all__ = ["check_in", "check_out", "correct_hours", "fire", "report_absent"]


def check_in(state: State, command: CheckIn, setting: Setting) -> list[Event] | Refusal:
    """Note an arrival.

    A scan that comes after the timer, from a gate that was without a line, still counts if the person was there in time
    and nobody has his place or he himself another duty since.
    """
    if refusal := need_gate(setting):
        return refusal
    assignment = find(state, command.assignment)
    if isinstance(assignment, Refusal):
        return assignment
    if assignment.status == "CHECKED_IN":
        return []
    if command.venue != setting.venue:
        text = f"assignment {assignment.id} is at {setting.venue}"
        return refuse("WRONG_VENUE", text, assignment=assignment.id, venue=setting.venue)
    if refusal := check_step(assignment, CheckedIn):
        return refusal
    opens = assignment.expected_at - setting.policy.check_in_early * MINUTE
    closes = assignment.expected_at + setting.policy.check_in_late * MINUTE
    if not opens <= command.at <= min(closes, setting.at):
        text = f"check-in for {assignment.id} is from {opens} to {closes}, and not before the scan"
        return refuse("WINDOW", text, opens=opens, closes=closes)
    worker, shift = state.workers[assignment.person], state.shifts[assignment.shift]
    if assignment.status == "NO_SHOW":
        if refusal := check_place(state, worker, shift, setting.policy, starts=assignment.expected_at):
            return refusal
    elif not covers(worker.access.windows, shift.venue, shift.zone, assignment.expected_at, shift.ends):
        text = f"{worker.person} no longer has access to {shift.venue} zone {shift.zone}"
        return refuse("NO_ACCESS", text, person=worker.person, shift=shift.id, zone=shift.zone)
    close_at = shift.ends + setting.policy.auto_close * MINUTE
    return [*closed_swap(state, assignment, "GONE"), CheckedIn(assignment.id, command.at, command.scan, close_at)]


def check_out(state: State, command: CheckOut, setting: Setting) -> list[Event] | Refusal:
    """Note that somebody has left. Staying longer takes from the rest before his next duty, which is then at risk."""
    if refusal := need_gate(setting):
        return refusal
    assignment = find(state, command.assignment)
    if isinstance(assignment, Refusal):
        return assignment
    if (assignment.status, assignment.checked_out) == ("CHECKED_OUT", command.at):
        return []
    if refusal := check_step(assignment, CheckedOut):
        return refusal
    if not (assignment.checked_in or 0) <= command.at <= min(setting.at, assignment.deadline):
        text = f"who left {assignment.id} did so after he came, and before it closed by itself"
        return refuse("WINDOW", text, assignment=assignment.id)
    return [CheckedOut(assignment.id, command.at), *_short_of_rest(state, assignment, command.at, setting)]


def correct_hours(state: State, command: CorrectHours, setting: Setting) -> list[Event] | Refusal:
    """Say when somebody left who did not check out."""
    if refusal := need_venue(setting):
        return refusal
    assignment = find(state, command.assignment)
    if isinstance(assignment, Refusal):
        return assignment
    if setting.actor.id == assignment.person:
        return refuse("SAME_PERSON", "nobody corrects his own hours", assignment=assignment.id)
    if refusal := check_step(assignment, HoursCorrected):
        return refusal
    if not (assignment.checked_in or 0) <= command.at <= setting.at:
        return refuse("WINDOW", "he left after he came, and not in the future", assignment=assignment.id)
    return [HoursCorrected(assignment.id, command.at), *_short_of_rest(state, assignment, command.at, setting)]


def report_absent(state: State, command: ReportAbsent, setting: Setting) -> list[Event] | Refusal:
    """Note that a person will not come."""
    assignment = find(state, command.assignment)
    if isinstance(assignment, Refusal):
        return assignment
    if need_person(setting, assignment.person) and (refusal := need_venue(setting)):
        return refusal
    if assignment.status == "ABSENT":
        return []
    if refusal := check_step(assignment, AbsenceReported):
        return refusal
    return [*closed_swap(state, assignment, "GONE"), AbsenceReported(assignment.id, command.reason)]


def fire(state: State, tick: Tick, setting: Setting) -> list[Event] | Refusal:
    """Let the timers that have run out do what they are for."""
    if refusal := need_system(setting):
        return refusal
    events: list[Event] = []
    for _, kind, name in passed(state.deadlines, tick.until, lambda deadline: is_live(state, deadline)):
        if kind == "swap":
            events.append(SwapClosed(name, "LAPSED"))
            continue
        assignment = state.assignments[name]
        match assignment.status:
            case "PROPOSED":  # nobody told the person: he cannot be blamed for not coming
                events.append(AssignmentCancelled(name, "NEVER_PUBLISHED"))
            case "PUBLISHED" | "CONFIRMED":
                events.append(NoShowRecorded(name))
            case _:
                events.append(AutoClosed(name, state.shifts[assignment.shift].ends))
    return events


def _short_of_rest(state: State, assignment: Assignment, left: int, setting: Setting) -> list[Event]:
    shift = state.shifts[assignment.shift]
    worked = Duty(assignment.expected_at, max(shift.ends, left), shift.venue, 0, assignment.id)
    later = [duty for duty in state.workers[assignment.person].duties if duty.starts >= shift.ends]
    short = rest_broken_by(later, worked, setting.policy.rest)
    mine = short and short.assignment in state.assignments  # a duty elsewhere is not ours to flag
    return [AssignmentAtRisk(short.assignment, "REST")] if short and mine else []
