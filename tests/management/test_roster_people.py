"""The people of a roster: what is known of them, and their way from venue to venue and back."""

from __future__ import annotations

import pytest

from management.command import Actor, Grant
from management.worker import Access, AccessWindow, Profile
from management.workforce_commands import (
    CancelAssignment,
    CancelLoan,
    CheckIn,
    CheckOut,
    Command,
    ConfirmLoan,
    EnrolPerson,
    LoanPerson,
    ProposeAssignment,
    ReceivePerson,
    RecordAccess,
    RecordTraining,
    ReturnPerson,
    TakeBack,
)
from management.workforce_events import (
    AccessRecorded,
    AssignmentAtRisk,
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
from tests.management.venue_hands import ALWAYS, GATE, LEAD, SYSTEM, Venue, at, person, venue_of

THERE = Access(1, (ALWAYS, AccessWindow("AQU", "BLUE", at(0, 0), at(30, 0))))


def test_who_is_enrolled_anew_keeps_trainings_and_duties() -> None:
    venue = venue_of("ANN")
    venue.assign("a", "early1", "ANN")
    profile = Profile(("GENERAL",), ("fr",), leader=True)
    assert venue.do(EnrolPerson("ANN", Profile((), ("fr",), leader=True))) == [PersonEnrolled("ANN", "STA", profile)]
    assert venue.do(EnrolPerson("ANN", Profile((), ("fr",), leader=True))) == []
    ann = venue.state.workers["ANN"]
    assert (ann.access, [duty.assignment for duty in ann.duties]) == (Access(1, (ALWAYS,)), ["a"])


def test_trainings_are_recorded_once() -> None:
    venue = venue_of("ANN")
    assert venue.do(RecordTraining("ANN", "DRIVING"), SYSTEM) == [TrainingRecorded("ANN", "DRIVING")]
    assert venue.do(RecordTraining("ANN", "DRIVING")) == []
    assert venue.code(RecordTraining("NOBODY", "DRIVING")) == "UNKNOWN"


def test_access_that_shrinks_puts_at_risk_what_it_no_longer_covers() -> None:
    venue = venue_of("ANN")
    venue.assign("a", "early1", "ANN")
    venue.assign("b", "early2", "ANN")
    day_one = Access(2, (AccessWindow("STA", "BLUE", at(1, 0), at(1, 24)),))
    assert venue.do(RecordAccess("ANN", day_one), SYSTEM) == [
        AccessRecorded("ANN", day_one),
        AssignmentAtRisk("b", "NO_ACCESS"),
    ]
    assert [venue.state.assignments[name].at_risk for name in "ab"] == ["", "NO_ACCESS"]
    assert venue.do(RecordAccess("ANN", Access(1, (ALWAYS,))), SYSTEM) == []
    venue.ok(RecordAccess("ANN", Access(3, (ALWAYS,))), actor=SYSTEM)
    assert [venue.state.assignments[name].at_risk for name in "ab"] == ["", ""]
    assert venue.code(RecordAccess("NOBODY", day_one), SYSTEM) == "UNKNOWN"


LOANS: list[Command] = [
    RecordAccess("ANN", THERE),
    ConfirmLoan("ANN"),
    CancelLoan("ANN"),
    ReceivePerson("ANN", "STA", Profile(), THERE, ()),
    TakeBack("ANN", ()),
]


@pytest.mark.parametrize("command", LOANS, ids=lambda command: type(command).__name__)
def test_what_one_room_tells_another_comes_from_a_process(command: Command) -> None:
    venue = venue_of("ANN")
    for actor in (LEAD, GATE, person("ANN"), Actor("planner", (Grant("WF_PLANNER"),))):
        assert venue.code(command, actor) == "NOT_AUTHORISED"


@pytest.mark.parametrize(
    "command",
    [EnrolPerson("X", Profile()), RecordTraining("ANN", "X"), LoanPerson("ANN", "AQU"), ReturnPerson("ANN")],
    ids=lambda command: type(command).__name__,
)
def test_the_roster_is_for_planners(command: Command) -> None:
    for actor in (GATE, person("ANN")):
        assert venue_of("ANN").code(command, actor) == "NOT_AUTHORISED"


def lent() -> tuple[Venue, Venue]:
    """ANN, with a duty at home, has gone from STA to AQU and been received."""
    home, away = venue_of("ANN"), Venue("AQU")
    home.assign("a", "early1", "ANN")
    home.ok(LoanPerson("ANN", "AQU"))
    sent = home.log[-1]
    assert isinstance(sent, PersonLent)
    away.ok(ReceivePerson("ANN", "STA", sent.profile, THERE, sent.duties), actor=SYSTEM)
    away.plan("pool1", at(1, 14), at(1, 20))
    away.plan("pool2", at(2, 6), at(2, 14))
    home.ok(ConfirmLoan("ANN"), actor=SYSTEM)
    return home, away


def test_the_ledger_goes_with_the_person() -> None:
    home, away = lent()
    ann = home.state.workers["ANN"]
    assert home.log[-2:] == [
        PersonLent("ANN", "AQU", Profile(("GENERAL",)), ann.access, tuple(ann.duties)),
        LoanConfirmed("ANN"),
    ]
    assert away.log[0] == PersonReceived("ANN", "STA", Profile(("GENERAL",)), THERE, tuple(ann.duties))
    assert away.code(ProposeAssignment("p", "pool1", "ANN")) == "OVERLAP"  # the way from STA takes 45 minutes
    away.ok(ProposeAssignment("p", "pool2", "ANN"))
    assert home.code(ProposeAssignment("b", "late2", "ANN")) == "LENT"


def test_what_he_has_at_home_stays_his() -> None:
    home, _ = lent()
    home.check_in("a", at(1, 6))
    home.check_out("a", at(1, 14))
    assert home.status("a") == ["CHECKED_OUT"]


def test_who_has_nothing_left_there_comes_back_with_his_ledger() -> None:
    home, away = lent()
    away.assign("p", "pool2", "ANN")
    assert away.code(ReturnPerson("ANN")) == "COMMITTED"
    away.ok(CancelAssignment("p", "X"))
    away.assign("q", "pool2", "ANN")
    away.tick(at(2, 7))
    away.plan("pool3", at(3, 6), at(3, 14))
    away.assign("r", "pool3", "ANN")
    gate = Actor("gate", (Grant("VENUE_WF", "venue:AQU"),))
    away.ok(CheckIn("r", "AQU", at(3, 6), "s"), actor=gate, now=at(3, 6))
    away.ok(CheckOut("r", at(3, 14)), actor=gate, now=at(3, 14))
    worked = tuple(duty for duty in away.state.workers["ANN"].duties if duty.venue == "AQU")
    assert away.do(ReturnPerson("ANN")) == [PersonReturned("ANN", "STA", worked)]
    assert away.do(ReturnPerson("ANN")) == []
    assert away.code(ProposeAssignment("s", "pool3", "ANN"), now=at(1, 0)) == "LENT"
    assert home.do(TakeBack("ANN", worked), SYSTEM) == [PersonTakenBack("ANN", worked)]
    assert [duty.assignment for duty in home.state.workers["ANN"].duties] == ["a", "r"]
    home.plan("late3", at(3, 15), at(3, 22))
    assert home.code(ProposeAssignment("z", "late3", "ANN")) == "REST"


def test_a_loan_that_the_other_venue_refuses_is_undone() -> None:
    venue = venue_of("ANN")
    venue.ok(LoanPerson("ANN", "AQU"))
    assert venue.do(LoanPerson("ANN", "AQU")) == []
    assert venue.code(LoanPerson("ANN", "VIL")) == "STATE"
    assert venue.code(ProposeAssignment("a", "early1", "ANN")) == "LENT"
    away = venue_of("ANN")  # who is on its own roster
    assert away.do(ReceivePerson("ANN", "AQU", Profile(), Access(), ()), SYSTEM) == [LoanRefused("ANN", "AQU")]
    assert away.state.workers["ANN"].home == "STA"
    assert venue.do(CancelLoan("ANN"), SYSTEM) == [LoanCancelled("ANN")]
    venue.ok(ProposeAssignment("a", "early1", "ANN"))
    assert [
        venue.code(command, SYSTEM) for command in (CancelLoan("ANN"), ConfirmLoan("ANN"), TakeBack("ANN", ()))
    ] == [
        "STATE",
        "STATE",
        "STATE",
    ]


def test_who_was_received_is_not_here_by_a_late_refusal() -> None:
    home, _ = lent()
    assert home.do(ConfirmLoan("ANN"), SYSTEM) == []
    assert home.code(CancelLoan("ANN"), SYSTEM) == "STATE"


def test_who_comes_back_before_the_news_that_he_went() -> None:
    venue = venue_of("ANN")
    venue.ok(LoanPerson("ANN", "AQU"))
    venue.ok(TakeBack("ANN", ()), actor=SYSTEM)
    assert venue.code(ConfirmLoan("ANN"), SYSTEM) == "STATE"
    venue.ok(ProposeAssignment("a", "early1", "ANN"))


def test_nobody_is_lent_on_or_received_twice() -> None:
    home, away = lent()
    assert away.code(LoanPerson("ANN", "VIL")) == "STATE"
    assert away.code(EnrolPerson("ANN", Profile())) == "STATE"
    assert home.code(ReturnPerson("ANN")) == "STATE"
    assert home.code(LoanPerson("ANN", "STA")) == "STATE"
    assert home.code(LoanPerson("NOBODY", "AQU")) == "UNKNOWN"
    assert home.code(ReturnPerson("NOBODY")) == "UNKNOWN"
    assert home.code(ConfirmLoan("NOBODY"), SYSTEM) == "UNKNOWN"
    again = ReceivePerson("ANN", "STA", Profile(), THERE, ())
    assert away.do(again, SYSTEM) == []
    assert home.code(again, SYSTEM) == "STATE"
    assert away.code(ReceivePerson("ANN", "AQU", Profile(), THERE, ()), SYSTEM) == "STATE"
