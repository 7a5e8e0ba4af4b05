"""Matches: the way to the final score, and who is said to have won."""

from __future__ import annotations

from itertools import pairwise

import pytest

from replay.paris2024.files import BadInputError, Line
from replay.paris2024.matches import Decision, decision_of, running_scores, winner_of
from replay.paris2024.results import Row, Unit
from schemas.sport import UnitRule

SCORE = UnitRule(model="match", best="high")
DUEL = UnitRule(model="match", best="low", decimals=3)
WAVES = UnitRule(model="match", best="high", decimals=2)


def match(*sides: tuple[str, str, str], code: str = "FBLWTEAM11------------QFNL000100--") -> Unit:
    rows = tuple(
        Row(name, name, False, "QAA", None, "", None, mark, irm, wlt, "", Line("results/X.csv", 2, {}))
        for name, (mark, wlt, irm) in zip("ab", sides, strict=False)
    )
    return Unit(code, "Women", "Quarter-final", "Football", "Ground", 0, rows)


def decided(unit: Unit, rule: UnitRule = SCORE, advanced: frozenset[str] = frozenset()) -> tuple[str, str] | None:
    found: Decision | None = decision_of(unit, rule, set(advanced))
    return (found.winner, found.basis) if found else None


def test_a_score_that_decides_needs_no_decision() -> None:
    unit = match(("3", "W", ""), ("1", "L", ""))
    assert (winner_of(unit, SCORE), decided(unit)) == ("a", None)


def test_a_draw_needs_none() -> None:
    unit = match(("1", "T", ""), ("1", "T", ""))
    assert (winner_of(unit, SCORE), decided(unit)) == ("", None)


def test_a_level_score_needs_one() -> None:
    assert decided(match(("1", "L", ""), ("1", "W", ""))) == ("b", "penalties")
    assert decided(match(("1", "L", ""), ("1", "W", ""), code="WREMFS57KG------------SFNL000100--")) == (
        "b",
        "criteria",
    )


@pytest.mark.parametrize(
    ("sides", "code", "basis"),
    [
        ((("1", "L", "RET"), ("0", "W", "")), "BDM", "retired"),
        ((("", "L", ""), ("", "W", "W/O")), "TEN", "walkover"),
        ((("", "L", "WDR"), ("", "W", "")), "TKW", "walkover"),
        ((("", "L", ""), ("", "W", "")), "BOX", "referee"),
        ((("", "L", ""), ("", "W", "")), "WRE", "injury"),
        ((("7", "L", ""), ("2", "W", "")), "WRE", "referee"),
    ],
)
def test_why_the_score_does_not_decide(sides: tuple[tuple[str, str, str], ...], code: str, basis: str) -> None:
    unit = match(*sides, code=f"{code}MNOTHING----------8FNL000100--".ljust(34, "-"))
    assert decided(unit) == ("b", basis)


def test_a_fall_or_the_slower_time_loses_a_duel() -> None:
    assert winner_of(match(("4.997", "L", ""), ("4.995", "W", "")), DUEL) == "b"
    fall = match(("", "L", "Fall"), ("7.26", "W", ""))
    assert (winner_of(fall, DUEL), decided(fall, DUEL)) == ("b", None)


def test_without_a_score_and_a_winner_it_was_who_goes_on() -> None:
    unit = match(("", "", ""), ("", "", ""))
    assert decided(unit, advanced=frozenset("b")) == ("b", "rule")
    assert decided(unit) is None


def test_a_winner_that_nobody_names_follows_from_the_score() -> None:
    assert decided(match(("1", "", ""), ("0", "", "")), advanced=frozenset("a")) is None


def test_the_board_counts_from_nothing_to_the_final_score() -> None:
    boards = list(running_scores(match(("3", "W", ""), ("1", "L", "")), SCORE))
    assert boards[0] == {"a": "0", "b": "0"}
    assert boards[-1] == {"a": "3", "b": "1"}
    assert [int(board["a"]) for board in boards] == sorted(int(board["a"]) for board in boards)
    assert all(one != other for one, other in pairwise(boards))


def test_a_board_shows_as_many_decimals_as_the_sport_has() -> None:
    boards = list(running_scores(match(("12.17", "W", ""), ("4.50", "L", "")), WAVES))
    assert (boards[0], boards[-1]) == ({"a": "0.00", "b": "0.00"}, {"a": "12.17", "b": "4.50"})


def test_a_long_match_shows_no_more_than_a_dozen_steps() -> None:
    assert len(list(running_scores(match(("92", "W", ""), ("85", "L", "")), SCORE))) == 13


def test_nothing_is_shown_of_a_match_without_a_score() -> None:
    assert list(running_scores(match(("", "W", ""), ("", "L", "")), SCORE)) == []


def test_a_score_that_is_none_is_a_fault_of_the_input() -> None:
    with pytest.raises(BadInputError, match="no score: 'many'"):
        decided(match(("many", "W", ""), ("1", "L", "")))
