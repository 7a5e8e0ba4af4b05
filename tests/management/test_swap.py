"""Swaps: asked, accepted, approved; both or none."""

from __future__ import annotations

import pytest

from management.command import Actor, Grant, Refusal
from management.worker import Access, AccessWindow
from management.workforce_commands import (
    AcceptSwap,
    ApproveSwap,
    CancelAssignment,
    DeclineSwap,
    LoanPerson,
    PlanShift,
    ProposeAssignment,
    ProposeSwap,
    RecordAccess,
    RefuseSwap,
)
from management.workforce_events import (
    NoShowRecorded,
    SwapAccepted,
    SwapApproved,
    SwapClosed,
    SwapProposed,
)
from tests.management.venue_hands import ALWAYS, LEAD, PLANNER, SYSTEM, Venue, at, person, venue_of

ANN, BOB, CIA = person("ANN"), person("BOB"), person("CIA")


def asked() -> Venue:
    """ANN works early on day 1, BOB on day 2, and she would rather have his."""
    venue = venue_of("ANN", "BOB", "CIA")
    venue.assign("a", "early1", "ANN")
    venue.assign("b", "early2", "BOB")
    venue.confirm("b")
    venue.ok(ProposeSwap("w", "a", "b"), actor=ANN)
    return venue


def test_a_swap_from_wish_to_done() -> None:
    venue = asked()
    assert venue.log[-1] == SwapProposed("w", "a", "b", lapses_at=at(1, 6))
    assert venue.do(AcceptSwap("w"), BOB) == [SwapAccepted("w")]
    assert venue.do(ApproveSwap("w", "a2", "b2"), LEAD) == [SwapApproved("w", "a2", "b2")]
    assert venue.status("a", "b", "a2", "b2") == ["SWAPPED", "SWAPPED", "CONFIRMED", "CONFIRMED"]
    got = {name: (venue.state.assignments[name].person, venue.state.assignments[name].shift) for name in ("a2", "b2")}
    assert got == {"a2": ("ANN", "early2"), "b2": ("BOB", "early1")}
    assert {who: [duty.starts for duty in venue.state.workers[who].duties] for who in ("ANN", "BOB")} == {
        "ANN": [at(2, 6)],
        "BOB": [at(1, 6)],
    }
    assert (venue.state.teams["early1"], venue.state.teams["early2"]) == (["b2"], ["a2"])
    assert venue.tick(at(1, 6, 15)) == [NoShowRecorded("b2")]
    assert venue.tick(at(2, 6, 15)) == [NoShowRecorded("a2")]


def test_scenario_13_a_swap_is_atomic() -> None:
    """B lacks zone 2 access for A's shift: the whole swap is refused, both unchanged, and it says which guard."""
    venue = venue_of()
    venue.enrol("A", windows=[ALWAYS, AccessWindow("STA", "2", at(0, 0), at(9, 0))])
    venue.enrol("B")
    venue.plan("warm-up", at(1, 6), at(1, 14), zone="2")
    venue.assign("a", "warm-up", "A")
    venue.assign("b", "early2", "B")
    venue.ok(ProposeSwap("w", "a", "b"), actor=person("A"))
    before = (venue.status("a", "b"), venue.state.teams.copy(), venue.state.workers["A"].duties.copy())
    assert venue.do(AcceptSwap("w"), person("B")) == Refusal(
        "NO_ACCESS",
        "B has no access to STA zone 2 for the whole of shift warm-up",
        {"person": "B", "shift": "warm-up", "venue": "STA", "zone": "2"},
    )
    assert (venue.status("a", "b"), venue.state.teams, venue.state.workers["A"].duties) == before


def test_the_guards_are_asked_again_at_the_approval() -> None:
    venue = asked()
    venue.ok(AcceptSwap("w"), actor=BOB)
    venue.ok(RecordAccess("ANN", Access(2, (AccessWindow("STA", "BLUE", at(1, 0), at(1, 23)),))), actor=SYSTEM)
    assert venue.code(ApproveSwap("w", "a2", "b2"), LEAD) == "NO_ACCESS"
    venue.ok(RecordAccess("ANN", Access(3, (ALWAYS,))), actor=SYSTEM)
    venue.ok(LoanPerson("BOB", "AQU"))
    assert venue.code(ApproveSwap("w", "a2", "b2"), LEAD) == "LENT"
    assert venue.status("a", "b") == ["PUBLISHED", "CONFIRMED"]


def test_hours_count_without_the_duty_that_is_given_up() -> None:
    venue = venue_of("ANN", "BOB")
    venue.assign("a", "early1", "ANN")
    venue.assign("b", "late1", "BOB")  # less than 11 hours after hers, which she gives up
    venue.ok(ProposeSwap("w", "a", "b"), actor=ANN)
    venue.ok(AcceptSwap("w"), actor=BOB)
    assert venue.state.swaps["w"].status == "ACCEPTED"


def test_other_duties_stand_in_the_way() -> None:
    venue = venue_of("ANN", "BOB")
    venue.assign("a", "early1", "ANN")
    venue.assign("b", "late1", "BOB")
    venue.assign("next", "late2", "ANN")
    venue.plan("soon", at(2, 4), at(2, 5))
    venue.ok(CancelAssignment("next", "X"), ProposeAssignment("soon", "soon", "ANN"))
    venue.ok(ProposeSwap("w", "a", "b"), actor=ANN)
    outcome = venue.do(AcceptSwap("w"), BOB)
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.about["person"], outcome.about["other"]) == ("REST", "ANN", "soon")


def test_a_full_shift_is_no_obstacle_to_a_swap() -> None:
    venue = venue_of(*"ABCDEFG", "ZOE")
    for who in "ABCDEFG":
        venue.assign(who, "early1", who)
    venue.assign("z", "early2", "ZOE")
    venue.ok(ProposeSwap("w", "A", "z"), actor=person("A"))
    venue.ok(AcceptSwap("w"), actor=person("ZOE"))
    venue.ok(ApproveSwap("w", "a2", "z2"), actor=LEAD)
    assert venue.state.teams["early1"] == [*"BCDEFG", "z2"]


def test_the_mix_of_both_teams_is_kept() -> None:
    venue = venue_of("ANN")
    venue.enrol("FRED", languages=("fr",))
    venue.plan("desk", at(1, 6), at(1, 14), need=1, languages={"fr": 3})
    venue.assign("f", "desk", "FRED")
    venue.assign("a", "early2", "ANN")
    venue.ok(ProposeSwap("w", "f", "a"), actor=person("FRED"))
    assert venue.code(AcceptSwap("w"), ANN) == "TEAM_MIX"


def test_who_may_do_what() -> None:
    venue = asked()
    assert venue.code(ProposeSwap("v", "a", "b"), BOB) == "NOT_AUTHORISED"
    assert venue.code(AcceptSwap("w"), ANN) == "NOT_AUTHORISED"
    assert venue.code(DeclineSwap("w"), CIA) == "NOT_AUTHORISED"
    venue.ok(AcceptSwap("w"), actor=BOB)
    for actor in (ANN, BOB, PLANNER):
        assert venue.code(ApproveSwap("w", "a2", "b2"), actor) == "NOT_AUTHORISED"
        assert venue.code(RefuseSwap("w"), actor) == "NOT_AUTHORISED"
    for name in ("ANN", "BOB"):
        lead = Actor(name, (Grant("VENUE_WF", "venue:STA"),))
        assert venue.code(ApproveSwap("w", "a2", "b2"), lead) == "SAME_PERSON"


def test_a_swap_is_between_two_open_assignments_of_two_people_and_two_shifts() -> None:
    venue = asked()
    venue.assign("c", "early1", "CIA")
    venue.assign("a9", "early2", "ANN")
    venue.ok(PlanShift("s", "STEWARD", "BLUE", at(3, 6), at(3, 14), 120, 120, 1), ProposeAssignment("p", "s", "CIA"))
    assert venue.code(ProposeSwap("v", "none", "c"), ANN) == "UNKNOWN"
    assert venue.code(ProposeSwap("v", "a9", "none"), ANN) == "UNKNOWN"
    assert venue.code(ProposeSwap("v", "a9", "a"), ANN) == "STATE"  # herself
    assert venue.code(ProposeSwap("v", "a", "c"), ANN) == "STATE"  # the same shift
    assert venue.code(ProposeSwap("v", "a9", "p"), ANN) == "STATE"  # not published
    assert venue.code(ProposeSwap("v", "a", "b"), ANN) == "STATE"  # both wait for another
    assert venue.code(ProposeSwap("w", "a9", "c"), ANN) == "EXISTS"
    assert venue.do(ProposeSwap("w", "a", "b"), ANN) == []
    assert venue.code(ProposeSwap("v", "a9", "c"), ANN, now=at(1, 6)) == "WINDOW"


def test_repeats_change_nothing_and_what_is_over_stays_so() -> None:
    venue = asked()
    assert venue.code(ApproveSwap("w", "a2", "b2"), LEAD) == "STATE"
    venue.ok(AcceptSwap("w"), actor=BOB)
    assert venue.do(AcceptSwap("w"), BOB) == []
    assert venue.code(ApproveSwap("w", "a2", "a2"), LEAD) == "EXISTS"
    assert venue.code(ApproveSwap("w", "a", "b2"), LEAD) == "EXISTS"
    venue.ok(ApproveSwap("w", "a2", "b2"), actor=LEAD)
    assert venue.do(ApproveSwap("w", "a2", "b2"), LEAD) == []
    assert venue.code(ApproveSwap("w", "a3", "b3"), LEAD) == "EXISTS"
    assert [
        venue.code(c, a) for c, a in ((AcceptSwap("w"), BOB), (DeclineSwap("w"), ANN), (RefuseSwap("w"), LEAD))
    ] == [
        "STATE",
        "STATE",
        "STATE",
    ]
    for command, actor in ((AcceptSwap("v"), BOB), (DeclineSwap("v"), ANN), (RefuseSwap("v"), LEAD)):
        assert venue.code(command, actor) == "UNKNOWN"
    assert venue.code(ApproveSwap("v", "x", "y"), LEAD) == "UNKNOWN"


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize(
    ("command", "actor", "reason"),
    [(DeclineSwap("w"), ANN, "DECLINED"), (DeclineSwap("w"), BOB, "DECLINED"), (RefuseSwap("w"), LEAD, "REFUSED")],
)
def test_a_swap_that_comes_to_nothing(
    command: DeclineSwap | RefuseSwap, actor: Actor, reason: str, accepted: bool
) -> None:
    venue = asked()
    if accepted:
        venue.ok(AcceptSwap("w"), actor=BOB)
    assert venue.do(command, actor) == [SwapClosed("w", reason)]
    assert venue.do(command, actor) == []
    assert venue.code(AcceptSwap("w"), BOB) == "STATE"
    assert venue.status("a", "b") == ["PUBLISHED", "CONFIRMED"]
    venue.ok(ProposeSwap("again", "a", "b"), actor=ANN)


def test_a_swap_lapses_when_the_first_of_the_shifts_begins() -> None:
    venue = asked()
    assert venue.code(AcceptSwap("w"), BOB, now=at(1, 6)) == "WINDOW"
    assert venue.tick(at(1, 6)) == [SwapClosed("w", "LAPSED")]
    assert venue.status("a", "b") == ["PUBLISHED", "CONFIRMED"]
    assert venue.tick(at(1, 6)) == []
