"""The workforce of a venue as it stands: shifts, people, assignments, swaps, and the table of what may follow what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from management.command import Actor, Refusal
from management.deadline_heap import Deadline
from management.shift import Shift
from management.worker import Worker
from management.workforce_events import (
    AbsenceReported,
    AssignmentCancelled,
    AssignmentConfirmed,
    AssignmentMoved,
    AssignmentPublished,
    AssignmentReplaced,
    AutoClosed,
    CheckedIn,
    CheckedOut,
    HoursCorrected,
    NoShowRecorded,
    SwapAccepted,
    SwapApproved,
    SwapClosed,
)
from schemas.policy.workforce import Policy

__all__ = [
    "COUNTED",
    "OPEN",
    "SWAPS",
    "TRANSITIONS",
    "Assignment",
    "Code",
    "Setting",
    "State",
    "Status",
    "Swap",
    "SwapStatus",
    "check_step",
    "find",
    "is_live",
    "members",
    "refuse",
]

Code = Literal[
    # guards of an assignment, in the order in which they are asked
    "LENT",  # another venue has the person
    "NOT_TRAINED",
    "NO_ACCESS",
    "OVERLAP",
    "REST",
    "HOURS_24",
    "CONSECUTIVE",
    "MINOR_NIGHT",
    "FULL",  # no place left in the shift
    "TEAM_MIX",
    # attendance
    "WRONG_VENUE",
    "WINDOW",  # not now
    # all others
    "NOT_AUTHORISED",
    "SAME_PERSON",
    "STATE",  # not from where it stands
    "UNKNOWN",  # no such shift, person, assignment, swap or role
    "EXISTS",  # the identifier is taken
    "TIMES",  # ends before it starts, or is no shift at all
    "COMMITTED",  # has something here that is not over
]

Status = Literal[
    "PROPOSED",
    "PUBLISHED",
    "CONFIRMED",
    "CHECKED_IN",
    "CHECKED_OUT",
    "AUTO_CLOSED",
    "ABSENT",
    "NO_SHOW",
    "SWAPPED",
    "REPLACED",
    "CANCELLED",
]

SwapStatus = Literal["PROPOSED", "ACCEPTED", "APPROVED", "CLOSED"]

# -- what may follow what: status -> event -> status ------------------------------------------------------------------

# AssignmentProposed leads from nothing to PROPOSED; SwapApproved begins its two new assignments as CONFIRMED.

TRANSITIONS: dict[Status, dict[type, Status]] = {
    "PROPOSED": {
        AssignmentPublished: "PUBLISHED",
        AssignmentMoved: "PROPOSED",
        AssignmentCancelled: "CANCELLED",
    },
    "PUBLISHED": {
        AssignmentConfirmed: "CONFIRMED",
        AssignmentMoved: "PUBLISHED",
        CheckedIn: "CHECKED_IN",
        AbsenceReported: "ABSENT",
        NoShowRecorded: "NO_SHOW",
        SwapApproved: "SWAPPED",
        AssignmentReplaced: "REPLACED",
        AssignmentCancelled: "CANCELLED",
    },
    "CONFIRMED": {
        AssignmentMoved: "PUBLISHED",
        CheckedIn: "CHECKED_IN",
        AbsenceReported: "ABSENT",
        NoShowRecorded: "NO_SHOW",
        SwapApproved: "SWAPPED",
        AssignmentReplaced: "REPLACED",
        AssignmentCancelled: "CANCELLED",
    },
    "CHECKED_IN": {CheckedOut: "CHECKED_OUT", AutoClosed: "AUTO_CLOSED"},
    "CHECKED_OUT": {},
    "AUTO_CLOSED": {HoursCorrected: "CHECKED_OUT"},
    "ABSENT": {AssignmentReplaced: "REPLACED"},
    "NO_SHOW": {
        AssignmentReplaced: "REPLACED",
        CheckedIn: "CHECKED_IN",
    },  # the scan of a gate without a line comes late
    "SWAPPED": {},
    "REPLACED": {},
    "CANCELLED": {},
}

SWAPS: dict[SwapStatus, dict[type, SwapStatus]] = {
    "PROPOSED": {SwapAccepted: "ACCEPTED", SwapClosed: "CLOSED"},
    "ACCEPTED": {SwapApproved: "APPROVED", SwapClosed: "CLOSED"},
    "APPROVED": {},
    "CLOSED": {},
}

OPEN: frozenset[Status] = frozenset({"PROPOSED", "PUBLISHED", "CONFIRMED"})  # not begun
COUNTED: frozenset[Status] = OPEN | {
    "CHECKED_IN",
    "CHECKED_OUT",
    "AUTO_CLOSED",
}  # has a place, and a duty in the ledger

# -- the setting of a command -----------------------------------------------------------------------------------------


class Setting(NamedTuple):
    """Who commands, when, at which venue, and under which policy."""

    actor: Actor
    at: int
    venue: str
    policy: Policy


# -- the state --------------------------------------------------------------------------------------------------------


class Assignment(msgspec.Struct):
    """A person at a shift."""

    id: str
    shift: str
    person: str
    status: Status
    expected_at: int
    deadline: int = 0  # of the timer of its status; 0: none runs
    swap: str = ""  # that waits for an answer
    at_risk: str = ""  # the code of a guard that no longer holds
    checked_in: int | None = None
    checked_out: int | None = None  # where nobody said: the planned end
    flagged: bool = False  # nobody said


class Swap(msgspec.Struct):
    """Two people who would change places."""

    id: str
    mine: str  # assignment of who asks
    theirs: str
    status: SwapStatus
    lapses_at: int


class State(msgspec.Struct):
    """All of one venue, all dates."""

    shifts: dict[str, Shift] = {}
    serving: dict[str, list[str]] = {}  # unit of the competition -> shifts
    affected: dict[str, str] = {}  # shift -> the decision of the schedule that it waits to be adapted to
    teams: dict[str, list[str]] = {}  # shift -> its assignments that count
    workers: dict[str, Worker] = {}
    held: dict[str, list[str]] = {}  # person -> his assignments that are open or under way
    assignments: dict[str, Assignment] = {}
    unreplaced: dict[str, str] = {}  # assignment of who does not come -> why nobody works instead
    swaps: dict[str, Swap] = {}
    history: dict[str, list[int]] = {}  # role -> how many came, how many were to come
    deadlines: list[Deadline] = []


def refuse(code: Code, text: str, **about: str | int) -> Refusal:
    """Return a refusal with one of this area's codes."""
    return Refusal(code, text, about)


def find(state: State, assignment: str) -> Assignment | Refusal:
    """Return an assignment, or the refusal that there is none of the name."""
    found = state.assignments.get(assignment)
    return found or refuse("UNKNOWN", f"there is no assignment {assignment}", assignment=assignment)


def check_step(assignment: Assignment, event: type) -> Refusal | None:
    """Refuse an event that may not follow the status of an assignment."""
    if event in TRANSITIONS[assignment.status]:
        return None
    text = f"assignment {assignment.id} is {assignment.status}"
    return refuse("STATE", text, assignment=assignment.id, status=assignment.status)


def is_live(state: State, deadline: Deadline) -> bool:
    """Say whether a deadline still matters."""
    at, kind, name = deadline
    if kind == "swap":
        swap = state.swaps[name]
        return swap.lapses_at == at and SwapClosed in SWAPS[swap.status]
    return state.assignments[name].deadline == at


def members(state: State, shift: str, without: str = "") -> Iterator[Worker]:
    """Yield the people of a shift's team, but for one assignment."""
    for name in state.teams[shift]:
        if name != without:
            yield state.workers[state.assignments[name].person]
