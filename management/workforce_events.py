"""What has happened in the workforce of a venue. Only codes, identifiers and times: no event holds personal data."""

from __future__ import annotations

import msgspec

from management.ledger import Duty
from management.shift import Shift
from management.worker import Access, Profile

__all__ = [
    "AbsenceReported",
    "AccessRecorded",
    "AssignmentAtRisk",
    "AssignmentCancelled",
    "AssignmentConfirmed",
    "AssignmentMoved",
    "AssignmentProposed",
    "AssignmentPublished",
    "AssignmentReplaced",
    "AutoClosed",
    "CheckedIn",
    "CheckedOut",
    "Event",
    "HoursCorrected",
    "LoanCancelled",
    "LoanConfirmed",
    "LoanRefused",
    "NeedChanged",
    "NoShowRecorded",
    "NobodyFound",
    "PersonEnrolled",
    "PersonLent",
    "PersonReceived",
    "PersonReturned",
    "PersonTakenBack",
    "ShiftAffected",
    "ShiftCancelled",
    "ShiftKept",
    "ShiftMoved",
    "ShiftPlanned",
    "SwapAccepted",
    "SwapApproved",
    "SwapClosed",
    "SwapProposed",
    "TrainingRecorded",
]

# -- people -----------------------------------------------------------------------------------------------------------


class PersonEnrolled(msgspec.Struct, frozen=True, tag="person_enrolled"):
    """A person is on the home roster of this venue, or what it knows of him has changed."""

    person: str
    venue: str
    profile: Profile


class TrainingRecorded(msgspec.Struct, frozen=True, tag="training_recorded"):
    """A person has done a training."""

    person: str
    training: str


class AccessRecorded(msgspec.Struct, frozen=True, tag="access_recorded"):
    """The accreditation lets a person in where and when it says."""

    person: str
    access: Access


# -- shifts -----------------------------------------------------------------------------------------------------------


class ShiftPlanned(msgspec.Struct, frozen=True, tag="shift_planned"):
    """A shift is open for assignments."""

    shift: Shift


class ShiftMoved(msgspec.Struct, frozen=True, tag="shift_moved"):
    """A shift has other times. What becomes of its assignments follows, one event each."""

    shift: str
    starts: int
    ends: int
    offset: int
    offset_ends: int


class NeedChanged(msgspec.Struct, frozen=True, tag="need_changed"):
    """More or fewer people have to come."""

    shift: str
    need: int
    places: int


class ShiftAffected(msgspec.Struct, frozen=True, tag="shift_affected"):
    """A unit that the shift serves has other times, or none. The venue moves, cancels or keeps the shift."""

    shift: str
    unit: str
    cause: str


class ShiftKept(msgspec.Struct, frozen=True, tag="shift_kept"):
    """An affected shift is right as it is."""

    shift: str


class ShiftCancelled(msgspec.Struct, frozen=True, tag="shift_cancelled"):
    """A shift is not held. Its assignments have been cancelled before, one event each."""

    shift: str
    reason: str


# -- assignments ------------------------------------------------------------------------------------------------------


class AssignmentProposed(msgspec.Struct, frozen=True, tag="assignment_proposed"):
    """A person is planned for a shift; he does not know yet."""

    assignment: str
    shift: str
    person: str
    expected_at: int  # when he has to be there: the start of the shift, or later for who comes as a replacement
    lapses_at: int  # unless published before


class AssignmentPublished(msgspec.Struct, frozen=True, tag="assignment_published"):
    """The person is told."""

    assignment: str
    no_show_at: int


class AssignmentConfirmed(msgspec.Struct, frozen=True, tag="assignment_confirmed"):
    """The person has said that he will come."""

    assignment: str


class AssignmentMoved(msgspec.Struct, frozen=True, tag="assignment_moved"):
    """The shift has other times and the person can still work it: whoever had confirmed is asked again."""

    assignment: str
    expected_at: int
    deadline: int  # it lapses (proposed) or is a no-show (published)


class AssignmentCancelled(msgspec.Struct, frozen=True, tag="assignment_cancelled"):
    """The person is not wanted at the shift, for the reason of whoever said so or the code of the guard that fails."""

    assignment: str
    reason: str


class AssignmentReplaced(msgspec.Struct, frozen=True, tag="assignment_replaced"):
    """Somebody else works instead; his assignment follows."""

    assignment: str
    by: str  # assignment


class NobodyFound(msgspec.Struct, frozen=True, tag="nobody_found"):
    """Nobody of this roster can work instead of somebody who does not come: somewhere else there may be."""

    assignment: str
    reason: str  # the last guard that anybody came to; NOBODY: there is nobody else; WINDOW: it is too late
    refused: dict[str, int]  # code of a guard -> how many people it keeps off


class AssignmentAtRisk(msgspec.Struct, frozen=True, tag="assignment_at_risk"):
    """A guard that held when the assignment was made no longer does. The venue decides what to do."""

    assignment: str
    reason: str  # the guard's code


# -- attendance -------------------------------------------------------------------------------------------------------


class AbsenceReported(msgspec.Struct, frozen=True, tag="absence_reported"):
    """The person will not come, and has said so."""

    assignment: str
    reason: str  # a code; never a diagnosis


class CheckedIn(msgspec.Struct, frozen=True, tag="checked_in"):
    """The person's card was scanned at the venue."""

    assignment: str
    at: int
    scan: str
    close_at: int


class CheckedOut(msgspec.Struct, frozen=True, tag="checked_out"):
    """The person has left."""

    assignment: str
    at: int


class AutoClosed(msgspec.Struct, frozen=True, tag="auto_closed"):
    """No check-out came: the planned end is taken for it, and the assignment is flagged."""

    assignment: str
    at: int


class HoursCorrected(msgspec.Struct, frozen=True, tag="hours_corrected"):
    """The venue says when somebody left who did not check out; the flag is off."""

    assignment: str
    at: int


class NoShowRecorded(msgspec.Struct, frozen=True, tag="no_show_recorded"):
    """The person has not come in time and has not said why."""

    assignment: str


# -- swaps ------------------------------------------------------------------------------------------------------------


class SwapProposed(msgspec.Struct, frozen=True, tag="swap_proposed"):
    """Who works ``mine`` would like to work ``theirs`` instead."""

    swap: str
    mine: str
    theirs: str
    lapses_at: int  # the start of the earlier of the two shifts


class SwapAccepted(msgspec.Struct, frozen=True, tag="swap_accepted"):
    """The other one would like that too: it is for the venue to approve."""

    swap: str


class SwapClosed(msgspec.Struct, frozen=True, tag="swap_closed"):
    """The swap comes to nothing; both assignments are as they were."""

    swap: str
    reason: str  # DECLINED, REFUSED, LAPSED, or GONE: one of the assignments is no longer open


class SwapApproved(msgspec.Struct, frozen=True, tag="swap_approved"):
    """Both have changed places, in this one event."""

    swap: str
    mine_becomes: str  # the assignment of the proposer to the other's shift
    theirs_becomes: str


# -- loans ------------------------------------------------------------------------------------------------------------


class PersonLent(msgspec.Struct, frozen=True, tag="person_lent"):
    """A person goes to another venue, and his ledger with him."""

    person: str
    to: str
    profile: Profile
    access: Access
    duties: tuple[Duty, ...]


class LoanConfirmed(msgspec.Struct, frozen=True, tag="loan_confirmed"):
    """The other venue has taken the person on."""

    person: str


class LoanRefused(msgspec.Struct, frozen=True, tag="loan_refused"):
    """A person of another roster is not taken on: he is one of our own."""

    person: str
    home: str  # whose he was said to be


class LoanCancelled(msgspec.Struct, frozen=True, tag="loan_cancelled"):
    """The other venue does not take the person on: he is here as before."""

    person: str


class PersonReceived(msgspec.Struct, frozen=True, tag="person_received"):
    """A person of another venue's roster works here until he is returned."""

    person: str
    home: str
    profile: Profile
    access: Access
    duties: tuple[Duty, ...]


class PersonReturned(msgspec.Struct, frozen=True, tag="person_returned"):
    """A person goes back to his home roster, and his ledger with him."""

    person: str
    home: str
    duties: tuple[Duty, ...]


class PersonTakenBack(msgspec.Struct, frozen=True, tag="person_taken_back"):
    """A person is home again; of the ledger, what he did elsewhere is new."""

    person: str
    duties: tuple[Duty, ...]  # those of other venues


Event = (
    PersonEnrolled
    | TrainingRecorded
    | AccessRecorded
    | ShiftPlanned
    | ShiftMoved
    | NeedChanged
    | ShiftAffected
    | ShiftKept
    | ShiftCancelled
    | AssignmentProposed
    | AssignmentPublished
    | AssignmentConfirmed
    | AssignmentMoved
    | AssignmentCancelled
    | AssignmentReplaced
    | AssignmentAtRisk
    | NobodyFound
    | AbsenceReported
    | CheckedIn
    | CheckedOut
    | AutoClosed
    | HoursCorrected
    | NoShowRecorded
    | SwapProposed
    | SwapAccepted
    | SwapClosed
    | SwapApproved
    | PersonLent
    | LoanConfirmed
    | LoanCancelled
    | LoanRefused
    | PersonReceived
    | PersonReturned
    | PersonTakenBack
)
