"""Shifts planned, moved, cancelled; who and what goes with them."""

from __future__ import annotations

import pytest

from management.command import Actor, Grant
from management.ledger import DAY
from management.shift import Shift
from management.shift_planning import attendance_of
from management.worker import Access, AccessWindow
from management.workforce_commands import (
    CancelShift,
    ChangeNeed,
    CheckIn,
    KeepShift,
    LoanPerson,
    MarkAffected,
    MoveShift,
    PlanShift,
    ProposeAssignment,
    ProposeSwap,
    RecordAccess,
)
from management.workforce_events import (
    AssignmentCancelled,
    AssignmentMoved,
    NeedChanged,
    NoShowRecorded,
    ShiftAffected,
    ShiftCancelled,
    ShiftKept,
    ShiftMoved,
    ShiftPlanned,
    SwapClosed,
)
from tests.management.venue_hands import GATE, LEAD, MINUTE, POLICY, SYSTEM, at, person, venue_of


def plan(**changed: object) -> PlanShift:
    """A command."""
    fields = {"shift": "s", "role": "STEWARD", "zone": "BLUE", "starts": at(3, 6), "ends": at(3, 14)}
    return PlanShift(**{**fields, "offset": 120, "offset_ends": 120, "need": 2, **changed})  # type: ignore[arg-type]


def move(shift: str, starts: int, ends: int) -> MoveShift:
    """A command."""
    return MoveShift(shift, starts, ends, 120, 120)


def test_a_shift_gets_places_for_those_who_will_not_come() -> None:
    shift = Shift("s", "STA", "STEWARD", "BLUE", at(3, 6), at(3, 14), 120, 120, need=2, places=5)
    assert venue_of().do(plan()) == [ShiftPlanned(shift)]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (plan(ends=at(3, 6)), "TIMES"),
        (plan(ends=at(3, 6) + DAY + 1), "TIMES"),
        (plan(role="JUGGLER"), "UNKNOWN"),
        (plan(need=0), "UNKNOWN"),
        (plan(shift="early1"), "EXISTS"),
        (plan(need=1, languages={"fr": 4}), "TEAM_MIX"),
    ],
)
def test_what_is_no_shift(command: PlanShift, code: str) -> None:
    assert venue_of().code(command) == code


def test_who_plans() -> None:
    venue = venue_of()
    for actor in (Actor("x", (Grant("WF_PLANNER", "venue:AQU"),)), Actor("y", (Grant("SYSADMIN"),)), GATE, person("A")):
        changes = (plan(), move("early1", at(1, 7), at(1, 15)), ChangeNeed("early1", 9), KeepShift("early1"))
        for command in (*changes, CancelShift("early1", "RAIN"), MarkAffected("U", "d")):
            assert venue.code(command, actor) == "NOT_AUTHORISED"
    assert venue.code(MarkAffected("U", "d"), LEAD) == "NOT_AUTHORISED"
    venue.ok(plan(), actor=LEAD)


def test_history_replaces_the_first_guess_once_it_is_long_enough() -> None:
    venue = venue_of()
    assert attendance_of(venue.state, "STEWARD", POLICY) == 700
    venue.state.history["STEWARD"] = [44, 49]
    assert attendance_of(venue.state, "STEWARD", POLICY) == 700
    venue.state.history["STEWARD"] = [45, 50]
    assert attendance_of(venue.state, "STEWARD", POLICY) == 900
    venue.state.history["STEWARD"] = [0, 50]
    assert attendance_of(venue.state, "STEWARD", POLICY) == 400


def test_who_can_still_work_a_moved_shift_is_asked_again_and_who_cannot_is_taken_off() -> None:
    venue = venue_of("ANN", "BOB", "CIA")
    venue.assign("a", "early2", "ANN")
    venue.confirm("a")
    venue.assign("busy", "early1", "BOB")
    venue.assign("b", "early2", "BOB")
    venue.ok(ProposeAssignment("c", "early2", "CIA"))
    assert venue.do(move("early2", at(2, 0), at(2, 8))) == [
        ShiftMoved("early2", at(2, 0), at(2, 8), 120, 120),
        AssignmentMoved("a", at(2, 0), deadline=at(2, 0) + 15 * MINUTE),
        AssignmentCancelled("b", "REST"),
        AssignmentMoved("c", at(2, 0), deadline=at(2, 0)),
    ]
    assert venue.status("a", "b", "c") == ["PUBLISHED", "CANCELLED", "PROPOSED"]
    assert [duty.starts for duty in venue.state.workers["ANN"].duties] == [at(2, 0)]
    assert [duty.assignment for duty in venue.state.workers["BOB"].duties] == ["busy"]
    assert venue.tick(at(2, 0)) == [
        NoShowRecorded("busy"),
        AssignmentCancelled("c", "NEVER_PUBLISHED"),
    ]


def test_a_move_that_leaves_access_behind_takes_off() -> None:
    venue = venue_of()
    venue.enrol("ANN", windows=[AccessWindow("STA", "BLUE", at(1, 0), at(1, 24))])
    venue.assign("a", "early1", "ANN")
    assert venue.do(move("early1", at(2, 6), at(2, 14))) == [
        ShiftMoved("early1", at(2, 6), at(2, 14), 120, 120),
        AssignmentCancelled("a", "NO_ACCESS"),
    ]


def test_a_move_closes_the_swaps_of_the_shift_and_what_was_at_risk_is_judged_anew() -> None:
    venue = venue_of("ANN", "BOB")
    venue.assign("a", "early1", "ANN")
    venue.assign("b", "early2", "BOB")
    venue.ok(ProposeSwap("w", "a", "b"), actor=person("ANN"))
    venue.ok(RecordAccess("ANN", Access(2, (AccessWindow("STA", "BLUE", at(2, 0), at(9, 0)),))), actor=SYSTEM)
    assert venue.state.assignments["a"].at_risk == "NO_ACCESS"
    venue.ok(move("early1", at(2, 6), at(2, 14)))
    assert venue.log[-2:] == [SwapClosed("w", "GONE"), AssignmentMoved("a", at(2, 6), at(2, 6, 15))]
    assert venue.state.assignments["a"].at_risk == ""


def test_when_a_shift_does_not_move() -> None:
    venue = venue_of("ANN")
    venue.assign("a", "early1", "ANN")
    assert venue.do(move("early1", at(1, 6), at(1, 14))) == []
    assert venue.code(move("none", at(1, 7), at(1, 15))) == "UNKNOWN"
    assert venue.code(move("early1", at(1, 7), at(1, 6))) == "TIMES"
    assert venue.code(move("early1", at(1, 7), at(1, 15)), now=at(1, 7)) == "STATE"
    venue.now = at(0, 0)
    venue.ok(CheckIn("a", "STA", at(1, 5), "scan"), actor=GATE, now=at(1, 5))
    assert venue.code(move("early1", at(1, 7), at(1, 15))) == "STATE"
    assert venue.code(CancelShift("early1", "RAIN")) == "STATE"
    venue.ok(CancelShift("late1", "RAIN"))
    assert venue.code(move("late1", at(1, 15), at(1, 23))) == "STATE"


def test_who_is_lent_is_taken_off_a_shift_that_moves() -> None:
    venue = venue_of("ANN")
    venue.assign("a", "early1", "ANN")
    venue.ok(LoanPerson("ANN", "AQU"), move("early1", at(1, 7), at(1, 15)))
    assert venue.log[-1] == AssignmentCancelled("a", "LENT")


def test_a_unit_that_moves_affects_the_shifts_that_serve_it() -> None:
    venue = venue_of()
    venue.ok(plan(shift="heats", units=("U1", "U2")), plan(shift="final", units=("U2",)), plan(shift="other"))
    assert venue.do(MarkAffected("U2", "d1"), SYSTEM) == [
        ShiftAffected("heats", "U2", "d1"),
        ShiftAffected("final", "U2", "d1"),
    ]
    assert venue.do(MarkAffected("U2", "d1"), SYSTEM) == []
    assert venue.do(MarkAffected("U9", "d1"), SYSTEM) == []
    assert venue.state.affected == {"heats": "d1", "final": "d1"}
    venue.ok(move("heats", at(4, 6), at(4, 14)), actor=SYSTEM)
    assert venue.do(KeepShift("final")) == [ShiftKept("final")]
    assert venue.do(KeepShift("final")) == []
    assert venue.code(KeepShift("none")) == "UNKNOWN"
    assert venue.state.affected == {}
    venue.ok(CancelShift("final", "VOID"))
    assert venue.do(MarkAffected("U2", "d2"), SYSTEM) == [ShiftAffected("heats", "U2", "d2")]
    assert venue.do(move("heats", at(4, 6), at(4, 14))) == [ShiftKept("heats")]
    venue.ok(MarkAffected("U1", "d3"), actor=SYSTEM)
    venue.ok(CancelShift("heats", "VOID"))
    assert venue.state.affected == {}


def test_the_need_may_change_and_nobody_is_taken_off_by_it() -> None:
    venue = venue_of(*"ABCDEF")
    for who in "ABCDEF":
        venue.assign(who, "early1", who)
    assert venue.do(ChangeNeed("early1", 4)) == [NeedChanged("early1", 4, places=9)]
    assert venue.do(ChangeNeed("early1", 1)) == [NeedChanged("early1", 1, places=6)]
    assert venue.do(ChangeNeed("early1", 1)) == []
    assert venue.state.teams["early1"] == list("ABCDEF")
    assert [venue.code(ChangeNeed(*what)) for what in (("none", 1), ("early1", 0))] == ["UNKNOWN", "UNKNOWN"]
    venue.ok(CancelShift("late1", "RAIN"))
    assert venue.code(ChangeNeed("late1", 1)) == "STATE"


def test_fewer_places_still_have_room_for_the_leaders_that_are_missing() -> None:
    venue = venue_of()
    venue.enrol(*"ABC", trainings=("GENERAL", "MARSHAL"))
    venue.plan("gates", at(1, 6), at(1, 14), role="MARSHAL", need=2)  # five places, so two leaders
    for who in "ABC":
        venue.assign(who, "gates", who)
    assert venue.do(ChangeNeed("gates", 1)) == [NeedChanged("gates", 1, places=4)]  # three would hold no leader


def test_a_cancelled_shift_takes_everybody_off() -> None:
    venue = venue_of("ANN", "BOB")
    venue.assign("a", "early1", "ANN")
    venue.assign("b", "early2", "BOB")
    venue.ok(ProposeSwap("w", "a", "b"), actor=person("ANN"))
    assert venue.do(CancelShift("early1", "RAIN")) == [
        SwapClosed("w", "GONE"),
        AssignmentCancelled("a", "RAIN"),
        ShiftCancelled("early1", "RAIN"),
    ]
    assert venue.do(CancelShift("early1", "RAIN")) == []
    assert venue.code(CancelShift("none", "RAIN")) == "UNKNOWN"
    assert venue.code(ProposeAssignment("c", "early1", "ANN")) == "STATE"
    assert venue.state.workers["ANN"].duties == []
