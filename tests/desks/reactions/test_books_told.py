"""What the books of entries are told: when the first unit starts, and what became of an athlete's card."""

from __future__ import annotations

from desks.reactions.athlete_cards import ATHLETE_CARDS
from desks.reactions.first_units import FIRST_UNITS
from desks.reactions.reaction import Order
from management.card_events import CardLost, CardReturned, CardSuperseded, CardValidated
from management.entry import AthleteEntered
from management.entry_facts import ReportCard, SetFirstUnit
from management.long_list import AthleteLongListed
from management.schedule_book import UnitChange
from management.schedule_changes import UnitPostponed
from management.schedule_conflicts import Delta
from management.schedule_draft import ScheduleReleased
from tests.desks.reactions.told import tell
from tests.management import schedule_hands as sch

EVENT = sch.HEAT1[:22] + "------------"
ENTERED = ("ebk:SWM", AthleteEntered("AAA", "P1", EVENT, None, 0, None))
FIRST, SECOND = sch.pool("2021-07-25T10:00"), sch.pool("2021-07-25T11:00")
RELEASED = (
    "sch:T20",
    ScheduleReleased(1, (UnitChange(sch.HEAT1, None, FIRST), UnitChange(sch.HEAT2, None, SECOND)), ()),
)


def test_the_first_unit_of_an_event_is_told_to_its_book() -> None:
    told = [Order("ebk:SWM", SetFirstUnit(EVENT, FIRST.start))]
    assert tell(FIRST_UNITS, ENTERED, RELEASED) == told
    assert tell(FIRST_UNITS, RELEASED, ENTERED) == told
    postponed = UnitPostponed(UnitChange(sch.HEAT1, FIRST, None), "C", (), Delta(), Delta())
    assert tell(FIRST_UNITS, ENTERED, RELEASED, ("sch:T20", postponed)) == [
        Order("ebk:SWM", SetFirstUnit(EVENT, SECOND.start))
    ]


def test_an_event_without_entries_or_units_is_told_nothing() -> None:
    assert tell(FIRST_UNITS, RELEASED) == tell(FIRST_UNITS, ENTERED) == []


def test_what_becomes_of_a_card_is_told_to_every_book() -> None:
    listed = [(f"ebk:{code}", AthleteLongListed("AAA", "P1", "M")) for code in ("SWM", "TRI")]
    for event, card in ((CardLost(1, "x"), "blocked"), (CardReturned(1, "x"), "exchanged")):
        told = tell(ATHLETE_CARDS, *listed, ("per:P1", event))
        assert told == [Order(key, ReportCard("P1", card)) for key, _ in listed]  # type: ignore[arg-type]
    superseded = ("per:P1", CardSuperseded(1, "FUNCTION"))
    assert tell(ATHLETE_CARDS, listed[0], superseded) == [Order("ebk:SWM", ReportCard("P1", "exchanged"))]
    assert tell(ATHLETE_CARDS, ("per:P2", CardLost(2, "x"))) == []


def test_a_book_that_learns_of_an_athlete_later_is_told_how_his_card_stands() -> None:
    listed = ("ebk:SWM", AthleteLongListed("AAA", "P1", "M"))
    assert tell(ATHLETE_CARDS, ("per:P1", CardValidated(1, "OLV", "x")), listed) == [
        Order("ebk:SWM", ReportCard("P1", "active"))
    ]
