"""The ledger: hours, rest and days, each rule at its border, and against counting minute by minute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from management.ledger import (
    DAY,
    MINUTE,
    Duty,
    add_duty,
    days_in_a_row,
    most_worked_in_a_day,
    overlapped,
    rest_broken_by,
)

HOUR = 60 * MINUTE


def duty(starts: int, ends: int, venue: str = "STA", day: int = 0, name: str = "D") -> Duty:
    """A duty by hours from an origin."""
    return Duty(100 * DAY + starts * HOUR, 100 * DAY + ends * HOUR, venue, day, name)


def way(one: str, other: str) -> int:
    """Half an hour between any two venues."""
    return 0 if one == other else 30


def test_duties_end_to_end_do_not_overlap() -> None:
    assert overlapped([duty(6, 14)], duty(14, 22), way) is None
    assert overlapped([duty(6, 14)], duty(13, 22), way) == duty(6, 14)
    assert overlapped([duty(6, 14)], duty(0, 6), way) is None


def test_the_way_between_venues_counts_before_and_after() -> None:
    there = duty(6, 14, "AQU")
    assert overlapped([there], duty(14, 22), way) == there
    assert overlapped([there], duty(0, 6), way) == there
    half_past = Duty(there.ends + 30 * MINUTE, there.ends + HOUR, "STA", 0, "N")
    assert overlapped([there], half_past, way) is None


def test_rest_of_exactly_the_least_is_enough() -> None:
    assert rest_broken_by([duty(6, 14)], duty(25, 33), 660) is None
    assert rest_broken_by([duty(6, 14)], duty(24, 32), 660) == duty(6, 14)
    assert rest_broken_by([duty(25, 33)], duty(6, 14), 661) == duty(25, 33)


def test_hours_are_counted_in_any_24_hours_and_not_by_the_day() -> None:
    assert most_worked_in_a_day([duty(14, 22)], duty(33, 41)) == 13 * HOUR  # 14:00 to 14:00 holds 8 and 5 hours
    assert most_worked_in_a_day([duty(14, 22)], duty(38, 46)) == 8 * HOUR
    assert most_worked_in_a_day([duty(14, 22), duty(54, 62)], duty(34, 42)) == 12 * HOUR  # to either side


def test_days_in_a_row_are_joined_by_the_day_between() -> None:
    before = [duty(0, 1, day=3), duty(0, 1, day=4), duty(0, 1, day=6), duty(0, 1, day=8)]
    assert days_in_a_row(before, duty(0, 1, day=5)) == 4
    assert days_in_a_row(before, duty(0, 1, day=6)) == 1
    assert days_in_a_row([], duty(0, 1, day=5)) == 1


spans = st.tuples(st.integers(0, 71), st.integers(1, 10)).map(lambda span: duty(span[0], span[0] + span[1]))


@given(st.lists(spans, max_size=6), spans)
def test_the_most_in_24_hours_is_what_sliding_a_window_finds(others: list[Duty], new: Duty) -> None:
    duties = [other for other in others if overlapped([new], other, way) is None]
    slid = [
        sum(max(0, min(d.ends, start + DAY) - max(d.starts, start)) for d in (*duties, new))
        for start in range(new.starts - DAY, new.ends + 1, HOUR)
    ]
    assert most_worked_in_a_day(duties, new) == max(slid)


@given(st.permutations([duty(n, n + 1) for n in range(5)]))
def test_duties_stand_by_time(duties: list[Duty]) -> None:
    ledger: list[Duty] = []
    for each in duties:
        add_duty(ledger, each)
    assert ledger == sorted(duties)
