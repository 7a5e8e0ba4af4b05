"""The policy of a volunteer programme: what is no policy is refused where it is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

import schemas
from schemas.policy.volunteers import decode

FILE = (Path(schemas.__file__).parent / "policy" / "t20" / "volunteers.toml").read_text()


@pytest.mark.parametrize(
    ("line", "instead", "says"),
    [
        ("least_age = 16", "leastage = 16", "unknown field `leastage`"),
        ("least_age = 16", "least_age = 19", "nobody is too young and of age"),
        ("least_days = 10", "least_days = 24", "at least the days that it asks for"),
        ("least_days = 10", "least_days = 0", "at least the days that it asks for"),
        ("ends = 2030-08-11", "ends = 2030-07-19", "at least the days that it asks for"),
        ("hold_minutes = 120", "hold_minutes = 0", "are not negative"),
    ],
)
def test_what_is_no_policy_says_why(line: str, instead: str, says: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=says):
        decode(FILE.replace(line, instead, 1).encode())


def test_its_days_are_dates() -> None:
    policy = decode(FILE.encode())
    assert (policy.starts, policy.ends) == (date(2030, 7, 20), date(2030, 8, 11))
