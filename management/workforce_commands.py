"""What may be asked of the workforce of a venue (key ``wf:{venue}``). Times are ms since 1970 UTC."""

from __future__ import annotations

import msgspec

from management.command import Tick
from management.ledger import Duty
from management.worker import Access, Profile

__all__ = [
    "AcceptSwap",
    "ApproveSwap",
    "CancelAssignment",
    "CancelLoan",
    "CancelShift",
    "ChangeNeed",
    "CheckIn",
    "CheckOut",
    "Command",
    "ConfirmAssignment",
    "ConfirmLoan",
    "CorrectHours",
    "DeclineSwap",
    "EnrolPerson",
    "FindReplacement",
    "KeepShift",
    "LoanPerson",
    "MarkAffected",
    "MoveShift",
    "PlanShift",
    "ProposeAssignment",
    "ProposeSwap",
    "PublishAssignments",
    "ReceivePerson",
    "RecordAccess",
    "RecordTraining",
    "RefuseSwap",
    "ReleaseDuties",
    "ReplaceAssignment",
    "ReportAbsent",
    "ReturnPerson",
    "TakeBack",
]

# -- people -----------------------------------------------------------------------------------------------------------


class EnrolPerson(msgspec.Struct, frozen=True, tag="enrol_person"):
    """Put a person on the home roster of this venue, or say anew what he can. Trainings once done stay done."""

    person: str
    profile: Profile


class RecordTraining(msgspec.Struct, frozen=True, tag="record_training"):
    """Say that a person has done a training."""

    person: str
    training: str


class RecordAccess(msgspec.Struct, frozen=True, tag="record_access"):
    """Say what the accreditation lets a person into. A version that is not newer changes nothing."""

    person: str
    access: Access


class ReleaseDuties(msgspec.Struct, frozen=True, tag="release_duties"):
    """Take a person off all that he has not begun: suspended, revoked, withdrawn, dismissed."""

    person: str
    reason: str


# -- shifts -----------------------------------------------------------------------------------------------------------


class PlanShift(msgspec.Struct, frozen=True, tag="plan_shift"):
    """Open a shift. How many are published for the need follows from how many usually come."""

    shift: str
    role: str
    zone: str
    starts: int
    ends: int
    offset: int  # minutes east of UTC of the venue's clock when it starts
    offset_ends: int  # and when it ends
    need: int
    languages: dict[str, int] = {}
    units: tuple[str, ...] = ()  # of the competition, that it serves


class MoveShift(msgspec.Struct, frozen=True, tag="move_shift"):
    """Give a shift other times: who can still work it is asked again, who cannot is taken off with the reason."""

    shift: str
    starts: int
    ends: int
    offset: int
    offset_ends: int


class ChangeNeed(msgspec.Struct, frozen=True, tag="change_need"):
    """Say that more or fewer people have to come. Nobody is taken off by it."""

    shift: str
    need: int


class MarkAffected(msgspec.Struct, frozen=True, tag="mark_affected"):
    """Say that a unit of the competition has other times, or none: its shifts are to be looked at."""

    unit: str
    cause: str  # the decision of the schedule


class KeepShift(msgspec.Struct, frozen=True, tag="keep_shift"):
    """Say that an affected shift is right as it is."""

    shift: str


class CancelShift(msgspec.Struct, frozen=True, tag="cancel_shift"):
    """Do not hold a shift that nobody has begun."""

    shift: str
    reason: str


# -- assignments ------------------------------------------------------------------------------------------------------


class ProposeAssignment(msgspec.Struct, frozen=True, tag="propose_assignment"):
    """Plan a person for a shift."""

    assignment: str
    shift: str
    person: str
    access: Access | None = None  # where the sender knows it newer than this venue may


class PublishAssignments(msgspec.Struct, frozen=True, tag="publish_assignments"):
    """Tell the people: all of these, or none."""

    assignments: tuple[str, ...]


class ConfirmAssignment(msgspec.Struct, frozen=True, tag="confirm_assignment"):
    """Say that one will come. By the person."""

    assignment: str


class CancelAssignment(msgspec.Struct, frozen=True, tag="cancel_assignment"):
    """Take a person off a shift that he has not begun."""

    assignment: str
    reason: str


class ReplaceAssignment(msgspec.Struct, frozen=True, tag="replace_assignment"):
    """Have somebody else work instead, from the start or from a later arrival on. He is told at once."""

    assignment: str
    by: str  # the new assignment
    person: str
    expected_at: int | None = None  # None: the start of the shift
    access: Access | None = None


class FindReplacement(msgspec.Struct, frozen=True, tag="find_replacement"):
    """Have the best of this roster work instead of somebody who does not come."""

    assignment: str
    by: str  # the new assignment


# -- attendance -------------------------------------------------------------------------------------------------------


class ReportAbsent(msgspec.Struct, frozen=True, tag="report_absent"):
    """Say that one will not come. By the person or the venue."""

    assignment: str
    reason: str  # a code such as SICK; never a diagnosis


class CheckIn(msgspec.Struct, frozen=True, tag="check_in"):
    """Say that the card of a person was scanned on arrival."""

    assignment: str
    venue: str  # of the gate
    at: int  # by the gate's clock; not after the command was received
    scan: str


class CheckOut(msgspec.Struct, frozen=True, tag="check_out"):
    """Say that a person has left."""

    assignment: str
    at: int


class CorrectHours(msgspec.Struct, frozen=True, tag="correct_hours"):
    """Say when somebody left who did not check out."""

    assignment: str
    at: int


# -- swaps ------------------------------------------------------------------------------------------------------------


class ProposeSwap(msgspec.Struct, frozen=True, tag="propose_swap"):
    """Ask the person of another assignment to change places. By the person of the first."""

    swap: str
    mine: str
    theirs: str


class AcceptSwap(msgspec.Struct, frozen=True, tag="accept_swap"):
    """Agree to change places. By the person who was asked."""

    swap: str


class DeclineSwap(msgspec.Struct, frozen=True, tag="decline_swap"):
    """Not change places after all. By either of the two."""

    swap: str


class ApproveSwap(msgspec.Struct, frozen=True, tag="approve_swap"):
    """Have both change places. By the venue, and neither of the two."""

    swap: str
    mine_becomes: str  # the identifiers of the two assignments that come of it
    theirs_becomes: str


class RefuseSwap(msgspec.Struct, frozen=True, tag="refuse_swap"):
    """Leave both where they are. By the venue."""

    swap: str


# -- loans ------------------------------------------------------------------------------------------------------------


class LoanPerson(msgspec.Struct, frozen=True, tag="loan_person"):
    """Send a person of the home roster to another venue. Nothing new is planned for him here until he is back."""

    person: str
    to: str


class ConfirmLoan(msgspec.Struct, frozen=True, tag="confirm_loan"):
    """Say that the other venue has received him."""

    person: str


class CancelLoan(msgspec.Struct, frozen=True, tag="cancel_loan"):
    """Say that the other venue has refused to receive him."""

    person: str


class ReceivePerson(msgspec.Struct, frozen=True, tag="receive_person"):
    """Take a person of another home roster on, with his ledger."""

    person: str
    home: str
    profile: Profile
    access: Access
    duties: tuple[Duty, ...]


class ReturnPerson(msgspec.Struct, frozen=True, tag="return_person"):
    """Send a person back to his home roster, once all that he has here is over."""

    person: str


class TakeBack(msgspec.Struct, frozen=True, tag="take_back"):
    """Have a person back, with the ledger that the other venue sent."""

    person: str
    duties: tuple[Duty, ...]


Command = (
    EnrolPerson
    | RecordTraining
    | RecordAccess
    | ReleaseDuties
    | PlanShift
    | MoveShift
    | ChangeNeed
    | MarkAffected
    | KeepShift
    | CancelShift
    | ProposeAssignment
    | PublishAssignments
    | ConfirmAssignment
    | CancelAssignment
    | ReplaceAssignment
    | FindReplacement
    | ReportAbsent
    | CheckIn
    | CheckOut
    | CorrectHours
    | ProposeSwap
    | AcceptSwap
    | DeclineSwap
    | ApproveSwap
    | RefuseSwap
    | LoanPerson
    | ConfirmLoan
    | CancelLoan
    | ReceivePerson
    | ReturnPerson
    | TakeBack
    | Tick
)
