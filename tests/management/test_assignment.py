"""Assignments: proposed, published, confirmed, replaced, cancelled."""

from __future__ import annotations

import pytest

from management.command import Actor, Grant
from management.workforce_commands import (
    CancelAssignment,
    Command,
    ConfirmAssignment,
    ProposeAssignment,
    ProposeSwap,
    PublishAssignments,
    ReleaseDuties,
    ReplaceAssignment,
    ReportAbsent,
)
from management.workforce_events import (
    AssignmentCancelled,
    AssignmentConfirmed,
    AssignmentProposed,
    AssignmentPublished,
    AssignmentReplaced,
    SwapClosed,
)
from tests.management.venue_hands import GATE, LEAD, SYSTEM, at, person, venue_of

ANN = person("ANN")


def test_from_proposed_to_confirmed() -> None:
    venue = venue_of("ANN")
    venue.ok(ProposeAssignment("a", "early1", "ANN"))
    assert venue.do(PublishAssignments(("a", "a"))) == [AssignmentPublished("a", no_show_at=at(1, 6, 15))]
    assert venue.do(ConfirmAssignment("a"), ANN) == [AssignmentConfirmed("a")]
    assert venue.status("a") == ["CONFIRMED"]
    assert venue.do(ConfirmAssignment("a"), ANN) == []
    assert venue.do(PublishAssignments(("a",))) == []
    assert venue.do(ProposeAssignment("a", "early1", "ANN")) == []


def test_what_is_proposed_is_known_and_to_come() -> None:
    venue = venue_of("ANN", "BOB")
    venue.ok(ProposeAssignment("a", "early1", "ANN"))
    assert venue.code(ProposeAssignment("a", "early1", "BOB")) == "EXISTS"
    assert venue.code(ProposeAssignment("b", "none", "BOB")) == "UNKNOWN"
    assert venue.code(ProposeAssignment("b", "early1", "NOBODY")) == "UNKNOWN"
    assert venue.code(ProposeAssignment("b", "early1", "BOB"), now=at(1, 6)) == "STATE"


def test_all_are_published_or_none() -> None:
    venue = venue_of("ANN", "BOB")
    venue.ok(
        ProposeAssignment("a", "early1", "ANN"), ProposeAssignment("b", "early1", "BOB"), CancelAssignment("b", "X")
    )
    assert venue.code(PublishAssignments(("a", "b"))) == "STATE"
    assert venue.code(PublishAssignments(("a", "none"))) == "UNKNOWN"
    assert venue.status("a") == ["PROPOSED"]
    assert venue.code(PublishAssignments(("a",)), now=at(1, 6)) == "WINDOW"


def test_nobody_confirms_for_another_whatever_his_roles() -> None:
    venue = venue_of("ANN", "BOB")
    venue.assign("a", "early1", "ANN")
    everything = Actor("boss", (Grant("VOLUNTEER"), Grant("WF_PLANNER"), Grant("VENUE_WF")))
    for actor in (person("BOB"), LEAD, everything, Actor("ANN", (Grant("VENUE_WF"),))):
        assert venue.code(ConfirmAssignment("a"), actor) == "NOT_AUTHORISED"
    assert venue.code(ConfirmAssignment("none"), ANN) == "UNKNOWN"


def test_what_is_not_published_cannot_be_confirmed() -> None:
    venue = venue_of("ANN")
    venue.ok(ProposeAssignment("a", "early1", "ANN"))
    assert venue.code(ConfirmAssignment("a"), ANN) == "STATE"


@pytest.mark.parametrize(
    "command",
    [
        ProposeAssignment("z", "early1", "ANN"),
        PublishAssignments(("a",)),
        CancelAssignment("a", "X"),
        ReplaceAssignment("a", "z", "BOB"),
        ReleaseDuties("ANN", "X"),
    ],
)
def test_planners_and_the_lead_of_the_venue_plan(command: Command) -> None:
    venue = venue_of("ANN", "BOB")
    venue.assign("a", "early1", "ANN")
    for actor in (ANN, GATE, Actor("far", (Grant("VENUE_WF", "venue:AQU"),))):
        assert venue.code(command, actor) == "NOT_AUTHORISED"
    assert venue.code(command, LEAD) != "NOT_AUTHORISED"


def test_a_cancelled_assignment_gives_its_place_and_hours_back() -> None:
    venue = venue_of("ANN")
    venue.assign("a", "early1", "ANN")
    assert venue.do(CancelAssignment("a", "NOT_NEEDED")) == [AssignmentCancelled("a", "NOT_NEEDED")]
    assert (venue.state.teams["early1"], venue.state.workers["ANN"].duties) == ([], [])
    assert venue.do(CancelAssignment("a", "NOT_NEEDED")) == []
    assert venue.code(CancelAssignment("none", "X")) == "UNKNOWN"
    venue.assign("b", "late1", "ANN")
    venue.check_in("b", at(1, 14))
    assert venue.code(CancelAssignment("b", "X")) == "STATE"


def test_a_replacement_takes_the_place_and_is_told_at_once() -> None:
    venue = venue_of("ANN", "BOB")
    venue.assign("a", "early1", "ANN")
    assert venue.do(ReplaceAssignment("a", "b", "BOB")) == [
        AssignmentReplaced("a", by="b"),
        AssignmentProposed("b", "early1", "BOB", at(1, 6), at(1, 6)),
        AssignmentPublished("b", no_show_at=at(1, 6, 15)),
    ]
    assert venue.status("a", "b") == ["REPLACED", "PUBLISHED"]
    assert venue.do(ReplaceAssignment("a", "b", "BOB")) == []
    assert venue.code(ReplaceAssignment("a", "c", "ANN")) == "STATE"


def test_a_replacement_for_a_sick_person_of_a_full_shift() -> None:
    venue = venue_of(*"ABCDEFGHI")
    for who in "ABCDEFG":
        venue.assign(who, "early1", who)
    assert venue.code(ProposeAssignment("H", "early1", "H")) == "FULL"
    venue.ok(ReplaceAssignment("A", "H", "H"))
    venue.ok(ReportAbsent("B", "SICK"), actor=LEAD)
    venue.ok(ReplaceAssignment("B", "I", "I"))
    assert venue.state.teams["early1"] == list("CDEFGHI")


def test_a_replacement_may_come_later_and_only_then_is_he_expected() -> None:
    venue = venue_of("ANN", "BOB")
    venue.assign("a", "early1", "ANN")
    venue.tick(at(1, 6, 15))
    assert venue.status("a") == ["NO_SHOW"]
    venue.ok(ReplaceAssignment("a", "b", "BOB", expected_at=at(1, 7)), now=at(1, 6, 20))
    assert [(duty.starts, duty.ends) for duty in venue.state.workers["BOB"].duties] == [(at(1, 7), at(1, 14))]
    assert venue.tick(at(1, 7, 14)) == []
    venue.check_in("b", at(1, 7, 15))


def test_who_cannot_replace() -> None:
    venue = venue_of("ANN", "BOB")
    venue.enrol("NEW", trainings=())
    venue.assign("a", "early1", "ANN")
    venue.assign("b", "late1", "BOB")
    assert venue.code(ReplaceAssignment("a", "z", "ANN")) == "SAME_PERSON"
    assert venue.code(ReplaceAssignment("a", "z", "BOB")) == "REST"
    assert venue.code(ReplaceAssignment("a", "z", "NEW")) == "NOT_TRAINED"
    assert venue.code(ReplaceAssignment("a", "z", "NOBODY")) == "UNKNOWN"
    assert venue.code(ReplaceAssignment("none", "z", "BOB")) == "UNKNOWN"
    assert venue.code(ReplaceAssignment("a", "b", "BOB")) == "EXISTS"
    assert venue.code(ReplaceAssignment("a", "z", "BOB", expected_at=at(1, 14))) == "WINDOW"
    assert venue.code(ReplaceAssignment("a", "z", "BOB", expected_at=at(1, 5))) == "WINDOW"
    assert venue.code(ReplaceAssignment("a", "z", "BOB"), now=at(1, 6, 15)) == "WINDOW"
    assert venue.status("a", "b") == ["PUBLISHED", "PUBLISHED"]


def test_who_is_revoked_loses_all_that_he_has_not_begun() -> None:
    venue = venue_of("ANN", "BOB")
    venue.assign("now", "early1", "ANN")
    venue.assign("next", "late2", "ANN")
    venue.assign("b", "early2", "BOB")
    venue.ok(ProposeSwap("w", "next", "b"), actor=ANN)
    venue.check_in("now", at(1, 6))
    assert venue.do(ReleaseDuties("ANN", "REVOKED"), SYSTEM) == [
        SwapClosed("w", "GONE"),
        AssignmentCancelled("next", "REVOKED"),
    ]
    assert venue.do(ReleaseDuties("ANN", "REVOKED"), SYSTEM) == []
    assert venue.do(ReleaseDuties("NOBODY", "REVOKED"), SYSTEM) == []
    assert venue.status("now", "b") == ["CHECKED_IN", "PUBLISHED"]
