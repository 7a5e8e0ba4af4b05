"""The clock on the wall: offsets, and the two nights of the year on which it jumps."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfoNotFoundError

import pytest

from desks.venue_clock import instant_of, offset_at

HOUR = 3_600_000


def utc(text: str) -> int:
    """Milliseconds of an instant."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("zone", "instant", "minutes"),
    [
        ("Europe/Paris", "2030-07-20T12:00", 120),
        ("Europe/Paris", "2030-10-27T00:59", 120),
        ("Europe/Paris", "2030-10-27T01:00", 60),
        ("Asia/Tokyo", "2030-07-20T12:00", 540),
        ("Asia/Kathmandu", "2030-07-20T12:00", 345),
        ("America/Los_Angeles", "2030-07-20T12:00", -420),
    ],
)
def test_how_far_it_is_from_utc(zone: str, instant: str, minutes: int) -> None:
    assert offset_at(zone, utc(instant)) == minutes


def test_a_night_has_the_hours_that_it_has() -> None:
    nights = [
        instant_of("Europe/Paris", datetime(2030, month, day + 1, 6))
        - instant_of("Europe/Paris", datetime(2030, month, day, 22))
        for month, day in ((7, 20), (10, 26), (3, 30))
    ]
    assert nights == [8 * HOUR, 9 * HOUR, 7 * HOUR]


def test_of_the_hour_that_comes_twice_the_first_is_meant() -> None:
    first, second = (datetime(2030, 10, 27, 2, 30, fold=fold) for fold in (0, 1))
    assert instant_of("Europe/Paris", first) == utc("2030-10-27T00:30")
    assert instant_of("Europe/Paris", second) == utc("2030-10-27T01:30")


def test_a_time_that_the_clock_leaves_out_is_none() -> None:
    with pytest.raises(ValueError, match="never shows 2030-03-31 02:30"):
        instant_of("Europe/Paris", datetime(2030, 3, 31, 2, 30))


def test_a_time_with_a_zone_and_a_zone_that_is_none() -> None:
    with pytest.raises(ValueError, match="has a zone"):
        instant_of("Europe/Paris", datetime(2030, 3, 31, tzinfo=UTC))
    with pytest.raises(ZoneInfoNotFoundError):
        offset_at("Europe/Atlantis", 0)
