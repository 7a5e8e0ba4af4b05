"""What the book hears from accreditation and the schedule."""

from __future__ import annotations

from management.entry_facts import CardReported, FirstUnitSet, ReportCard, SetFirstUnit
from tests.management.entry_hands import LATE, M100, OFFICE, SYSTEM, Book, person


def test_accreditation_tells_of_cards() -> None:
    book = Book()
    book.lists("A1")
    blocked = ReportCard("A1", "blocked")
    assert book.refuses(blocked, OFFICE) == "NOT_AUTHORISED"
    assert book.refuses(ReportCard("A9", "blocked"), SYSTEM) == "NOT_LONG_LISTED"
    assert book.does(blocked, SYSTEM) == [CardReported("A1", "blocked")]
    assert book.does(blocked, SYSTEM) == []
    desk = person("desk", "VENUE_ACR")
    assert book.does(ReportCard("A1", "exchanged"), desk) == [CardReported("A1", "exchanged")]
    assert book.state.athletes["A1"].card == "exchanged"


def test_the_schedule_tells_of_first_units() -> None:
    book = Book()
    assert book.refuses(SetFirstUnit(M100, LATE), OFFICE) == "NOT_AUTHORISED"
    assert book.refuses(SetFirstUnit("SWMM50MFR-------------------------", LATE), SYSTEM) == "UNKNOWN"
    assert book.does(SetFirstUnit(M100, LATE), SYSTEM) == [FirstUnitSet(M100, LATE)]
    assert book.does(SetFirstUnit(M100, LATE), SYSTEM) == []
    assert book.does(SetFirstUnit(M100, LATE + 1), SYSTEM) == [FirstUnitSet(M100, LATE + 1)]
