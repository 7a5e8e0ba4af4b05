"""Rates: how often something may be asked."""

from __future__ import annotations

import pytest

from desks.errors import BadPolicy, Turned
from desks.rates import Rates


def test_beyond_its_rate_it_is_turned_away_with_the_time_to_wait() -> None:
    rates = Rates({"login": "2/hour"})
    rates.hit("login", "a")
    rates.hit("login", "a")
    with pytest.raises(Turned) as away:
        rates.hit("login", "a")
    assert (away.value.status, away.value.code, away.value.retry) == (429, "too_many", True)
    assert 0 < int(away.value.headers["Retry-After"]) <= 3601
    rates.hit("login", "b")  # another one's


def test_of_several_rates_each_counts() -> None:
    rates = Rates({"login": "3/hour;2/day"})
    assert [rates.allows("login", "a") for _ in range(3)] == [True, True, False]


def test_something_may_cost_more_than_one() -> None:
    rates = Rates({"reads": "10/hour"})
    assert [rates.allows("reads", "a", cost=cost) for cost in (6, 5, 4)] == [True, False, True]
    assert rates.allows("reads", "b", cost=99)  # no more than all of it, or it could never be


def test_what_has_no_rate_is_not_limited() -> None:
    assert all(Rates({}).allows("login", "a") for _ in range(1000))


def test_what_is_no_rate_is_named() -> None:
    with pytest.raises(BadPolicy, match=r"rates\.login: "):
        Rates({"login": "often"})
