"""The guards of an assignment: each code, at its border."""

from __future__ import annotations

import msgspec
import pytest

from management.command import Refusal
from management.worker import Access, AccessWindow
from management.workforce_commands import (
    LoanPerson,
    PlanShift,
    ProposeAssignment,
    ReceivePerson,
    RecordAccess,
    RecordTraining,
)
from management.workforce_events import AccessRecorded, AssignmentProposed
from tests.management.venue_hands import ALWAYS, HOUR, OFFSET, POLICY, SYSTEM, Venue, at, venue_of


def refused(venue: Venue, shift: str, who: str) -> str:
    """Try to plan a person for a shift."""
    return venue.code(ProposeAssignment("new", shift, who))


def test_who_has_all_is_planned() -> None:
    venue = venue_of("ANN")
    assert venue.do(ProposeAssignment("a", "early1", "ANN")) == [
        AssignmentProposed("a", "early1", "ANN", expected_at=at(1, 6), lapses_at=at(1, 6))
    ]


def test_every_training_of_the_role_is_asked_for() -> None:
    venue = venue_of("ANN")
    venue.plan("drive", at(1, 6), at(1, 14), role="DRIVER")
    outcome = venue.do(ProposeAssignment("a", "drive", "ANN"))
    assert outcome == Refusal(
        "NOT_TRAINED",
        "ANN has not done the training DRIVING that DRIVER asks for",
        {"person": "ANN", "shift": "drive", "training": "DRIVING"},
    )
    venue.ok(RecordTraining("ANN", "DRIVING"), ProposeAssignment("a", "drive", "ANN"))


@pytest.mark.parametrize(
    ("window", "code"),
    [
        (AccessWindow("STA", "BLUE", at(1, 6), at(1, 14)), "accepted"),
        (AccessWindow("STA", "BLUE", at(1, 6), at(1, 14) - 1), "NO_ACCESS"),
        (AccessWindow("STA", "BLUE", at(1, 6) + 1, at(1, 14)), "NO_ACCESS"),
        (AccessWindow("STA", "R", at(0, 0), at(30, 0)), "NO_ACCESS"),
        (AccessWindow("AQU", "BLUE", at(0, 0), at(30, 0)), "NO_ACCESS"),
    ],
)
def test_the_accreditation_covers_venue_and_zone_for_the_whole_shift(window: AccessWindow, code: str) -> None:
    venue = venue_of()
    venue.enrol("ANN", windows=[window])
    assert refused(venue, "early1", "ANN").partition(":")[0] == code


def test_newer_access_comes_with_the_command_and_older_does_not_count() -> None:
    venue = venue_of()
    venue.enrol("ANN", windows=[])
    newer = Access(2, (ALWAYS,))
    assert venue.code(ProposeAssignment("a", "early1", "ANN", access=Access(1, (ALWAYS,)))) == "NO_ACCESS"
    outcome = venue.do(ProposeAssignment("a", "early1", "ANN", access=newer))
    assert outcome == [AccessRecorded("ANN", newer), AssignmentProposed("a", "early1", "ANN", at(1, 6), at(1, 6))]
    assert venue.do(RecordAccess("ANN", Access(2, ())), SYSTEM) == []


def test_two_shifts_at_once_overlap() -> None:
    venue = venue_of("ANN")
    venue.plan("mid", at(1, 13, 59), at(1, 18))
    venue.assign("a", "early1", "ANN")
    assert refused(venue, "mid", "ANN") == "OVERLAP"
    assert refused(venue, "late1", "ANN") == "REST"  # end to end, so it is the rest that is missing


def lent_with(venue: Venue, shift: str) -> Venue:
    """Another venue, which has received ANN with one duty at STA."""
    venue.assign("home", shift, "ANN")
    venue.ok(LoanPerson("ANN", "VIL"))
    lent = venue.log[-1]
    there = Venue("VIL", msgspec.structs.replace(POLICY, rest=0))  # so that the way alone decides
    everywhere = Access(9, (AccessWindow("VIL", "R", at(0, 0), at(30, 0)),))
    there.ok(ReceivePerson("ANN", "STA", lent.profile, everywhere, lent.duties), actor=SYSTEM)  # type: ignore[union-attr]
    return there


def test_the_way_to_another_venue_is_no_free_time() -> None:
    there = lent_with(venue_of("ANN"), "early1")  # until 14:00, and half an hour away
    there.plan("soon", at(1, 14, 29), at(1, 15), zone="R")
    there.plan("then", at(1, 14, 30), at(1, 15), zone="R")
    assert refused(there, "soon", "ANN") == "OVERLAP"
    there.ok(ProposeAssignment("b", "then", "ANN"))


def test_eleven_hours_of_rest_are_enough_and_a_minute_less_is_not() -> None:
    venue = venue_of("ANN")
    venue.plan("short", at(2, 0, 59), at(2, 2))
    venue.plan("enough", at(2, 1), at(2, 3))
    venue.assign("a", "early1", "ANN")
    assert refused(venue, "short", "ANN") == "REST"
    venue.ok(ProposeAssignment("b", "enough", "ANN"))


def test_no_24_hours_hold_more_than_ten_of_work() -> None:
    venue = venue_of("ANN")
    venue.plan("three", at(2, 1), at(2, 4))
    venue.plan("two", at(2, 1), at(2, 3))
    venue.plan("eleven", at(3, 0), at(3, 10, 1))
    venue.assign("a", "early1", "ANN")
    assert refused(venue, "three", "ANN") == "HOURS_24"
    assert refused(venue, "eleven", "ANN") == "HOURS_24"
    venue.ok(ProposeAssignment("b", "two", "ANN"))


def test_a_night_on_which_the_clocks_change_counts_the_hours_that_it_has() -> None:
    venue = venue_of("ANN")
    autumn = (at(4, 20), at(5, 6) + HOUR, 60)  # 20:00 to 06:00: ten hours by the clock
    spring = (at(8, 20), at(9, 7) - HOUR, 180)  # 20:00 to 07:00: eleven
    for name, (starts, ends, offset_ends) in {"autumn": autumn, "spring": spring}.items():
        venue.ok(PlanShift(name, "STEWARD", "BLUE", starts, ends, OFFSET, offset_ends, 1))
    assert refused(venue, "autumn", "ANN") == "HOURS_24"
    venue.ok(ProposeAssignment("a", "spring", "ANN"))


def test_a_sixth_day_in_a_row_is_too_many() -> None:
    venue = venue_of("ANN")
    for day in (3, 4, 6, 5, 7):
        venue.plan(f"early{day}", at(day, 6), at(day, 14))
    for day in (1, 2, 3, 4, 6):
        venue.assign(f"a{day}", f"early{day}", "ANN")
    assert refused(venue, "early5", "ANN") == "CONSECUTIVE"
    venue.ok(ProposeAssignment("a7", "early7", "ANN"))


def test_minors_do_not_work_at_night() -> None:
    venue = venue_of("ANN")
    venue.enrol("KID", minor=True)
    venue.plan("night", at(1, 14), at(1, 22, 30))
    assert refused(venue, "night", "KID") == "MINOR_NIGHT"
    venue.ok(ProposeAssignment("a", "late1", "KID"), ProposeAssignment("b", "night", "ANN"))


def test_a_shift_has_as_many_places_as_overbooking_says() -> None:
    venue = venue_of(*"ABCDEFGH")
    assert venue.state.shifts["early1"].places == 7  # for 3, when 70 of 100 come
    for who in "ABCDEFG":
        venue.assign(who, "early1", who)
    assert refused(venue, "early1", "H") == "FULL"


def test_the_last_places_are_kept_for_leaders_and_languages() -> None:
    venue = venue_of()
    venue.enrol("A", "B", trainings=("GENERAL", "MARSHAL"))
    venue.enrol("BOSS", "CHIEF", trainings=("GENERAL", "MARSHAL"), leader=True)
    venue.plan("gates", at(1, 6), at(1, 14), role="MARSHAL", need=1)  # three places, so one leader
    venue.assign("a", "gates", "A")
    venue.assign("b", "gates", "B")
    venue.enrol("C", trainings=("GENERAL", "MARSHAL"))
    assert refused(venue, "gates", "C") == "TEAM_MIX"
    venue.ok(ProposeAssignment("c", "gates", "CHIEF"))
    assert refused(venue, "gates", "BOSS") == "FULL"


def test_languages_of_a_team() -> None:
    venue = venue_of("A")
    venue.enrol("FRED", languages=("fr",))
    venue.plan("desk", at(1, 6), at(1, 14), need=1, languages={"fr": 3})
    assert refused(venue, "desk", "A") == "TEAM_MIX"
    venue.ok(ProposeAssignment("f", "desk", "FRED"))


def test_the_first_guard_that_fails_is_the_answer() -> None:
    venue = venue_of()
    venue.enrol("ANN", windows=[], trainings=(), minor=True)
    venue.plan("night", at(1, 14), at(2, 2))
    assert refused(venue, "night", "ANN") == "NOT_TRAINED"
    venue.ok(RecordTraining("ANN", "GENERAL"))
    assert refused(venue, "night", "ANN") == "NO_ACCESS"
    venue.ok(RecordAccess("ANN", Access(2, (ALWAYS,))), actor=SYSTEM)
    assert refused(venue, "night", "ANN") == "HOURS_24"
