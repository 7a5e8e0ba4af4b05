"""Hard conflicts, one by one, and the work that it takes to find them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from management.schedule_board import Board, Conflict, Plan, View, put
from management.schedule_conflicts import Delta, Starts, changed, is_open, sport_day, touching
from tests.management.schedule_hands import (
    DAY,
    FINAL,
    HEAT1,
    HEAT2,
    HEATS,
    HOUR,
    MEN,
    MINUTE,
    SEMI,
    T20,
    TOKYO,
    bay,
    later,
    ms,
    pool,
    unit,
)

TEN = pool("2021-07-25T10:00")
DIVE = unit("DIV", "M3MSB", "HEAT", 1)


def conflicts(plans: dict[str, Plan], starts: Starts | None = None) -> dict[str, Conflict]:
    """Return all conflicts of some plans."""
    board = Board()
    for code, plan in plans.items():
        put(board, code, plan)
    return touching(View(board, {}), starts or Starts(), sorted(plans), T20)


# -- locations --------------------------------------------------------------------------------------------------------


def test_two_units_at_one_location_overlap() -> None:
    name = f"LOCATION:{HEAT1}:{HEAT2}"
    found = conflicts({HEAT2: later(TEN, 4 * MINUTE), HEAT1: TEN})
    assert found == {name: Conflict(name, "LOCATION", (HEAT1, HEAT2), TEN.start + 4 * MINUTE, 6 * MINUTE)}


def test_units_of_a_phase_follow_each_other_and_others_need_the_longer_turnaround() -> None:
    assert conflicts({HEAT1: TEN, HEAT2: later(TEN, 10 * MINUTE)}) == {}
    final = f"LOCATION:{FINAL}:{HEAT1}"
    assert conflicts({HEAT1: TEN, FINAL: later(TEN, 24 * MINUTE)})[final].short == MINUTE
    assert conflicts({HEAT1: TEN, FINAL: later(TEN, 25 * MINUTE)}) == {}
    dive = f"LOCATION:{DIVE}:{HEAT1}"
    assert conflicts({HEAT1: TEN, DIVE: later(TEN, 54 * MINUTE)})[dive].short == MINUTE
    assert conflicts({HEAT1: TEN, DIVE: later(TEN, 55 * MINUTE)}) == {}


def test_other_locations_and_other_venues_are_in_nobody_s_way() -> None:
    assert conflicts({HEAT1: TEN, HEAT2: replace(TEN, location="DIVING")}) == {}
    assert (
        conflicts({HEAT1: TEN, HEAT2: replace(TEN, venue="STA", start=TEN.start + 5 * DAY, end=TEN.end + 5 * DAY)})
        == {}
    )


def test_a_long_unit_that_began_long_before_is_found() -> None:
    name = f"LOCATION:{DIVE}:{HEAT1}"
    assert conflicts({DIVE: pool("2021-07-25T07:00", 200), HEAT1: TEN, HEAT2: later(TEN, 2 * HOUR)}) == {
        name: Conflict(name, "LOCATION", (DIVE, HEAT1), TEN.start, 65 * MINUTE)
    }


def test_of_two_that_begin_together_the_shorter_is_first_whichever_is_asked_for() -> None:
    short, long = pool("2021-07-25T10:00", 10), pool("2021-07-25T10:00", 30)
    name = f"LOCATION:{HEAT1}:{HEAT2}"
    assert conflicts({HEAT1: short, HEAT2: long})[name] == conflicts({HEAT1: long, HEAT2: short})[name]


# -- phases -----------------------------------------------------------------------------------------------------------


def test_a_unit_begins_when_the_phase_before_it_has_ended_and_a_gap_has_passed() -> None:
    name = f"PREDECESSOR:{HEATS}:{SEMI}"
    plans = {HEAT1: TEN, HEAT2: later(TEN, 10 * MINUTE)}
    soon = replace(later(TEN, 79 * MINUTE), after=(HEATS,))
    assert conflicts({**plans, SEMI: soon}) == {name: Conflict(name, "PREDECESSOR", (SEMI,), soon.start, MINUTE)}
    assert conflicts({**plans, SEMI: later(soon, MINUTE)}) == {}


def test_it_is_found_from_either_side() -> None:
    board = Board()
    put(board, HEAT1, TEN)
    put(board, SEMI, replace(later(TEN, 2 * HOUR), after=(HEATS,)))
    delta = changed(board, Starts(), {HEAT1: later(TEN, HOUR)}, T20)
    assert [conflict.name for conflict in delta.new] == [f"PREDECESSOR:{HEATS}:{SEMI}"]
    assert changed(board, Starts(), {HEAT1: None}, T20) == Delta()


# -- rest -------------------------------------------------------------------------------------------------------------


def starts(**units: tuple[str, ...]) -> Starts:
    by_athlete: dict[str, list[str]] = {}
    for code, athletes in units.items():
        for athlete in athletes:
            by_athlete.setdefault(athlete, []).append(code)
    return Starts(units, by_athlete)


def test_an_athlete_rests_between_two_units_wherever_they_are() -> None:
    other = replace(TEN, location="TEN-LANES")
    who = starts(**{HEAT1: ("A1", "A2"), FINAL: ("A1", "A2")})
    name = f"REST:{FINAL}:{HEAT1}"
    tired = conflicts({HEAT1: TEN, FINAL: later(other, 29 * MINUTE)}, who)
    assert tired == {name: Conflict(name, "REST", (FINAL, HEAT1), TEN.start + 29 * MINUTE, MINUTE)}
    assert conflicts({HEAT1: TEN, FINAL: later(other, 30 * MINUTE)}, who) == {}
    assert conflicts({HEAT1: TEN, FINAL: other}, starts(**{HEAT1: ("A1",), FINAL: ("A2",)})) == {}


def test_between_two_disciplines_the_longer_rest_counts() -> None:
    who = starts(**{HEAT1: ("A1",), MEN: ("A1",)})
    found = conflicts({HEAT1: TEN, MEN: bay("2021-07-26T09:00")}, who)
    assert found[f"REST:{HEAT1}:{MEN}"].short == HOUR + 10 * MINUTE
    assert conflicts({HEAT1: TEN, MEN: bay("2021-07-26T10:10")}, who) == {}


def test_an_athlete_whose_other_unit_has_no_time_is_not_tired() -> None:
    assert conflicts({HEAT1: TEN}, starts(**{HEAT1: ("A1",), FINAL: ("A1",)})) == {}


# -- hours ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "minutes", "short"),
    [
        ("2021-07-25T23:20", 10, 0),
        ("2021-07-25T23:25", 10, 5),
        ("2021-07-25T23:00", 480, 390),  # the whole night
        ("2021-07-26T05:50", 20, 10),
        ("2021-07-26T06:00", 20, 0),
        ("2021-07-25T22:30", 1560, 450),  # two nights: 390 minutes of one, 60 of the other
    ],
)
def test_curfew_is_by_the_venue_s_clock_and_over_midnight(begins: str, minutes: int, short: int) -> None:
    found = conflicts({HEAT1: pool(begins, minutes)}).get(f"CURFEW:{HEAT1}")
    assert (found.short if found else 0) == short * MINUTE


def test_without_lights_daylight_is_needed() -> None:
    found = conflicts({MEN: bay("2021-07-26T17:00")})
    name = f"DAYLIGHT:{MEN}"
    assert found == {name: Conflict(name, "DAYLIGHT", (MEN,), ms("2021-07-26T17:00"), 15 * MINUTE)}
    assert conflicts({MEN: bay("2021-07-26T16:45")}) == {}
    assert conflicts({MEN: bay("2021-07-26T04:45")}) == {}


@pytest.mark.parametrize(
    ("begins", "medal", "found"),
    [("09:59", True, 1), ("10:00", True, 0), ("12:59", True, 0), ("13:00", True, 1), ("13:00", False, 0)],
)
def test_medals_are_decided_when_the_world_watches(begins: str, medal: bool, found: int) -> None:
    assert len(conflicts({FINAL: pool(f"2021-07-25T{begins}", medal=medal)})) == found


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (pool("2021-07-21T09:00"), True),  # the window opens
        (pool("2021-07-21T08:59"), False),
        (pool("2021-08-08T23:50"), True),
        (pool("2021-08-08T23:51"), False),
        (pool("2021-08-02T14:59"), False),  # closed until 15:00
        (pool("2021-08-02T15:00"), True),
        (bay("2021-08-01T10:00"), True),  # a contingency day, after the window
        (bay("2021-08-02T10:00"), False),
    ],
)
def test_a_venue_is_open_in_its_window_and_on_contingency_days(plan: Plan, expected: bool) -> None:
    code = HEAT1 if plan.venue == "AQU" else MEN
    assert is_open(plan, T20) is expected
    assert (f"VENUE_CLOSED:{code}" in conflicts({code: plan})) is not expected


def test_a_sport_day_ends_at_three_by_the_venue_s_clock() -> None:
    days = [sport_day(ms(f"2021-07-{text}"), TOKYO, 3) for text in ("25T03:00", "26T02:59", "26T03:00")]
    assert days == [days[0], days[0], days[0] + 1]


# -- how they change, and what that costs -----------------------------------------------------------------------------


def test_a_change_says_which_conflicts_go_come_and_are_others_now() -> None:
    board = Board()
    put(board, HEAT1, TEN)
    put(board, HEAT2, later(TEN, 5 * MINUTE))
    name = f"LOCATION:{HEAT1}:{HEAT2}"
    away = changed(board, Starts(), {HEAT2: later(TEN, HOUR)}, T20)
    assert away == Delta((name,), ())
    nearer = changed(board, Starts(), {HEAT2: later(TEN, 4 * MINUTE)}, T20)
    assert nearer == Delta((), (Conflict(name, "LOCATION", (HEAT1, HEAT2), TEN.start + 4 * MINUTE, 6 * MINUTE),))
    assert changed(board, Starts(), {HEAT2: later(TEN, 5 * MINUTE)}, T20) == Delta()
    both = {HEAT1: later(TEN, DAY), HEAT2: later(TEN, DAY + 10 * MINUTE)}
    assert changed(board, Starts(), both, T20) == Delta((name,), ())
    clash = changed(board, Starts(), {HEAT1: later(TEN, DAY), HEAT2: later(TEN, DAY + 5 * MINUTE)}, T20)
    assert [conflict.start for conflict in clash.new] == [TEN.start + DAY + 5 * MINUTE]


def test_two_units_may_change_places() -> None:
    board, tower = Board(), replace(TEN, location="TOWER")
    put(board, HEAT1, TEN)
    put(board, HEAT2, tower)
    assert changed(board, Starts(), {HEAT1: tower, HEAT2: TEN}, T20) == Delta()


class Counted(dict[str, Any]):
    """Plans that count how often they are looked up."""

    looked = 0

    def get(self, key: str, default: Any = None) -> Any:
        Counted.looked += 1
        return super().get(key, default)


def looked_up(units: int) -> int:
    """Return how many plans a move looks at in a schedule of so many units."""
    board = Board(plans=Counted())
    for number in range(units):
        code = unit("SWM", f"M{number // 8}M", "HEAT", number % 8)
        put(board, code, later(replace(TEN, location=f"L{number % 40}"), number // 40 * 20 * MINUTE))
    moved = unit("SWM", "M0M", "HEAT", 0)
    Counted.looked = 0
    changed(board, Starts(), {moved: later(board.plans[moved], 5 * MINUTE)}, T20)
    return Counted.looked


def test_the_work_of_a_move_does_not_grow_with_the_schedule() -> None:
    assert looked_up(10_000) == looked_up(1_000) < 60
