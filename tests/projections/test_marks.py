"""Marks: what a venue shows, as integers and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.marks import BadMarkError, format_gap, format_value, parse_mark


@pytest.mark.parametrize(
    ("text", "decimals", "value"),
    [
        ("9.80", 2, 980),
        ("9.8", 2, 980),
        ("10", 2, 1000),
        (".5", 1, 5),
        ("7.", 1, 70),
        ("9.800", 2, 980),
        ("1:43.20", 2, 10320),
        ("2:06:26", 0, 7586),
        ("2:06:26", 2, 758600),
        ("0:59.9", 1, 599),
        ("-4", 0, -4),
        ("+3", 0, 3),
        ("-0.50", 2, -50),
        ("-1:30.0", 1, -900),
        ("-0:10.0", 1, -100),
        ("+0:10", 0, 10),
        (" 8.03 ", 2, 803),
        ("007", 0, 7),
    ],
)
def test_a_mark_is_read_as_it_is_shown(text: str, decimals: int, value: int) -> None:
    assert parse_mark(text, decimals) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "+",
        ".",
        "-.",
        ":",
        "1:",
        ":30",
        "1:-5",
        "--1",
        "1_0",
        "x",
        "8.0x",
        "1,5",
        "1.5:30",
        "1 5",
        "1.2.3",
        "1e3",
        "NaN",
        "Infinity",
        "\u0663",
        "9" * 16,
        "9" * 5000,
        "1:" * 40 + "1",
    ],
)
@pytest.mark.parametrize("decimals", [0, 2, 4])
def test_what_is_no_mark_is_refused(text: str, decimals: int) -> None:
    with pytest.raises(BadMarkError) as caught:
        parse_mark(text, decimals)
    assert caught.value.text == text
    assert str(caught.value) == f"not a mark: {text!r}"


def test_nothing_is_rounded_away() -> None:
    with pytest.raises(BadMarkError):
        parse_mark("9.805", 2)


@pytest.mark.parametrize(
    ("value", "decimals", "clock", "text"),
    [
        (980, 2, False, "9.80"),
        (10320, 2, False, "103.20"),
        (10320, 2, True, "1:43.20"),
        (5999, 2, True, "59.99"),
        (6000, 2, True, "1:00.00"),
        (758600, 2, True, "2:06:26.00"),
        (7, 0, False, "7"),
        (-5, 1, False, "-0.5"),
        (-900, 1, True, "-1:30.0"),
        (0, 2, False, "0.00"),
    ],
)
def test_a_value_is_shown(value: int, decimals: int, clock: bool, text: str) -> None:
    assert format_value(value, decimals, clock=clock) == text


@given(st.integers(-(10**9), 10**9), st.integers(0, 4), st.booleans())
def test_what_is_shown_is_read_again(value: int, decimals: int, clock: bool) -> None:
    assert parse_mark(format_value(value, decimals, clock=clock), decimals) == value


@pytest.mark.parametrize(
    ("value", "leader", "shown", "gap"),
    [
        (983, 980, "9.83", "+0.03"),
        (980, 980, "9.80", ""),
        (800, 805, "8.00", "-0.05"),
        (900, 800, "9", "+1"),
        (7000, 980, "1:10.00", "+1:00.20"),
    ],
)
def test_a_gap_has_the_decimals_of_its_mark(value: int, leader: int, shown: str, gap: str) -> None:
    assert format_gap(value, leader, 2, shown, clock=True) == gap
