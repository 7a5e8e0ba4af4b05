"""A board: its indexes, and how it looks after changes that are not made yet."""

from __future__ import annotations

from management.schedule_board import Board, Timeline, View, put
from tests.management.schedule_hands import FINAL, HEAT1, HEAT2, HEAT3, HEATS, MINUTE, SEMI, SEMIS, later, pool

AT_TEN = pool("2021-07-25T10:00")


def board() -> Board:
    made = Board()
    put(made, HEAT1, AT_TEN)
    put(made, HEAT2, later(AT_TEN, 10 * MINUTE))
    put(made, SEMI, pool("2021-07-26T10:00", after=(HEATS,)))
    return made


def test_a_unit_is_found_by_its_location_and_its_phases() -> None:
    made = board()
    assert made.places["AQU/POOL"].slots == [
        (AT_TEN.start, HEAT1),
        (AT_TEN.start + 10 * MINUTE, HEAT2),
        (made.plans[SEMI].start, SEMI),
    ]
    assert (made.phases, made.followers) == ({HEATS: [HEAT1, HEAT2], SEMIS: [SEMI]}, {HEATS: [SEMI]})


def test_a_unit_that_moves_or_goes_leaves_no_trace() -> None:
    made = board()
    put(made, SEMI, pool("2021-07-27T10:00"))
    assert (made.places["AQU/POOL"].slots[-1], made.followers) == ((made.plans[SEMI].start, SEMI), {})
    for code in (HEAT1, HEAT2, SEMI):
        put(made, code, None)
    assert (made.plans, made.phases, made.places["AQU/POOL"].slots) == ({}, {}, [])
    put(made, SEMI, None)
    assert made.plans == {}


def test_around_an_instant_are_those_that_may_still_last() -> None:
    timeline = Timeline()
    timeline.add("LONG", pool("2021-07-25T08:00", 150))
    for number, begins in enumerate(("07:00", "09:00", "10:00", "12:00")):
        timeline.add(f"U{number}", pool(f"2021-07-25T{begins}"))
    first = pool("2021-07-25T10:00").start
    assert list(timeline.around(first, first + 10 * MINUTE)) == ["LONG", "U1", "U2"]


def test_a_view_shows_changes_and_leaves_the_board() -> None:
    made = board()
    moved = pool("2021-07-25T10:05", after=(SEMIS,))
    view = View(made, {HEAT1: None, FINAL: moved, HEAT3: later(AT_TEN, MINUTE)})
    assert (view.plan(HEAT1), view.plan(HEAT2), view.plan(FINAL)) == (None, made.plans[HEAT2], moved)
    near = [code for code, _ in view.around("AQU/POOL", AT_TEN.start, AT_TEN.end)]
    assert near == [HEAT2, HEAT3, FINAL]
    assert view.phase_end(HEATS) == AT_TEN.end + 10 * MINUTE
    assert [code for code, _ in view.followers(SEMIS)] == [FINAL]
    assert [code for code, _ in view.followers(HEATS)] == [SEMI]
    assert list(view.around("AQU/DIVING", 0, AT_TEN.end)) == []
    assert made == board()


def test_a_phase_without_a_planned_unit_has_no_end() -> None:
    assert View(board(), {}).phase_end(FINAL[:26] + "--------") is None
    assert View(board(), {SEMI: None}).phase_end(SEMIS) is None
