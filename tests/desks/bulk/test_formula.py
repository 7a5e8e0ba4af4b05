from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks.bulk.formula import LEADING, escape, is_formula, unescape


@pytest.mark.parametrize("first", LEADING)
def test_what_a_spreadsheet_would_evaluate_gets_an_apostrophe(first: str) -> None:
    assert escape(f"{first}1+1") == f"'{first}1+1"


def test_what_is_blank_before_it_hides_nothing() -> None:
    assert escape(" \N{NO-BREAK SPACE}=1+1") == "' \N{NO-BREAK SPACE}=1+1"


@pytest.mark.parametrize("text", ["", "Ann", "'t Hart", "李小龍", "نور", "1-1", "a=1"])
def test_everything_else_is_left_as_it_is(text: str) -> None:
    assert escape(text) == unescape(text) == text


@given(st.text())
def test_what_goes_out_begins_with_nothing_that_is_evaluated_and_comes_back(text: str) -> None:
    assert not escape(text).startswith(LEADING)
    assert unescape(escape(text)) == text or text.startswith("'")  # which only an export of an export would write


def test_a_formula_is_told_from_a_telephone_number() -> None:
    assert [is_formula(text) for text in ("=1+1", "\uff1d1", "@SUM(A1)", "+33 1 23", "-", "Ann")] == [
        *(True, True, True),
        *(False, False, False),
    ]
