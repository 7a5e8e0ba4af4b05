"""What follows from an event costs the same however many people there are: counted, never timed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from desks.reactions.reaction import Manager
from management import volunteer_events as vol
from management.card_events import CardLost, CardProduced, CardValidated
from management.command import Recorded
from management.headcount import PlaceHeld
from management.long_list import AthleteLongListed
from management.notice import NoticeIssued, Slot
from management.participation_events import ApplicationOpened, Cleared, QuotaReleased, Submitted, Suspended
from management.quota import HoldConfirmed, QuotaHeld
from tests.desks.people import MANAGERS
from tests.desks.test_partition import calls

SLOT = Slot("STEWARD", "STA", "BLUE", 1, 2)
DAY = date(2030, 7, 20)


def story(number: int) -> list[Recorded[Any]]:
    """Return what happens to one person, from the application to a lost card and a suspension."""
    person, hold = f"P{number}", f"H{number}"
    events: list[tuple[str, Any]] = [
        ("ro:AAA", QuotaHeld(hold, "Aa", f"per:{person}/A1", 9)),
        (f"per:{person}", ApplicationOpened("A1", "AAA", "Aa", "ATHLETE", "SWM", "x")),
        (f"per:{person}", Submitted("A1", "x", hold, late=False)),
        ("ro:AAA", HoldConfirmed(hold)),
        (f"per:{person}", Cleared("A1", "x", 9)),
        (f"per:{person}", CardProduced(number, number, "A1", 0, 9, "x")),
        (f"per:{person}", CardValidated(number, "OLV", "x")),
        ("ebk:SWM", AthleteLongListed("AAA", person, "M")),
        (f"vol:MAIN:{person}", vol.ApplicationOpened(person, "MAIN")),
        ("hc:MAIN:STA:STEWARD", PlaceHeld(f"V{number}", person, 9)),
        (f"vol:MAIN:{person}", vol.OfferMade("STEWARD", "STA", DAY, DAY, 9, f"V{number}", minor=False)),
        (f"vol:MAIN:{person}", vol.OfferAccepted(f"V{number}")),
        (f"ntc:per:{person}", NoticeIssued("STA/a1", 0, "REQUEST", SLOT, "D")),
        (f"per:{person}", CardLost(number, "x")),
        (f"per:{person}", Suspended("A1", "CONDUCT", "x", None, None)),
        (f"per:{person}", QuotaReleased("A1", hold, "AAA", "Aa")),
        (f"vol:MAIN:{person}", vol.Withdrawn("", f"V{number}")),
    ]
    return [
        Recorded(str(UUID(int=number * 100 + index)), key, index, event, "c", "somebody", 0)
        for index, (key, event) in enumerate(events, 1)
    ]


@pytest.mark.parametrize("manager", MANAGERS, ids=[manager.name for manager in MANAGERS])
def test_what_follows_costs_the_same_for_ten_times_as_many_people(manager: Manager) -> None:
    costs = []
    for people in (50, 500):
        state = manager.state()
        for number in range(people):
            for recorded in story(number):
                manager.learn(state, recorded)
        coming = story(1_000_000)

        def follow(state: Any = state, coming: list[Recorded[Any]] = coming) -> None:
            for recorded in coming:
                manager.learn(state, recorded)
                manager.react(state, recorded)

        costs.append(calls(follow))
    assert costs[0] == costs[1]
