"""The boards: who is where, what is short, who could step in."""

from __future__ import annotations

from management.attendance_board import Arrival, Short, arrivals, replacements, short_shifts
from management.worker import Access, AccessWindow, Profile
from management.workforce_commands import (
    CancelShift,
    EnrolPerson,
    ProposeAssignment,
    RecordAccess,
    ReplaceAssignment,
    ReportAbsent,
)
from tests.management.venue_hands import LEAD, POLICY, SYSTEM, Venue, at, venue_of


def test_who_is_expected_here_late_or_missing() -> None:
    venue = venue_of(*"ABCDEF")
    for who in "ABCDE":
        venue.assign(who, "early1", who)
    venue.ok(ProposeAssignment("F", "early1", "F"))  # nobody told him
    venue.assign("A2", "early2", "A")
    assert arrivals(venue.state, at(1, 5) - 1, POLICY) == []
    venue.ok(ReportAbsent("B", "SICK"), actor=LEAD)
    venue.check_in("C", at(1, 5, 50))
    venue.check_in("D", at(1, 5, 50))

    def seen(now: int) -> list[tuple[str, str]]:
        return [(row.person, row.presence) for row in arrivals(venue.state, now, POLICY)]

    early = [("A", "EXPECTED"), ("B", "ABSENT"), ("C", "HERE"), ("D", "HERE"), ("E", "EXPECTED")]
    assert seen(at(1, 6) - 1) == early
    assert seen(at(1, 6)) == [(who, "LATE" if what == "EXPECTED" else what) for who, what in early]
    venue.check_out("D", at(1, 6, 5))
    venue.tick(at(1, 6, 15))
    assert seen(at(1, 6, 15)) == [("A", "NO_SHOW"), ("B", "ABSENT"), ("C", "HERE"), ("D", "LEFT"), ("E", "NO_SHOW")]
    assert seen(at(1, 14)) == []


def test_rows_stand_by_role_and_shift() -> None:
    venue = venue_of("A", "B")
    venue.plan("desk", at(1, 6), at(1, 14), role="INTERPRETER")
    venue.assign("a", "early1", "A")
    venue.assign("b", "desk", "B")
    assert arrivals(venue.state, at(1, 5), POLICY) == [
        Arrival("INTERPRETER", "desk", "B", "EXPECTED", at(1, 6)),
        Arrival("STEWARD", "early1", "A", "EXPECTED", at(1, 6)),
    ]


def test_a_shift_is_short_where_too_few_are_sure() -> None:
    venue = venue_of(*"ABC")
    for who in "ABC":
        venue.assign(who, "late1", who)
    assert short_shifts(venue.state, at(1, 0), at(1, 24)) == [Short("early1", "STEWARD", need=3, sure=0)]
    until_noon = Access(2, (AccessWindow("STA", "BLUE", at(1, 0), at(1, 12)),))
    venue.ok(RecordAccess("A", until_noon), actor=SYSTEM)
    venue.ok(CancelShift("early1", "RAIN"))
    assert short_shifts(venue.state, at(1, 0), at(1, 24)) == [Short("late1", "STEWARD", need=3, sure=2)]
    assert short_shifts(venue.state, at(1, 22), at(1, 24)) == []


def test_who_steps_in_is_somebody_whom_the_venue_would_take() -> None:
    venue = venue_of("ILL", "ANN", "BOB", "CIA")
    venue.enrol("NEW", trainings=())
    venue.plan("day0", at(0, 6), at(0, 10))
    venue.assign("x", "early1", "ILL")
    venue.assign("y", "late1", "BOB")
    venue.assign("z", "day0", "ANN")
    venue.ok(ReportAbsent("x", "SICK"), actor=LEAD)
    there = Venue("AQU")
    there.ok(EnrolPerson("FAR", Profile(("GENERAL",))))
    there.ok(RecordAccess("FAR", Access(1, (AccessWindow("STA", "BLUE", at(0, 0), at(9, 0)),))), actor=SYSTEM)
    workers = [*there.state.workers.values(), *venue.state.workers.values()]
    found = replacements(venue.state, "x", workers, POLICY)
    assert found == ["CIA", "ANN", "FAR"]
    codes = {
        who: venue.code(ReplaceAssignment("x", "new", who)).partition(":")[0] for who in ("NEW", "BOB", "ILL", "FAR")
    }
    assert codes == {"NEW": "NOT_TRAINED", "BOB": "REST", "ILL": "SAME_PERSON", "FAR": "UNKNOWN"}
    venue.ok(ReplaceAssignment("x", "new", found[0]))


def test_a_full_team_needs_the_place_of_who_is_replaced() -> None:
    venue = venue_of(*"ABCDEFGHI")
    for who in "ABCDEFG":
        venue.assign(who, "early1", who)
    assert replacements(venue.state, "A", venue.state.workers.values(), POLICY) == ["H", "I"]
    venue.ok(ReportAbsent("A", "SICK"), actor=LEAD)
    venue.ok(ProposeAssignment("H", "early1", "H"))
    assert replacements(venue.state, "A", venue.state.workers.values(), POLICY) == []
