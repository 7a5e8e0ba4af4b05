"""From cuts to rows."""

from __future__ import annotations

import pytest

from engine.history.rows import columns_of_changes, columns_of_cuts, sport_day
from engine.instants import parse_instant
from schemas.cut import Change, Cut
from schemas.games import Games
from schemas.views import VenueRow

PARIS = Games(offset=120, day_ends=3)


@pytest.mark.parametrize(
    ("instant", "games", "day"),
    [
        ("2024-08-03T21:30:00Z", PARIS, "2024-08-03"),
        ("2024-08-04T00:59:59.999Z", PARIS, "2024-08-03"),
        ("2024-08-04T01:00:00Z", PARIS, "2024-08-04"),
        ("2024-08-04T01:00:00Z", Games(offset=0, day_ends=3), "2024-08-03"),
        ("2024-08-04T01:00:00Z", Games(offset=-300, day_ends=0), "2024-08-03"),
    ],
)
def test_a_sport_day_ends_by_the_games_own_clock(instant: str, games: Games, day: str) -> None:
    time = parse_instant(instant)
    assert time is not None
    assert sport_day(time, games) == day


def test_of_a_row_that_a_cut_names_twice_the_last_word_counts() -> None:
    changes = [
        Change("venues", "A", VenueRow(code="A", name="", reason="first"), 1),
        Change("venues", "B", None, 2),
        Change("venues", "A", VenueRow(code="A", name="Hall", reason="last"), 3),
    ]
    cut = Cut(7, 40, ("a/s/1", "a/s/2"), 5_000_000, 4_999, changes)
    assert columns_of_changes("e", [cut]) == [
        ["e", "e"],
        ["venues", "venues"],
        ["A", "B"],
        [7, 7],
        [40, 40],
        [5_000_000, 5_000_000],
        [4_999, 4_999],
        [3, 2],
        [0, 1],
        [b'{"code":"A","name":"Hall","reason":"last"}', b""],
        ["last", ""],
        [["a/s/1", "a/s/2"], ["a/s/1", "a/s/2"]],
    ]
    assert columns_of_cuts("e", PARIS, [cut]) == [
        *(["e"], [7], [40], [5_000_000], [4_999], ["1969-12-31"], [["a/s/1", "a/s/2"]], [3])
    ]
