"""Whoever is erased is no volunteer any more."""

from __future__ import annotations

from typing import Any

import pytest

from desks.reactions.ended_volunteers import ENDED_VOLUNTEERS
from desks.reactions.reaction import Order
from management.person_record import PersonErased
from management.volunteer_commands import Withdraw
from management.volunteer_events import ApplicationOpened, Completed, OfferLapsed, Reserved, Withdrawn
from tests.desks.reactions.told import tell

MAIN, CITY = "vol:MAIN:ANN", "vol:CITY:ANN"
OPENED: list[tuple[str, Any]] = [(key, ApplicationOpened("ANN", key.split(":")[1])) for key in (MAIN, CITY)]
ERASED = ("per:ANN", PersonErased(()))
ENDED = Order(MAIN, Withdraw("ERASED"))


def test_all_that_is_live_ends() -> None:
    others = ("vol:MAIN:BOB", ApplicationOpened("BOB", "MAIN"))
    assert tell(ENDED_VOLUNTEERS, *OPENED, others, ERASED) == [ENDED, Order(CITY, Withdraw("ERASED"))]
    assert tell(ENDED_VOLUNTEERS, *OPENED, others, ("per:P9", PersonErased(("ANN",)))) == [
        ENDED,
        Order(CITY, Withdraw("ERASED")),
    ]


@pytest.mark.parametrize("end", [Withdrawn("", ""), Completed(), OfferLapsed("")])
def test_what_has_ended_is_left_as_it_is(end: Any) -> None:
    assert tell(ENDED_VOLUNTEERS, OPENED[0], (MAIN, end), ERASED) == []


def test_what_is_seen_after_the_erasure_ends_too() -> None:
    assert tell(ENDED_VOLUNTEERS, ERASED, OPENED[0]) == [ENDED]
    lapsed = [OPENED[0], (MAIN, OfferLapsed("h1")), ERASED]
    assert tell(ENDED_VOLUNTEERS, *lapsed) == []
    assert tell(ENDED_VOLUNTEERS, *lapsed, (MAIN, Reserved("STEWARD", "STA"))) == [ENDED]
