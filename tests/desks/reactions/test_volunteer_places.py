"""The offer of a volunteer and the place that is held for it go together."""

from __future__ import annotations

from datetime import date

import pytest

from desks.reactions.reaction import Order
from desks.reactions.volunteer_places import VOLUNTEER_PLACES
from management.headcount import (
    FillPlace,
    HoldExpired,
    MarkOffered,
    PlaceHeld,
    PlaceReleased,
    ReleasePlace,
    ReserveCalled,
)
from management.volunteer_commands import DropHold
from management.volunteer_events import (
    Dismissed,
    HoldDropped,
    OfferAccepted,
    OfferLapsed,
    OfferMade,
    OfferRejected,
    Withdrawn,
)
from tests.desks.reactions.told import tell

ANN, PLACES = "vol:MAIN:ANN", "hc:MAIN:STA:STEWARD"
DAY = date(2030, 7, 20)
HELD = (PLACES, PlaceHeld("h1", "ANN", 0))
CALLED = (PLACES, ReserveCalled("h1", "ANN", 0))
EXPIRED = (PLACES, HoldExpired("h1", "ANN"))
OFFERED = (ANN, OfferMade("STEWARD", "STA", DAY, DAY, 0, "h1", minor=False))


@pytest.mark.parametrize("before", [[HELD], [CALLED], []], ids=["held", "called", "not seen yet"])
def test_an_offer_marks_the_place_and_an_answer_fills_it(before: list[tuple[str, object]]) -> None:
    assert tell(VOLUNTEER_PLACES, *before, OFFERED) == [Order(PLACES, MarkOffered("h1"))]
    assert tell(VOLUNTEER_PLACES, *before, OFFERED, (ANN, OfferAccepted("h1"))) == [Order(PLACES, FillPlace("h1"))]


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        (OfferRejected("h1"), "REJECTED"),
        (OfferLapsed("h1"), "LAPSED"),
        (Withdrawn("", "h1"), "WITHDRAWN"),
        (Dismissed("NO_SHOW", "h1"), "DISMISSED"),
    ],
)
def test_a_place_that_comes_free_is_released(ended: object, reason: str) -> None:
    assert tell(VOLUNTEER_PLACES, OFFERED, (ANN, ended)) == [Order(PLACES, ReleasePlace("h1", reason))]


def test_a_hold_that_expires_is_dropped_first_and_then_released() -> None:
    assert tell(VOLUNTEER_PLACES, CALLED, EXPIRED) == [Order(ANN, DropHold("h1"))]
    assert tell(VOLUNTEER_PLACES, CALLED, EXPIRED, (ANN, HoldDropped("h1"))) == [
        Order(PLACES, ReleasePlace("h1", "EXPIRED"))
    ]


def test_nothing_is_told_about_a_place_that_there_is_not() -> None:
    assert tell(VOLUNTEER_PLACES, (ANN, Withdrawn("", ""))) == []
    assert tell(VOLUNTEER_PLACES, HELD, (PLACES, PlaceReleased("h1", "X")), (ANN, HoldDropped("h1"))) == []
    assert tell(VOLUNTEER_PLACES, HELD) == []
