"""The workforce of one venue, all dates (key ``wf:{venue}``): shifts, assignments, attendance, swaps, loans.

The whole venue is one aggregate, so that a swap is one decision. A person's hours and rest are judged by his ledger,
which is on one venue's roster at a time and goes with him when he is lent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from management import assignment, attendance, roster_people, shift_planning, stand_in, swap
from management.command import Received, Refusal, Tick
from management.deadline_heap import drop_stale
from management.workforce_changes import apply
from management.workforce_commands import (
    AcceptSwap,
    ApproveSwap,
    CancelAssignment,
    CancelLoan,
    CancelShift,
    ChangeNeed,
    CheckIn,
    CheckOut,
    Command,
    ConfirmAssignment,
    ConfirmLoan,
    CorrectHours,
    DeclineSwap,
    EnrolPerson,
    FindReplacement,
    KeepShift,
    LoanPerson,
    MarkAffected,
    MoveShift,
    PlanShift,
    ProposeAssignment,
    ProposeSwap,
    PublishAssignments,
    ReceivePerson,
    RecordAccess,
    RecordTraining,
    RefuseSwap,
    ReleaseDuties,
    ReplaceAssignment,
    ReportAbsent,
    ReturnPerson,
    TakeBack,
)
from management.workforce_events import Event
from management.workforce_state import Code, Setting, State, is_live
from schemas.policy.workforce import Policy

__all__ = ["PREFIX", "Code", "Command", "Event", "State", "decide", "due", "evolve"]

PREFIX = "wf"


DECISIONS: dict[type, Callable[[State, Any, Setting], list[Event] | Refusal]] = {
    EnrolPerson: roster_people.enrol_person,
    RecordTraining: roster_people.record_training,
    RecordAccess: roster_people.record_access,
    LoanPerson: roster_people.loan_person,
    ConfirmLoan: roster_people.confirm_loan,
    CancelLoan: roster_people.cancel_loan,
    ReceivePerson: roster_people.receive_person,
    ReturnPerson: roster_people.return_person,
    TakeBack: roster_people.take_back,
    PlanShift: shift_planning.plan_shift,
    MoveShift: shift_planning.move_shift,
    ChangeNeed: shift_planning.change_need,
    MarkAffected: shift_planning.mark_affected,
    KeepShift: shift_planning.keep_shift,
    CancelShift: shift_planning.cancel_shift,
    ProposeAssignment: assignment.propose_assignment,
    PublishAssignments: assignment.publish_assignments,
    ConfirmAssignment: assignment.confirm_assignment,
    CancelAssignment: assignment.cancel_assignment,
    ReplaceAssignment: assignment.replace_assignment,
    FindReplacement: stand_in.find_replacement,
    ReleaseDuties: assignment.release_duties,
    CheckIn: attendance.check_in,
    CheckOut: attendance.check_out,
    CorrectHours: attendance.correct_hours,
    ReportAbsent: attendance.report_absent,
    ProposeSwap: swap.propose_swap,
    AcceptSwap: swap.accept_swap,
    DeclineSwap: swap.decline_swap,
    ApproveSwap: swap.approve_swap,
    RefuseSwap: swap.refuse_swap,
    Tick: attendance.fire,
}


def decide(state: State, received: Received[Command], policy: Policy) -> list[Event] | Refusal:
    """Return what a command makes happen, or why nothing does."""
    setting = Setting(received.actor, received.at, received.key.partition(":")[2], policy)
    return DECISIONS[type(received.command)](state, received.command, setting)


def evolve(state: State, event: Event) -> None:
    """Change the state by an event."""
    apply(state, event)
    drop_stale(state.deadlines, lambda deadline: is_live(state, deadline))


def due(state: State) -> int | None:
    """Return the earliest deadline that a Tick would fire, ms."""
    return state.deadlines[0][0] if state.deadlines else None
