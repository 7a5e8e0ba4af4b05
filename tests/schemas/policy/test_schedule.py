"""The schedule policy: periods, daily hours, and what a file of it must say."""

from __future__ import annotations

from datetime import time

import msgspec
import pytest

from schemas.policy.schedule import Daily, Discipline, Policy
from tests.management.schedule_hands import T20, ms


def test_a_period_has_its_first_instant_and_not_its_last() -> None:
    closed = T20.venues["AQU"].closed[0]
    first, end = ms("2021-08-02T09:00"), ms("2021-08-02T15:00")
    assert (closed.first, closed.end) == (first, end)
    assert [closed.covers(*each) for each in ((first, end), (first - 1, end), (first, end + 1))] == [True, False, False]
    touching = ((first - 5, first), (first - 5, first + 1), (end - 1, end + 5), (end, end + 5))
    assert [closed.meets(*each) for each in touching] == [False, True, True, False]


@pytest.mark.parametrize(
    ("opens", "closes", "first", "length"),
    [(time(10), time(13), 600, 180), (time(23, 30), time(6), 1410, 390), (time(6), time(6), 360, 1440)],
)
def test_daily_hours_may_go_over_midnight_and_last_a_day(opens: time, closes: time, first: int, length: int) -> None:
    hours = Daily(opens, closes)
    assert (hours.first, hours.length) == (first, length)


def test_a_discipline_that_is_not_named_has_no_least_times() -> None:
    assert T20.of("JUDM60KG") == Discipline()
    assert T20.of("SWMM100M").rest == 20
    assert T20.longest_turnaround == 60
    assert msgspec.structs.replace(T20, disciplines={}).longest_turnaround == 0


def test_every_kind_of_change_has_its_approvers() -> None:
    with pytest.raises(ValueError, match="approvers"):
        msgspec.structs.replace(T20, approvals={"postpone": ("IF_DELEGATE",)})


def test_times_without_an_offset_and_unknown_words_are_refused() -> None:
    period = msgspec.to_builtins(T20.venues["AQU"].window) | {"opens": "2021-07-21T00:00:00"}
    with pytest.raises(msgspec.ValidationError, match="timezone"):
        msgspec.convert({"zone": "Asia/Tokyo", "window": period}, type=type(T20.venues["AQU"]))
    with pytest.raises(msgspec.ValidationError, match="unknown field `lucky`"):
        msgspec.convert({"lucky": True}, type=Policy)
