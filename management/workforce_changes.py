"""What each event changes in the workforce of a venue. Nothing here can refuse: what is recorded has happened."""

from __future__ import annotations

from msgspec.structs import replace

from management.deadline_heap import arm
from management.ledger import Duty, add_duty
from management.shift import duty_of
from management.worker import Access, Profile, Worker
from management.workforce_events import (
    AbsenceReported,
    AccessRecorded,
    AssignmentAtRisk,
    AssignmentCancelled,
    AssignmentConfirmed,
    AssignmentMoved,
    AssignmentProposed,
    AssignmentPublished,
    AssignmentReplaced,
    AutoClosed,
    CheckedIn,
    CheckedOut,
    Event,
    HoursCorrected,
    LoanCancelled,
    LoanConfirmed,
    LoanRefused,
    NeedChanged,
    NobodyFound,
    NoShowRecorded,
    PersonEnrolled,
    PersonLent,
    PersonReceived,
    PersonReturned,
    PersonTakenBack,
    ShiftAffected,
    ShiftCancelled,
    ShiftKept,
    ShiftMoved,
    ShiftPlanned,
    SwapAccepted,
    SwapApproved,
    SwapClosed,
    SwapProposed,
    TrainingRecorded,
)
from management.workforce_state import COUNTED, OPEN, SWAPS, TRANSITIONS, Assignment, State, Status, Swap

__all__ = ["apply"]


def apply(state: State, event: Event) -> None:
    """Change the state by an event."""
    match event:
        case PersonEnrolled() | TrainingRecorded() | AccessRecorded():
            _know(state, event)
        case ShiftPlanned(shift=shift):
            state.shifts[shift.id] = shift
            state.teams[shift.id] = []
            for unit in shift.units:
                state.serving.setdefault(unit, []).append(shift.id)
        case ShiftMoved():
            times = {"starts": event.starts, "ends": event.ends}
            clock = {"offset": event.offset, "offset_ends": event.offset_ends}
            state.shifts[event.shift] = replace(state.shifts[event.shift], **times, **clock)
            state.affected.pop(event.shift, None)
        case NeedChanged(shift=name):
            state.shifts[name] = replace(state.shifts[name], need=event.need, places=event.places)
        case ShiftAffected():
            state.affected[event.shift] = event.cause
        case ShiftKept():
            del state.affected[event.shift]
        case ShiftCancelled():
            state.shifts[event.shift] = replace(state.shifts[event.shift], cancelled=True)
            state.affected.pop(event.shift, None)
        case AssignmentProposed():
            name, expected, lapses = event.assignment, event.expected_at, event.lapses_at
            _begin(state, Assignment(name, event.shift, event.person, "PROPOSED", expected, lapses))
        case AssignmentAtRisk():
            state.assignments[event.assignment].at_risk = event.reason
        case NobodyFound():
            state.unreplaced[event.assignment] = event.reason
        case LoanRefused():
            pass  # nothing has changed here
        case SwapProposed() | SwapAccepted() | SwapClosed() | SwapApproved():
            _swap(state, event)
        case PersonLent() | LoanConfirmed() | LoanCancelled() | PersonReceived() | PersonReturned() | PersonTakenBack():
            _lend(state, event)
        case _:
            if isinstance(event, AssignmentReplaced | CheckedIn):
                state.unreplaced.pop(event.assignment, None)
            _attend(state, event)


# -- people -----------------------------------------------------------------------------------------------------------


def _know(state: State, event: PersonEnrolled | TrainingRecorded | AccessRecorded) -> None:
    match event:
        case PersonEnrolled():
            old = state.workers.get(event.person)
            worker = _worker(event.person, event.venue, event.profile, old.access if old else Access(), ())
            if old:
                worker.duties, worker.place, worker.lent_to = old.duties, old.place, old.lent_to
            state.workers[event.person] = worker
        case TrainingRecorded():
            worker = state.workers[event.person]
            worker.trainings = tuple(sorted({*worker.trainings, event.training}))
        case AccessRecorded():
            state.workers[event.person].access = event.access
            for name in state.held.get(event.person, ()):
                if state.assignments[name].at_risk == "NO_ACCESS":  # where it still is, the next event says so
                    state.assignments[name].at_risk = ""


def _worker(person: str, home: str, profile: Profile, access: Access, duties: tuple[Duty, ...]) -> Worker:
    return Worker(
        person=person,
        home=home,
        trainings=tuple(sorted(set(profile.trainings))),
        languages=profile.languages,
        leader=profile.leader,
        minor=profile.minor,
        access=access,
        duties=sorted(duties),
    )


Loan = PersonLent | LoanConfirmed | LoanCancelled | PersonReceived | PersonReturned | PersonTakenBack


def _lend(state: State, event: Loan) -> None:
    if isinstance(event, PersonReceived):
        worker = _worker(event.person, event.home, event.profile, event.access, event.duties)
        state.workers[event.person] = worker
        return
    worker = state.workers[event.person]
    match event:
        case PersonLent():
            worker.place, worker.lent_to = "LENDING", event.to
        case LoanConfirmed():
            worker.place = "LENT"
        case LoanCancelled():
            worker.place, worker.lent_to = "HERE", ""
        case PersonReturned():
            worker.place, worker.lent_to = "LENT", event.home
        case PersonTakenBack():
            worker.place, worker.lent_to = "HERE", ""
            own = [duty for duty in worker.duties if duty.venue == worker.home]
            worker.duties = sorted([*own, *event.duties])


# -- assignments ------------------------------------------------------------------------------------------------------


def _begin(state: State, assignment: Assignment) -> None:
    state.assignments[assignment.id] = assignment
    _take_place(state, assignment.id)
    _hold(state, assignment.id)
    _set_deadline(state, assignment.id, assignment.deadline)


Attendance = (
    AssignmentPublished
    | AssignmentConfirmed
    | AssignmentMoved
    | AssignmentCancelled
    | AssignmentReplaced
    | AbsenceReported
    | CheckedIn
    | CheckedOut
    | AutoClosed
    | HoursCorrected
    | NoShowRecorded
)


def _attend(state: State, event: Attendance) -> None:
    assignment = state.assignments[event.assignment]
    before = assignment.status
    _step(state, assignment, type(event))
    match event:
        case AssignmentPublished(no_show_at=deadline):
            _set_deadline(state, assignment.id, deadline)
        case AssignmentMoved():
            _leave_place(state, assignment.id)
            assignment.expected_at, assignment.at_risk = event.expected_at, ""
            _take_place(state, assignment.id)
            _set_deadline(state, assignment.id, event.deadline)
        case CheckedIn():
            assignment.checked_in, assignment.at_risk = event.at, ""
            _set_deadline(state, assignment.id, event.close_at)
            _count(state, assignment, came=1, expected=before != "NO_SHOW")
        case CheckedOut(at=at) | AutoClosed(at=at) | HoursCorrected(at=at):
            assignment.checked_out = at
            assignment.flagged = isinstance(event, AutoClosed)
            _set_deadline(state, assignment.id, 0)
            _stay(state, assignment, at)
        case AbsenceReported() | NoShowRecorded():
            _set_deadline(state, assignment.id, 0)
            _count(state, assignment, came=0, expected=1)
        case AssignmentCancelled() | AssignmentReplaced():
            _set_deadline(state, assignment.id, 0)


def _step(state: State, assignment: Assignment, event: type) -> None:
    """Go from a status to the next by the table, and keep the team, the ledger and the person's list with it."""
    before = assignment.status
    assignment.status = TRANSITIONS[before][event]
    if before in COUNTED and assignment.status not in COUNTED:
        _leave_place(state, assignment.id)
    elif before not in COUNTED and assignment.status in COUNTED:
        _take_place(state, assignment.id)
    if _is_held(before) and not _is_held(assignment.status):
        state.held[assignment.person].remove(assignment.id)
    elif not _is_held(before) and _is_held(assignment.status):
        _hold(state, assignment.id)


def _is_held(status: Status) -> bool:
    return status in OPEN or status == "CHECKED_IN"


def _hold(state: State, name: str) -> None:
    state.held.setdefault(state.assignments[name].person, []).append(name)


def _take_place(state: State, name: str) -> None:
    assignment = state.assignments[name]
    state.teams[assignment.shift].append(name)
    duty = duty_of(state.shifts[assignment.shift], name, assignment.expected_at)
    add_duty(state.workers[assignment.person].duties, duty)


def _leave_place(state: State, name: str) -> None:
    assignment = state.assignments[name]
    state.teams[assignment.shift].remove(name)
    worker = state.workers[assignment.person]
    worker.duties = [duty for duty in worker.duties if duty.assignment != name]


def _stay(state: State, assignment: Assignment, left: int) -> None:
    """Have the ledger say when the person really left, where that was after the planned end."""
    worker = state.workers[assignment.person]
    worker.duties = sorted(
        replace(duty, ends=max(duty.ends, left)) if duty.assignment == assignment.id else duty for duty in worker.duties
    )


def _set_deadline(state: State, name: str, deadline: int) -> None:
    state.assignments[name].deadline = deadline
    if deadline:
        arm(state.deadlines, (deadline, "assignment", name))


def _count(state: State, assignment: Assignment, came: int, expected: int) -> None:
    counts = state.history.setdefault(state.shifts[assignment.shift].role, [0, 0])
    counts[0] += came
    counts[1] += expected


# -- swaps ------------------------------------------------------------------------------------------------------------


def _swap(state: State, event: SwapProposed | SwapAccepted | SwapClosed | SwapApproved) -> None:
    if isinstance(event, SwapProposed):
        state.swaps[event.swap] = Swap(event.swap, event.mine, event.theirs, "PROPOSED", event.lapses_at)
        state.assignments[event.mine].swap = state.assignments[event.theirs].swap = event.swap
        arm(state.deadlines, (event.lapses_at, "swap", event.swap))
        return
    swap = state.swaps[event.swap]
    swap.status = SWAPS[swap.status][type(event)]
    if isinstance(event, SwapAccepted):
        return
    mine, theirs = state.assignments[swap.mine], state.assignments[swap.theirs]
    mine.swap = theirs.swap = ""
    if isinstance(event, SwapApproved):
        proposer = Assignment(
            event.mine_becomes, theirs.shift, mine.person, "CONFIRMED", theirs.expected_at, theirs.deadline
        )
        peer = Assignment(event.theirs_becomes, mine.shift, theirs.person, "CONFIRMED", mine.expected_at, mine.deadline)
        for left in (mine, theirs):
            _step(state, left, SwapApproved)
            _set_deadline(state, left.id, 0)
        for taken in (proposer, peer):
            _begin(state, taken)
