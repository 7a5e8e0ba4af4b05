"""The counts and indexes of an entry book: what comes and goes leaves no trace."""

from __future__ import annotations

import msgspec

from management.entry_book import Athlete, Entry, Place, State
from management.entry_counts import begin, count, end, hold, let_go, set_deadline, team_of
from tests.management.entry_hands import M58, M100, M200, TEAM


def book() -> State:
    return State(athletes={"A1": Athlete("AAA", "M"), "A2": Athlete("AAA", "M")})


def place(event: str = M58, athlete: str = "") -> Place:
    return Place(event, "RANKING", "nominal" if athlete else "slot", "AAA", athlete, "", "ALLOCATED")


def test_a_count_is_forgotten_at_nought() -> None:
    counts = {"a": 1}
    count(counts, "a", 1)
    count(counts, "b", 3)
    count(counts, "a", -2)
    assert counts == {"b": 3}


def test_an_athlete_is_counted_once_however_often_entered() -> None:
    state = book()
    begin(state, Entry("A1", M100, "AAA", "M", "ENTERED"))
    begin(state, Entry("A1", M200, "AAA", "M", "ENTERED"))
    assert (state.starts, state.gender, state.athletes_in) == ({M100: 1, M200: 1}, {"AAA/M": 1}, 1)
    assert (state.of_athlete, state.of_noc) == (
        {"A1": [f"A1/{M100}", f"A1/{M200}"]},
        {"AAA": [f"A1/{M100}", f"A1/{M200}"]},
    )
    end(state, f"A1/{M100}")
    assert (state.starts, state.gender, state.athletes_in) == ({M200: 1}, {"AAA/M": 1}, 1)
    end(state, f"A1/{M200}")
    assert (state.starts, state.gender, state.athletes_in, state.field, state.of_noc) == ({}, {}, 0, {}, {})


def test_a_team_starts_with_its_first_athlete_and_ends_with_its_last() -> None:
    state = book()
    for athlete in ("A1", "A2"):
        begin(state, Entry(athlete, TEAM, "AAA", "M", "ENTERED", team=1))
    assert (state.starts, team_of(state, "AAA", TEAM, 1)) == ({TEAM: 1}, [f"A1/{TEAM}", f"A2/{TEAM}"])
    end(state, f"A1/{TEAM}")
    assert state.starts == {TEAM: 1}
    end(state, f"A2/{TEAM}")
    assert (state.starts, team_of(state, "AAA", TEAM, 1)) == ({}, [])


def test_a_place_that_is_let_go_is_remembered_by_who_had_it_only() -> None:
    state = book()
    state.places = {"P1": place(), "P2": place(athlete="A1")}
    before = msgspec.msgpack.encode(State(places=state.places))
    for name in ("P1", "P2"):
        hold(state, name)
        set_deadline(state, name, 5)
    assert (state.held, state.holdings) == ({f"AAA/{M58}": 2}, {f"AAA/{M58}": ["P1", "P2"]})
    assert (state.holder, state.held_gender) == ({f"A1/{M58}": "P2"}, {"AAA/M": 2})
    for name in ("P1", "P2"):
        let_go(state, name)
    assert [kept.asked for kept in state.places.values()] == [["AAA"], ["A1"]]
    for kept in state.places.values():
        kept.asked = []
    assert msgspec.msgpack.encode(State(places=state.places)) == before
    assert (state.held, state.holdings, state.holder, state.held_gender) == ({}, {}, {}, {})


def test_deadlines_stand_in_order_and_each_place_has_one() -> None:
    state = book()
    state.places = {"P1": place(), "P2": place(), "P3": place()}
    for name, at in (("P1", 7), ("P2", 5), ("P3", 7), ("P1", 3)):
        set_deadline(state, name, at)
    assert state.deadlines == [(3, "P1"), (5, "P2"), (7, "P3")]
    set_deadline(state, "P2", None)
    set_deadline(state, "P2", None)
    assert state.deadlines == [(3, "P1"), (7, "P3")]
