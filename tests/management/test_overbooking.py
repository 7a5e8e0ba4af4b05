"""Overbooking: the smallest number that gives enough, exactly."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from management.overbooking import enough_come, overbooked


def chance(published: int, need: int, attendance: int) -> Fraction:
    """P(Binomial(published, attendance) >= need), by its definition."""
    p = Fraction(attendance, 1000)
    terms = (comb(published, k) * p**k * (1 - p) ** (published - k) for k in range(need, published + 1))
    return sum(terms, Fraction())


def test_known_numbers() -> None:
    assert [overbooked(need, 700, 950) for need in (0, 1, 2, 10, 40)] == [0, 3, 5, 19, 66]


def test_who_always_comes_is_not_overbooked() -> None:
    assert [overbooked(7, 1000, confidence) for confidence in (0, 950, 1000)] == [7, 7, 7]


@pytest.mark.parametrize(("attendance", "confidence"), [(0, 950), (1001, 950), (700, 1000), (700, 1001)])
def test_what_no_number_can_give_is_an_error(attendance: int, confidence: int) -> None:
    with pytest.raises(ValueError, match=f"no number gives 3 with attendance {attendance}"):
        overbooked(3, attendance, confidence)


@given(st.integers(0, 30), st.integers(0, 20), st.integers(1, 1000), st.integers(0, 1000))
def test_the_chance_is_the_binomial_one(published: int, need: int, attendance: int, confidence: int) -> None:
    expected = chance(published, need, attendance) >= Fraction(confidence, 1000)
    assert enough_come(published, need, attendance, confidence) == expected


@given(st.integers(1, 25), st.integers(100, 1000), st.integers(1, 999))
def test_it_is_enough_and_one_less_is_not(need: int, attendance: int, confidence: int) -> None:
    number = overbooked(need, attendance, confidence)
    assert enough_come(number, need, attendance, confidence)
    assert number == need or not enough_come(number - 1, need, attendance, confidence)
