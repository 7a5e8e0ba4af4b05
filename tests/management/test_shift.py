"""Shifts: the local day and night, also when the clocks change, and the mix of a team."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from management.ledger import MINUTE, most_worked_in_a_day
from management.shift import Shift, duty_of, is_night, missing, mix_is_possible
from management.worker import Worker
from schemas.policy.workforce import RoleRule
from tests.management.venue_hands import POLICY, at


def shift(starts: int, ends: int, offset: int = 120, offset_ends: int | None = None, **more: object) -> Shift:
    """A shift."""
    end = offset if offset_ends is None else offset_ends
    return Shift("S", "STA", "MARSHAL", "BLUE", starts, ends, offset, end, 3, **{"places": 6, **more})  # type: ignore[arg-type]


def utc(text: str) -> int:
    """Milliseconds of an instant."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("starts", "ends", "night"),
    [
        (at(1, 6), at(1, 14), False),
        (at(1, 14), at(1, 22), False),
        (at(1, 14), at(1, 22, 1), True),
        (at(1, 5, 59), at(1, 14), True),
        (at(1, 22), at(1, 30), True),
        (at(1, 0), at(1, 4), True),
        (at(1, 23), at(1, 23, 30), True),
        (at(1, 7), at(2, 6), True),
    ],
)
def test_night_is_by_the_clock_of_the_venue(starts: int, ends: int, night: bool) -> None:
    assert is_night(shift(starts, ends), POLICY) == night


def test_the_end_counts_by_the_clock_after_a_change() -> None:
    # Paris, 2030-10-27: at 03:00 summer time it is 02:00 again. 20:59Z is 22:59 before, and 21:59 were it winter.
    ends = utc("2030-10-27T05:00")  # 06:00 winter time; by the clock before it would be 07:00
    assert is_night(shift(utc("2030-10-27T04:30"), ends, 60, 60), POLICY)
    assert not is_night(shift(ends, utc("2030-10-27T13:00"), 60, 60), POLICY)
    assert is_night(shift(utc("2030-10-27T00:45"), utc("2030-10-27T01:15"), 120, 60), POLICY)  # 02:45 to 02:15


def test_a_night_in_which_the_clocks_go_back_has_an_hour_more() -> None:
    long = shift(utc("2030-10-26T19:30"), utc("2030-10-27T06:30"), 120, 60)  # 21:30 to 07:30: ten hours by the clock
    assert most_worked_in_a_day([], duty_of(long, "A")) == 11 * 60 * MINUTE


def test_a_duty_belongs_to_the_local_day_of_its_start() -> None:
    before, after = shift(at(1, 23, 59), at(2, 6)), shift(at(2, 0), at(2, 6))
    assert duty_of(after, "A").day - duty_of(before, "A").day == 1
    assert duty_of(before, "A", starts=at(2, 1)).day == duty_of(before, "A").day  # who comes later works the same day


def worker(*languages: str, leader: bool = False) -> Worker:
    """A person."""
    return Worker("P", "STA", (), languages=languages, leader=leader)


def test_what_a_team_lacks() -> None:
    rule = RoleRule(leader_every=4)
    assert missing([], 6, rule, {"fr": 1, "de": 2}) == {"LEADER": 2, "fr": 1, "de": 2}
    assert missing([worker("fr"), worker("de", leader=True)], 6, rule, {"fr": 1, "de": 2}) == {"LEADER": 1, "de": 1}
    assert missing([worker("fr", leader=True)] * 2, 6, RoleRule(), {}) == {}


def test_the_mix_is_possible_while_the_free_places_suffice() -> None:
    rule = RoleRule(leader_every=4)
    six = shift(at(1, 6), at(1, 14), languages={"fr": 3})
    assert mix_is_possible(six, [worker()] * 3, rule)
    assert not mix_is_possible(six, [worker()] * 4, rule)
    assert mix_is_possible(six, [worker()] * 3 + [worker("fr", leader=True)], rule)
    assert not mix_is_possible(six, [worker()] * 3 + [worker("fr")] * 2, rule)
