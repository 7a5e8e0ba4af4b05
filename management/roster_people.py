"""The people of a venue's roster: enrolled, trained, let in, and lent from venue to venue.

A person is on one roster at a time, and his ledger goes with him. The home venue lets him go first (LENDING: nothing
new is planned for him there), then the other venue receives him, then home learns that it did (LENT) or did not (HERE
again). So at no moment may two venues plan for him, whatever gets lost or comes late between them.

What he has at home when he goes stays his there, and the other venue plans around it by the ledger.
"""

from __future__ import annotations

from management.command import Refusal
from management.worker import Profile, Worker, covers
from management.workforce_commands import (
    CancelLoan,
    ConfirmLoan,
    EnrolPerson,
    LoanPerson,
    ReceivePerson,
    RecordAccess,
    RecordTraining,
    ReturnPerson,
    TakeBack,
)
from management.workforce_events import (
    AccessRecorded,
    AssignmentAtRisk,
    Event,
    LoanCancelled,
    LoanConfirmed,
    LoanRefused,
    PersonEnrolled,
    PersonLent,
    PersonReceived,
    PersonReturned,
    PersonTakenBack,
    TrainingRecorded,
)
from management.workforce_rights import need_planner, need_system
from management.workforce_state import OPEN, Setting, State, refuse

__all__ = [
    "cancel_loan",
    "confirm_loan",
    "enrol_person",
    "loan_person",
    "receive_person",
    "record_access",
    "record_training",
    "return_person",
    "take_back",
]


def enrol_person(state: State, command: EnrolPerson, setting: Setting) -> list[Event] | Refusal:
    """Put a person on the home roster, or change what it knows of him."""
    if refusal := need_planner(setting):
        return refusal
    worker = state.workers.get(command.person)
    if worker is None:
        return [PersonEnrolled(command.person, setting.venue, command.profile)]
    if worker.home != setting.venue:
        return refuse("STATE", f"{worker.person} is at home at {worker.home}", person=worker.person)
    trainings = tuple(sorted({*worker.trainings, *command.profile.trainings}))
    new = Profile(trainings, command.profile.languages, command.profile.leader, command.profile.minor)
    return [] if new == _profile(worker) else [PersonEnrolled(worker.person, setting.venue, new)]


def record_training(state: State, command: RecordTraining, setting: Setting) -> list[Event] | Refusal:
    """Note that a person has done a training."""
    if refusal := need_planner(setting):
        return refusal
    worker = _find(state, command.person)
    if isinstance(worker, Refusal):
        return worker
    return [] if command.training in worker.trainings else [TrainingRecorded(worker.person, command.training)]


def record_access(state: State, command: RecordAccess, setting: Setting) -> list[Event] | Refusal:
    """Note what the accreditation lets a person into; what he has here and can no longer reach is at risk."""
    if refusal := need_system(setting):
        return refusal
    worker = _find(state, command.person)
    if isinstance(worker, Refusal):
        return worker
    if command.access.version <= worker.access.version:
        return []
    events: list[Event] = [AccessRecorded(worker.person, command.access)]
    for name in state.held.get(worker.person, ()):
        assignment = state.assignments[name]
        shift = state.shifts[assignment.shift]
        reach = covers(command.access.windows, shift.venue, shift.zone, assignment.expected_at, shift.ends)
        if assignment.status in OPEN and not reach:
            events.append(AssignmentAtRisk(name, "NO_ACCESS"))
    return events


def loan_person(state: State, command: LoanPerson, setting: Setting) -> list[Event] | Refusal:
    """Let a person go to another venue, with his ledger."""
    if refusal := need_planner(setting):
        return refusal
    worker = _find(state, command.person)
    if isinstance(worker, Refusal):
        return worker
    if worker.place != "HERE" and worker.lent_to == command.to:
        return []
    if worker.home != setting.venue or worker.place != "HERE" or command.to == setting.venue:
        return refuse("STATE", f"{worker.person} is not here to be lent to {command.to}", person=worker.person)
    return [PersonLent(worker.person, command.to, _profile(worker), worker.access, tuple(worker.duties))]


def confirm_loan(state: State, command: ConfirmLoan, setting: Setting) -> list[Event] | Refusal:
    """Note that the other venue has received the person."""
    worker = _lent(state, command.person, setting)
    if isinstance(worker, Refusal):
        return worker
    return [] if worker.place == "LENT" else [LoanConfirmed(worker.person)]


def cancel_loan(state: State, command: CancelLoan, setting: Setting) -> list[Event] | Refusal:
    """Have the person again whom the other venue has refused."""
    worker = _lent(state, command.person, setting)
    if isinstance(worker, Refusal):
        return worker
    if worker.place == "LENT":
        return refuse("STATE", f"{worker.lent_to} has received {worker.person}", person=worker.person)
    return [LoanCancelled(worker.person)]


def receive_person(state: State, command: ReceivePerson, setting: Setting) -> list[Event] | Refusal:
    """Take on a person of another home roster."""
    if refusal := need_system(setting):
        return refusal
    worker = state.workers.get(command.person)
    if command.home == setting.venue:
        return refuse("STATE", f"{command.person} is at home here", person=command.person)
    if worker and worker.home == setting.venue:  # an event, since who lent him has to know
        return [LoanRefused(command.person, command.home)]
    if worker and worker.place == "HERE":
        return []
    return [PersonReceived(command.person, command.home, command.profile, command.access, command.duties)]


def return_person(state: State, command: ReturnPerson, setting: Setting) -> list[Event] | Refusal:
    """Send a person home, once nothing of him here is open or under way."""
    if refusal := need_planner(setting):
        return refusal
    worker = _find(state, command.person)
    if isinstance(worker, Refusal):
        return worker
    if worker.home == setting.venue:
        return refuse("STATE", f"{worker.person} is at home here", person=worker.person)
    if worker.place != "HERE":
        return []
    if held := state.held.get(worker.person):
        return refuse("COMMITTED", f"{worker.person} has {len(held)} assignments here", person=worker.person)
    return [PersonReturned(worker.person, worker.home, tuple(d for d in worker.duties if d.venue != worker.home))]


def take_back(state: State, command: TakeBack, setting: Setting) -> list[Event] | Refusal:
    """Have a person back. Also where the news that he was received has not come yet."""
    worker = _lent(state, command.person, setting)
    if isinstance(worker, Refusal):
        return worker
    return [PersonTakenBack(worker.person, tuple(duty for duty in command.duties if duty.venue != setting.venue))]


def _find(state: State, person: str) -> Worker | Refusal:
    return state.workers.get(person) or refuse("UNKNOWN", f"{person} is not on this roster", person=person)


def _lent(state: State, person: str, setting: Setting) -> Worker | Refusal:
    """Return a person of the home roster who has been let go, for a process of ours."""
    if refusal := need_system(setting):
        return refusal
    worker = _find(state, person)
    if isinstance(worker, Worker) and (worker.place == "HERE" or worker.home != setting.venue):
        return refuse("STATE", f"{person} is not lent to another venue", person=person)
    return worker


def _profile(worker: Worker) -> Profile:
    return Profile(worker.trainings, worker.languages, worker.leader, worker.minor)
