"""What the book hears from accreditation and the schedule."""

from __future__ import annotations

from management.entry_facts import AthleteFlagged, CardReported, FirstUnitSet, FlagAthlete, ReportCard, SetFirstUnit
from tests.management.entry_hands import LATE, M100, OFFICE, OQT, SYSTEM, Book, person


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


def test_a_suspended_athlete_s_entries_are_flagged_and_do_not_end() -> None:
    book = Book()
    book.lists("A1")
    book.enters("A1", M100, OQT)
    wish = FlagAthlete("A1", "suspended")
    assert book.refuses(wish, OFFICE) == "NOT_AUTHORISED"
    assert book.refuses(FlagAthlete("A9", "revoked"), SYSTEM) == "NOT_LONG_LISTED"
    assert book.does(wish, SYSTEM) == [AthleteFlagged("A1", "suspended", (f"A1/{M100}",))]
    assert book.does(wish, SYSTEM) == []
    assert (book.state.athletes["A1"].flag, book.state.entries[f"A1/{M100}"].status) == ("suspended", "ENTERED")
    assert book.does(FlagAthlete("A1", None), SYSTEM) == [AthleteFlagged("A1", None, (f"A1/{M100}",))]


def test_the_schedule_tells_of_first_units() -> None:
    book = Book()
    assert book.refuses(SetFirstUnit(M100, LATE), OFFICE) == "NOT_AUTHORISED"
    assert book.refuses(SetFirstUnit("SWMM50MFR-------------------------", LATE), SYSTEM) == "UNKNOWN"
    assert book.does(SetFirstUnit(M100, LATE), SYSTEM) == [FirstUnitSet(M100, LATE)]
    assert book.does(SetFirstUnit(M100, LATE), SYSTEM) == []
    assert book.does(SetFirstUnit(M100, LATE + 1), SYSTEM) == [FirstUnitSet(M100, LATE + 1)]
