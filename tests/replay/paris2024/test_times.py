"""Times: an order of things that could have been, from dates that could not."""

from __future__ import annotations

from engine.sports import load_sports
from replay.paris2024.files import Line
from replay.paris2024.plan import Planned
from replay.paris2024.results import Row, Unit
from replay.paris2024.times import MINUTE, SECOND, Clock, Times, clock_units

EVENT = "SWMM100MFR------------"
HEAT, FINAL = EVENT + "HEAT000100--", EVENT + "FNL-000100--"
HOUR = 60 * MINUTE


def unit(code: str, date: int, *marks: str) -> Unit:
    line = Line("results/Swimming.csv", 2, {})
    rows = tuple(
        Row(f"s{n}", "", False, "QAA", n, "", n, mark, "", "", "", line) for n, mark in enumerate(marks, start=1)
    )
    return Unit(code, "Men's 100m Freestyle", "", "Swimming", "Pool", date, rows)


def planned(start: int, end: int) -> Planned:
    return Planned(start, end, "2024-07-30", 0, "BLU", "")


def clock(plans: dict[str, Planned], *units: Unit) -> Clock:
    return clock_units({one.code: one for one in units}, plans, load_sports(), {})


def one(plan: Planned | None, found: Unit) -> tuple[Times, Clock]:
    result = clock({found.code: plan} if plan else {}, found)
    return result.times[found.code], result


def test_a_result_is_official_when_it_was_published_if_that_was_in_its_time() -> None:
    times, _ = one(planned(10 * HOUR, 10 * HOUR + 8 * MINUTE), unit(HEAT, 10 * HOUR + 6 * MINUTE, "48.10", "49.00"))
    assert times.official == 10 * HOUR + 6 * MINUTE


def test_else_at_its_planned_end() -> None:
    times, result = one(planned(10 * HOUR, 10 * HOUR + 8 * MINUTE), unit(HEAT, 80 * HOUR, "48.10", "49.00"))
    assert times.official == 10 * HOUR + 8 * MINUTE
    assert result.shifts.official_at_planned_end == 1


def test_a_race_ends_with_its_slowest_time_two_minutes_before_the_signature() -> None:
    times, _ = one(planned(10 * HOUR, 10 * HOUR + 8 * MINUTE), unit(HEAT, 80 * HOUR, "48.10", "49.00"))
    assert (times.end, times.end - times.start) == (10 * HOUR + 6 * MINUTE, 49 * SECOND)
    assert times.listed == times.start - 30 * MINUTE


def test_a_race_that_takes_longer_than_planned_is_signed_later() -> None:
    times, result = one(planned(10 * HOUR, 10 * HOUR + 8 * MINUTE), unit(HEAT, 80 * HOUR, "14:30.67"))
    assert (times.start, times.end) == (10 * HOUR, 10 * HOUR + 870_670)
    assert times.official == times.end + 40 * SECOND
    assert result.shifts.official_moved_later == 1


def test_a_unit_without_a_plan_ends_when_its_result_was_published() -> None:
    times, result = one(None, unit(HEAT, 10 * HOUR, "48.10"))
    assert (times.official, result.shifts.unplanned) == (10 * HOUR, 1)
    assert times.start < times.end < times.official


def test_a_start_list_waits_for_the_results_that_fill_it() -> None:
    plans = {HEAT: planned(10 * HOUR, 10 * HOUR + 8 * MINUTE), FINAL: planned(10 * HOUR + 20 * MINUTE, 11 * HOUR)}
    heat, final = unit(HEAT, 80 * HOUR, "48.10"), unit(FINAL, 80 * HOUR, "48.00")
    result = clock({**plans, FINAL: plans[FINAL]._replace(end=10 * HOUR + 25 * MINUTE)}, heat, final)
    assert result.times[FINAL].listed == result.times[HEAT].official + 20 * SECOND
    assert result.shifts.lists_later == 1


def test_a_result_is_official_earlier_where_the_next_phase_would_not_wait() -> None:
    plans = {HEAT: planned(10 * HOUR, 11 * HOUR), FINAL: planned(10 * HOUR + 30 * MINUTE, 10 * HOUR + 31 * MINUTE)}
    result = clock(plans, unit(HEAT, 80 * HOUR, "48.10"), unit(FINAL, 80 * HOUR, "48.00"))
    heat, final = result.times[HEAT], result.times[FINAL]
    assert heat.start < heat.end < heat.official < final.listed < final.start
    assert result.shifts.official_moved_earlier == 1


def test_a_unit_that_must_be_over_before_it_was_planned_begins_earlier() -> None:
    plans = {
        EVENT + "HEAT000100--": planned(10 * HOUR, 10 * HOUR + 10 * MINUTE),
        FINAL: planned(10 * HOUR + 30 * SECOND, 10 * HOUR + 2 * MINUTE),
    }
    result = clock(plans, unit(HEAT, 80 * HOUR, "48.10"), unit(FINAL, 80 * HOUR, "48.00"))
    assert result.times[HEAT].official <= result.times[FINAL].listed
    assert result.shifts.start_moved_earlier >= 1


def test_a_total_lasts_from_its_first_part_to_the_last_signature() -> None:
    rounds = [f"GLFMSTROKE------------FNL-000{n}00--" for n in (1, 2)]
    total = "GLFMSTROKE------------------------"
    days = {code: planned(n * 24 * HOUR, n * 24 * HOUR + 8 * HOUR) for n, code in enumerate(rounds)}
    units = {code: unit(code, 0, "63") for code in (*rounds, total)}
    result = clock_units(units, days, load_sports(), {total: rounds})
    first, last, whole = (result.times[code] for code in (*rounds, total))
    assert (whole.listed, whole.start, whole.end) == (first.listed, first.start, last.end)
    assert whole.official == last.official + SECOND
