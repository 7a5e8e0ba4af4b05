"""Orders: only what the marks leave open is decided."""

from __future__ import annotations

from replay.paris2024.files import Line
from replay.paris2024.orders import orders_of, value_of
from replay.paris2024.results import Row, Unit
from schemas.sport import UnitRule

RACE = UnitRule(model="timed", decimals=2, ties="break", placed_irms=("DNF", "REL"))
UNIT = "ATHM200M--------------FNL-000100--"


def row(code: str, rank: int | None, mark: str = "", irm: str = "") -> Row:
    return Row(code, code, False, "QAA", None, "", rank, mark, irm, "", "", Line("results/X.csv", 2, {}))


def unit(*rows: Row) -> Unit:
    return Unit(UNIT, "Men's 200m", "Final", "Athletics", "Oval", 0, rows)


def said(rule: UnitRule, *rows: Row) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
    return [(order.kind, order.groups) for order in orders_of(unit(*rows), rule)]


def test_different_marks_need_nothing() -> None:
    assert said(RACE, row("a", 1, "19.90"), row("b", 2, "20.02"), row("c", None, irm="DQ")) == []


def test_equal_marks_with_different_ranks_need_an_order_each_group_for_itself() -> None:
    rows = [row("a", 2, "20.02"), row("b", 1, "20.02"), row("c", 3, "20.10"), row("d", 5, "20.3"), row("e", 4, "20.30")]
    assert said(RACE, *rows) == [("equal_marks", (("b",), ("a",))), ("equal_marks", (("e",), ("d",)))]


def test_some_of_equal_marks_may_share_their_place() -> None:
    rows = [row("a", 1, "2.00"), row("b", 2, "2.00"), row("c", 2, "2.00")]
    height = UnitRule(model="height", best="high", decimals=2, ties="break")
    assert said(height, *rows) == [("equal_marks", (("a",), ("b", "c")))]


def test_a_shared_place_is_confirmed_only_where_ties_must_be_broken() -> None:
    rows = [row("a", 1, "47.88"), row("b", 1, "47.88")]
    assert said(RACE, *rows) == [("dead_heat", (("a", "b"),))]
    assert said(UnitRule(model="timed", decimals=2), *rows) == []


def test_one_row_behind_all_marks_is_last_by_its_irm_and_two_need_an_order() -> None:
    finished = row("a", 1, "31.10")
    assert said(RACE, finished, row("b", 2, irm="DNF")) == []
    assert said(RACE, finished, row("b", 3, irm="REL"), row("c", 2, irm="DNF")) == [("no_mark", (("c",), ("b",)))]


def test_a_rank_without_a_mark_or_an_irm_needs_an_order() -> None:
    assert said(RACE, row("a", 1, "31.10"), row("b", 2)) == [("no_mark", (("b",),))]


def test_an_order_against_the_marks_is_said_whole() -> None:
    rows = [row("a", 1, "66.08"), row("b", 3, "67.00"), row("c", 2, "68.00")]
    assert said(RACE, *rows) == [("over_marks", (("a",), ("c",), ("b",)))]


def test_higher_marks_are_better_where_the_rule_says_so() -> None:
    points = UnitRule(model="points", best="high", ties="break")
    assert said(points, row("a", 1, "20"), row("b", 2, "10")) == []
    assert [kind for kind, _ in said(points, row("a", 1, "10"), row("b", 2, "20"))] == ["over_marks"]


def test_races_of_places_and_matches_need_none() -> None:
    rows = [row("a", 1), row("b", 2)]
    assert said(UnitRule(model="order"), *rows) == []
    assert said(UnitRule(model="fleet"), row("a", 1, "1"), row("b", 1, "1")) == []
    assert said(UnitRule(model="match"), *rows) == []


def test_a_fault_of_a_boat_is_no_value() -> None:
    assert value_of(row("a", 1, "FLT (2, 8)"), RACE) is None
    assert value_of(row("a", 1, "1:43.20"), RACE) == 10320


def test_the_message_tells_its_reason() -> None:
    (order,) = orders_of(unit(row("a", 1, "20.02"), row("b", 2, "20.02")), RACE)
    message = order.decided(UNIT, 3)
    assert (message.basis, message.over_marks, message.ordinal, message.reason) == (
        "photo_finish",
        False,
        3,
        "equal marks",
    )
