"""The headcount: places held, offered, filled, released; reserves called in rank order."""

from __future__ import annotations

import pytest

from management import headcount
from management.command import Actor, Grant, Tick
from management.headcount import (
    AddReserve,
    Command,
    FillPlace,
    HeadcountSet,
    HoldExpired,
    HoldPlace,
    MarkOffered,
    PlaceFilled,
    PlaceHeld,
    PlaceOffered,
    PlaceReleased,
    ReleasePlace,
    RemoveReserve,
    ReserveAdded,
    ReserveCalled,
    ReserveRemoved,
    SetHeadcount,
)
from tests.management.volunteer_hands import MINUTE, NOW, PLANNER, SYSTEM, Aggregate, new_headcount, person

UNTIL = NOW + 120 * MINUTE


def places(total: int = 2) -> Aggregate:
    """So many places, none taken."""
    one = new_headcount()
    one.ok(SetHeadcount(total))
    return one


def test_a_place_from_held_to_filled() -> None:
    one = new_headcount()
    assert one.do(SetHeadcount(1)) == [HeadcountSet(1)]
    assert one.do(HoldPlace("h", "ANN")) == [PlaceHeld("h", "ANN", UNTIL)]
    assert one.do(MarkOffered("h")) == [PlaceOffered("h")]
    assert one.do(FillPlace("h")) == [PlaceFilled("h")]
    assert [one.do(command) for command in (SetHeadcount(1), HoldPlace("h", "ANN"), FillPlace("h"))] == [[], [], []]
    assert one.code(MarkOffered("h")) == "STATE"


def test_an_accepted_offer_fills_also_where_nobody_said_that_it_was_made() -> None:
    one = places()
    one.ok(HoldPlace("h", "ANN"), FillPlace("h"))
    assert one.state.places["h"].status == "FILLED"


def test_there_are_no_more_places_than_there_are() -> None:
    one = places(1)
    one.ok(HoldPlace("h", "ANN"))
    assert one.code(HoldPlace("i", "BOB")) == "HEADCOUNT"
    assert one.code(SetHeadcount(0)) == "HEADCOUNT"
    one.ok(ReleasePlace("h", "REJECTED"), HoldPlace("i", "BOB"))


def test_one_place_a_person() -> None:
    one = places(3)
    one.ok(HoldPlace("h", "ANN"))
    assert one.code(HoldPlace("i", "ANN")) == "HAS_PLACE"
    assert one.code(HoldPlace("h", "BOB")) == "EXISTS"
    assert one.code(AddReserve("ANN", 1)) == "HAS_PLACE"
    assert [one.code(command) for command in (MarkOffered("x"), FillPlace("x"))] == ["UNKNOWN", "UNKNOWN"]


def waiting() -> Aggregate:
    """One place, taken, and three who wait."""
    one = places(1)
    one.ok(HoldPlace("h", "ANN"), FillPlace("h"), AddReserve("DAN", 30), AddReserve("BOB", 10), AddReserve("CIA", 20))
    return one


def test_reserves_wait_by_rank() -> None:
    one = waiting()
    assert one.state.reserves == [(10, "BOB"), (20, "CIA"), (30, "DAN")]
    assert one.do(AddReserve("BOB", 10)) == []
    assert one.code(AddReserve("BOB", 11)) == "HAS_PLACE"
    assert one.code(AddReserve("EVE", 20)) == "RANK"
    assert one.code(HoldPlace("i", "BOB")) == "HAS_PLACE"
    assert one.do(RemoveReserve("BOB")) == [ReserveRemoved("BOB")]
    assert one.do(RemoveReserve("BOB")) == []
    assert one.do(AddReserve("EVE", 10)) == [ReserveAdded("EVE", 10)]


def test_a_released_place_calls_the_next_reserve_exactly_once() -> None:
    one = waiting()
    outcome = one.do(ReleasePlace("h", "WITHDRAWN"))
    assert outcome == [PlaceReleased("h", "WITHDRAWN"), ReserveCalled("c7:BOB", "BOB", UNTIL)]
    assert one.do(ReleasePlace("h", "WITHDRAWN")) == []
    assert one.state.reserves == [(20, "CIA"), (30, "DAN")]


def test_more_places_call_as_many() -> None:
    assert waiting().do(SetHeadcount(3)) == [
        HeadcountSet(3),
        ReserveCalled("c7:BOB", "BOB", UNTIL),
        ReserveCalled("c7:CIA", "CIA", UNTIL),
    ]


def test_who_is_to_wait_where_a_place_is_free_is_called_at_once() -> None:
    assert places().do(AddReserve("ANN", 1)) == [ReserveAdded("ANN", 1), ReserveCalled("c2:ANN", "ANN", UNTIL)]


def test_a_hold_without_an_offer_expires_and_is_released_when_it_is_dropped() -> None:
    one = waiting()
    one.ok(ReleasePlace("h", "WITHDRAWN"))
    assert headcount.due(one.state) == UNTIL
    assert one.tick(UNTIL - 1) == []
    assert one.tick(UNTIL) == [HoldExpired("c7:BOB", "BOB")]
    assert one.tick(UNTIL) == []
    assert one.do(ReleasePlace("c7:BOB", "UNUSED"), SYSTEM) == [
        PlaceReleased("c7:BOB", "UNUSED"),
        ReserveCalled("c11:CIA", "CIA", UNTIL),
    ]
    one.ok(MarkOffered("c11:CIA"))
    assert headcount.due(one.state) is None
    assert one.tick(UNTIL + 240 * MINUTE) == []


@pytest.mark.parametrize(
    "command",
    [
        SetHeadcount(5),
        HoldPlace("i", "ZOE"),
        MarkOffered("h"),
        FillPlace("h"),
        ReleasePlace("h", "X"),
        AddReserve("ZOE", 99),
        RemoveReserve("BOB"),
        Tick(UNTIL),
    ],
    ids=lambda command: type(command).__name__,
)
def test_the_planners_of_the_programme_keep_it(command: Command) -> None:
    for actor in (
        person("ZOE"),
        Actor("far", (Grant("WF_PLANNER", "programme:PARA"),)),
        Actor("v", (Grant("VENUE_WF"),)),
    ):
        assert waiting().code(command, actor) == "NOT_AUTHORISED"
    assert waiting().code(command, SYSTEM) != "NOT_AUTHORISED"
    assert (waiting().code(command, PLANNER) == "NOT_AUTHORISED") == isinstance(command, Tick)
