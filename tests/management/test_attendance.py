"""Attendance: windows of the gate, timers, hours."""

from __future__ import annotations

import pytest

from management.command import Tick
from management.worker import Access
from management.workforce import due
from management.workforce_commands import (
    CheckIn,
    CheckOut,
    CorrectHours,
    ProposeAssignment,
    ProposeSwap,
    RecordAccess,
    ReplaceAssignment,
    ReportAbsent,
)
from management.workforce_events import (
    AbsenceReported,
    AssignmentAtRisk,
    AssignmentCancelled,
    AutoClosed,
    CheckedIn,
    CheckedOut,
    HoursCorrected,
    NoShowRecorded,
    SwapClosed,
)
from tests.management.venue_hands import GATE, LEAD, PLANNER, SYSTEM, Venue, at, person, venue_of


def working(*people: str) -> Venue:
    """People who are to work the early shift of day 1."""
    venue = venue_of(*people)
    for who in people:
        venue.assign(who.lower(), "early1", who)
    return venue


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (at(1, 5) - 1, "WINDOW"),
        (at(1, 5), "accepted"),
        (at(1, 6, 15), "accepted"),
        (at(1, 6, 15) + 1, "WINDOW"),
    ],
)
def test_the_gate_lets_in_from_an_hour_before_to_a_quarter_after(when: int, code: str) -> None:
    venue = working("ANN")
    assert venue.code(CheckIn("ann", "STA", when, "scan"), GATE, now=at(1, 7)).partition(":")[0] == code


def test_a_check_in_is_at_the_venue_by_a_gate_of_it() -> None:
    venue = working("ANN")
    assert venue.code(CheckIn("ann", "AQU", at(1, 6), "scan"), GATE, now=at(1, 6)) == "WRONG_VENUE"
    for actor in (person("ANN"), PLANNER):
        assert venue.code(CheckIn("ann", "STA", at(1, 6), "scan"), actor) == "NOT_AUTHORISED"
        assert venue.code(CheckOut("ann", at(1, 6)), actor) == "NOT_AUTHORISED"
    assert venue.code(CheckIn("none", "STA", at(1, 6), "scan"), GATE) == "UNKNOWN"
    command = CheckIn("ann", "STA", at(1, 6), "scan")
    assert venue.do(command, GATE) == [CheckedIn("ann", at(1, 6), "scan", close_at=at(1, 16))]
    assert venue.do(command, GATE) == []


def test_a_scan_is_not_from_the_future() -> None:
    assert working("ANN").code(CheckIn("ann", "STA", at(1, 6), "scan"), GATE, now=at(1, 5)) == "WINDOW"


def test_what_is_not_published_or_no_longer_covered_does_not_check_in() -> None:
    venue = working("ANN")
    venue.enrol("BOB")
    venue.ok(ProposeAssignment("bob", "early1", "BOB"))
    assert venue.code(CheckIn("bob", "STA", at(1, 6), "scan"), GATE, now=at(1, 6)) == "STATE"
    venue.ok(RecordAccess("ANN", Access(2, ())), actor=SYSTEM)
    assert venue.code(CheckIn("ann", "STA", at(1, 6), "scan"), GATE) == "NO_ACCESS"


def test_who_is_not_there_a_quarter_after_is_a_no_show() -> None:
    venue = working("ANN", "BOB")
    venue.confirm("bob")
    assert due(venue.state) == at(1, 6, 15)
    assert venue.tick(at(1, 6, 15) - 1) == []
    assert venue.tick(at(1, 6, 15)) == [NoShowRecorded("ann"), NoShowRecorded("bob")]
    assert (due(venue.state), venue.state.history) == (None, {"STEWARD": [0, 2]})
    assert (venue.state.teams["early1"], venue.state.workers["ANN"].duties) == ([], [])


def test_nobody_is_blamed_for_what_was_never_published() -> None:
    venue = venue_of("ANN")
    venue.ok(ProposeAssignment("a", "early1", "ANN"))
    assert venue.tick(at(1, 6)) == [AssignmentCancelled("a", "NEVER_PUBLISHED")]
    assert venue.state.history == {}


def test_a_late_scan_of_an_early_arrival_counts_while_the_place_is_free() -> None:
    venue = working("ANN")
    venue.tick(at(1, 6, 15))
    assert venue.code(CheckIn("ann", "STA", at(1, 6, 16), "scan"), GATE, now=at(1, 9)) == "WINDOW"
    assert venue.do(CheckIn("ann", "STA", at(1, 5, 55), "scan"), GATE) == [
        CheckedIn("ann", at(1, 5, 55), "scan", close_at=at(1, 16))
    ]
    assert (venue.state.history, venue.state.held["ANN"]) == ({"STEWARD": [1, 1]}, ["ann"])
    assert [duty.assignment for duty in venue.state.workers["ANN"].duties] == ["ann"]


def test_a_late_scan_does_not_count_once_the_person_is_replaced() -> None:
    venue = working(*"ABCDEFG")
    venue.tick(at(1, 6, 15))
    for number in range(7):
        venue.enrol(f"N{number}")
        venue.ok(ReplaceAssignment("abcdefg"[number], f"n{number}", f"N{number}", expected_at=at(1, 7)))
    assert venue.code(CheckIn("a", "STA", at(1, 6), "scan"), GATE) == "STATE"


def test_a_late_scan_does_not_count_where_the_person_has_another_duty_since() -> None:
    venue = working("ANN")
    venue.tick(at(1, 6, 15))
    venue.ok(ProposeAssignment("other", "late1", "ANN"))
    assert venue.code(CheckIn("ann", "STA", at(1, 6), "scan"), GATE) == "REST"


def test_leaving_ends_the_timer() -> None:
    venue = working("ANN")
    venue.check_in("ann", at(1, 6))
    assert due(venue.state) == at(1, 16)
    assert venue.do(CheckOut("ann", at(1, 13)), GATE, now=at(1, 13)) == [CheckedOut("ann", at(1, 13))]
    assert venue.do(CheckOut("ann", at(1, 13)), GATE) == []
    assert venue.code(CheckOut("none", at(1, 13)), GATE) == "UNKNOWN"
    assert venue.code(CheckOut("ann", at(1, 12)), GATE) == "STATE"
    assert due(venue.state) is None
    assert venue.state.workers["ANN"].duties[0].ends == at(1, 14)  # leaving early does not shorten what was planned


@pytest.mark.parametrize("when", [at(1, 6) - 1, at(1, 16) + 1, at(1, 17)])
def test_nobody_leaves_before_he_came_or_after_it_closed(when: int) -> None:
    venue = working("ANN")
    venue.check_in("ann", at(1, 6))
    assert venue.code(CheckOut("ann", when), GATE, now=at(1, 16, 30)) == "WINDOW"


def test_a_missing_check_out_is_closed_at_the_planned_end_and_flagged() -> None:
    venue = working("ANN")
    venue.check_in("ann", at(1, 6))
    assert venue.tick(at(1, 16) - 1) == []
    assert venue.tick(at(1, 16)) == [AutoClosed("ann", at(1, 14))]
    ann = venue.state.assignments["ann"]
    assert (ann.status, ann.checked_out, ann.flagged) == ("AUTO_CLOSED", at(1, 14), True)
    assert venue.do(CorrectHours("ann", at(1, 15)), LEAD) == [HoursCorrected("ann", at(1, 15))]
    assert (ann.status, ann.checked_out, ann.flagged) == ("CHECKED_OUT", at(1, 15), False)
    assert venue.state.workers["ANN"].duties[0].ends == at(1, 15)


def test_hours_are_corrected_by_the_lead_for_another() -> None:
    venue = working("ANN")
    venue.check_in("ann", at(1, 6))
    assert venue.code(CorrectHours("ann", at(1, 14)), LEAD) == "STATE"
    venue.tick(at(1, 16))
    assert venue.code(CorrectHours("ann", at(1, 14)), PLANNER) == "NOT_AUTHORISED"
    lead_herself = LEAD.__class__("ANN", LEAD.grants)
    assert venue.code(CorrectHours("ann", at(1, 14)), lead_herself) == "SAME_PERSON"
    assert venue.code(CorrectHours("ann", at(1, 17)), LEAD) == "WINDOW"
    assert venue.code(CorrectHours("ann", at(1, 5)), LEAD) == "WINDOW"
    assert venue.code(CorrectHours("none", at(1, 14)), LEAD) == "UNKNOWN"


def test_who_stays_long_has_the_next_duty_at_risk() -> None:
    venue = venue_of("ANN")
    venue.plan("early", at(2, 1), at(2, 3))
    venue.assign("one", "early1", "ANN")
    venue.assign("two", "early", "ANN")
    venue.check_in("one", at(1, 6))
    outcome = venue.do(CheckOut("one", at(1, 14, 1)), GATE, now=at(1, 14, 1))
    assert outcome == [CheckedOut("one", at(1, 14, 1)), AssignmentAtRisk("two", "REST")]
    assert venue.state.assignments["two"].at_risk == "REST"
    venue.check_in("two", at(2, 1))
    assert venue.state.assignments["two"].at_risk == ""


def test_sick_is_reported_by_the_person_or_the_lead() -> None:
    venue = working("ANN", "BOB")
    assert venue.code(ReportAbsent("ann", "SICK"), person("BOB")) == "NOT_AUTHORISED"
    assert venue.code(ReportAbsent("ann", "SICK"), PLANNER) == "NOT_AUTHORISED"
    assert venue.do(ReportAbsent("ann", "SICK"), person("ANN")) == [AbsenceReported("ann", "SICK")]
    assert venue.do(ReportAbsent("ann", "SICK"), LEAD) == []
    assert venue.do(ReportAbsent("bob", "SICK"), LEAD) == [AbsenceReported("bob", "SICK")]
    assert venue.code(ReportAbsent("none", "SICK"), LEAD) == "UNKNOWN"
    assert venue.state.history == {"STEWARD": [0, 2]}
    assert venue.tick(at(1, 7)) == []


def test_who_works_is_not_reported_absent() -> None:
    venue = working("ANN")
    venue.check_in("ann", at(1, 6))
    assert venue.code(ReportAbsent("ann", "SICK"), LEAD) == "STATE"


def test_coming_and_not_coming_close_the_swap() -> None:
    for command, actor in ((ReportAbsent("ann", "SICK"), LEAD), (CheckIn("ann", "STA", at(1, 5), "s"), GATE)):
        venue = working("ANN", "BOB")
        venue.assign("later", "early2", "BOB")
        venue.ok(ProposeSwap("w", "ann", "later"), actor=person("ANN"))
        outcome = venue.do(command, actor, now=at(1, 5))
        assert isinstance(outcome, list)
        assert outcome[0] == SwapClosed("w", "GONE")
        assert venue.state.assignments["later"].swap == ""


def test_only_the_scheduler_lets_time_pass() -> None:
    assert working("ANN").code(Tick(at(2, 0)), LEAD) == "NOT_AUTHORISED"
