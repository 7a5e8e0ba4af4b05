"""The policy of the workforce: what is no policy is refused where it is read."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import schemas
from schemas.policy.workforce import decode

FILE = (Path(schemas.__file__).parent / "policy" / "t20" / "workforce.toml").read_text()


@pytest.mark.parametrize(
    ("line", "instead", "says"),
    [
        ("rest = 660", "resst = 660", "unknown field `resst`"),
        ("rest = 660", "rest = -1", "minutes are not negative"),
        ("rest = 660", 'rest = "long"', "Expected `int`"),
        ("night_until = 360", "night_until = 1320", "a night ends on the day after"),
        ("attendance_permille = 700", "attendance_permille = 399", "attendance is in permille"),
        ("attendance_permille = 700", "attendance_permille = 1001", "attendance is in permille"),
        ("confidence_permille = 950", "confidence_permille = 1000", "confidence is in permille"),
        ("spare = 20", "spare = -1", "weights are not negative"),
        ("most_consecutive_days = 5", "most_consecutive_days = 0", "somebody may work"),
    ],
)
def test_what_is_no_policy_says_why(line: str, instead: str, says: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=says):
        decode(FILE.replace(line, instead, 1).encode())


def test_the_way_is_the_same_there_and_back() -> None:
    policy = decode(FILE.encode())
    ways = [("STA", "AQU"), ("AQU", "STA"), ("STA", "STA"), ("STA", "ELSEWHERE"), ("VIL", "AQU")]
    assert [policy.travel_between(*way) for way in ways] == [45, 45, 0, 60, 720]
