"""Sailing races: from points back to what the committee saw."""

from __future__ import annotations

import pytest

from replay.paris2024.files import BadInputError, Line
from replay.paris2024.results import Row, Unit
from replay.paris2024.sailing import sailed
from schemas.sport import UnitRule

RACE = UnitRule(model="fleet", decimals=1, ranked_irms=("RDG", "SCP", "DPI"), irm_points={"*": 1})
MEDAL_RACE = UnitRule(model="fleet", decimals=1, factor=2, ranked_irms=("RDG", "SCP", "DPI"), irm_points={"*": 1})


def race(rule: UnitRule, *points: tuple[str, str]) -> list[tuple[str, int | None, str, bool]]:
    rows = tuple(
        Row(f"b{n}", f"b{n}", True, "QAA", None, "", None, mark, irm, "", "", Line("results/Sailing.csv", n + 2, {}))
        for n, (mark, irm) in enumerate(points)
    )
    unit = Unit("SALX470---------------PREL000100--", "Mixed Dinghy", "Race 1", "Sailing", "Bay", 0, rows)
    return [(boat.row.participant, boat.place, boat.adjusted, boat.redress) for boat in sailed(unit, rule)]


def test_points_are_places() -> None:
    assert race(RACE, ("2", ""), ("1", "")) == [("b1", 1, "", False), ("b0", 2, "", False)]


def test_who_has_no_place_has_one_point_more_than_the_entries() -> None:
    assert race(RACE, ("1", ""), ("4", "BFD"), ("4", "DNF"))[1:] == [("b1", None, "", False), ("b2", None, "", False)]


def test_a_penalised_boat_finished_where_no_other_did() -> None:
    assert race(RACE, ("1", ""), ("10.2", "DPI"), ("3", "")) == [
        ("b0", 1, "", False),
        ("b1", 2, "8.2", False),
        ("b2", 3, "", False),
    ]


def test_two_penalised_boats_finished_in_the_order_of_their_points() -> None:
    found = race(RACE, ("2", ""), ("4.1", "SCP"), ("2.1", "SCP"), ("4", ""))
    assert [(code, place, extra) for code, place, extra, _ in found] == [
        ("b2", 1, "1.1"),
        ("b0", 2, ""),
        ("b1", 3, "1.1"),
        ("b3", 4, ""),
    ]


def test_redress_is_what_is_given_back_of_an_unfinished_race() -> None:
    assert race(RACE, ("1", ""), ("2", ""), ("1.5", "RDG"))[2] == ("b2", None, "-2.5", True)


def test_a_medal_race_counts_double_an_irm_too() -> None:
    assert race(MEDAL_RACE, ("2", ""), ("4", ""), ("8", "OCS")) == [
        ("b0", 1, "", False),
        ("b1", 2, "", False),
        ("b2", None, "", False),
    ]


@pytest.mark.parametrize("points", ["1.5", "first"])
def test_points_that_are_no_place_are_a_fault_of_the_input(points: str) -> None:
    with pytest.raises(BadInputError, match=r"results/Sailing.csv, line 2"):
        race(RACE, (points, ""))
