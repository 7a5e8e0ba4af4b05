"""View patterns: what they mean, what they may be, and where they are wrong."""

from __future__ import annotations

import pytest

from feeds import patterns
from feeds.errors import Refused


@pytest.mark.parametrize(
    ("pattern", "view", "expected"),
    [
        ("medals/table", "medals/table", True),
        ("medals/table", "medals/table2", False),
        ("medals/*", "medals/table", True),
        ("medals/*", "medals/day/2030-03-17", False),
        ("medals/**", "medals/day/2030-03-17", True),
        ("medals/**", "medals", True),
        ("**", "organisations", True),
        ("**", "schedule/day/2030-03-17", True),
        ("**/table", "medals/table", True),
        ("**/table", "medals/day/x", False),
        ("result/ATH*FNL-*", "result/ATHM100M--------------FNL-000100--", True),
        ("result/ATH*FNL-*", "result/ATHM100M--------------HEAT000100--", False),
        ("*/ATH", "schedule/ATH", True),
        ("result/a.b", "result/axb", False),
    ],
)
def test_what_a_pattern_matches(pattern: str, view: str, expected: bool) -> None:
    assert patterns.decode([pattern], most=1).matches(view) is expected


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("", "bad_pattern"),
        ("x" * 129, "bad_pattern"),
        ("medals/table?", "bad_pattern"),
        ("medals//table", "bad_pattern"),
        ("medals/", "bad_pattern"),
        ("medals/a**", "bad_pattern"),
        ("**/**", "bad_pattern"),
        ("result/*a*b*c*d*e", "bad_pattern"),
        ("medal/table", "unknown_view"),
    ],
)
def test_the_place_of_what_is_wrong(wrong: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        patterns.decode(["medals/table", wrong], most=10)
    assert (refused.value.code, refused.value.at) == (code, "views[1]")


@pytest.mark.parametrize(("texts", "code"), [([], "bad_pattern"), (["medals/table"] * 401, "too_many")])
def test_how_many(texts: list[str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        patterns.decode(texts, most=400)
    assert (refused.value.code, refused.value.at) == (code, "views")


def test_equal_subscriptions_are_equal_in_any_order() -> None:
    assert patterns.decode(["result/**", "medals/table", "result/**"], most=9).texts == ("medals/table", "result/**")


def test_literal_patterns_select_without_looking_at_every_name() -> None:
    wanted = patterns.decode(["medals/table", "venues"], most=9)
    assert wanted.select(["venues", "medals/day/x", "medals/table"]) == ["venues", "medals/table"]
    assert wanted.globs == ()
