"""Sanctions: who decides, what ends by them, and what does not."""

from __future__ import annotations

from management.entry import EntryMadeIneligible
from management.place import PlaceReopened, PlaceReturned
from management.sanction import AthleteSanctioned, LiftSanction, SanctionAthlete, SanctionLifted
from tests.management.entry_hands import AUTHORITY, FEDERATION, M58, M100, M200, OQT, SURF, T20, Book, noc, person

BAN = SanctionAthlete("A1", "Panel 7")


def test_the_authority_or_the_federation_sanctions_and_all_entries_end() -> None:
    book = Book()
    book.lists("A1")
    book.enters("A1", M200)
    book.enters("A1", M100, OQT)
    assert book.refuses(BAN, noc("AAA")) == "NOT_AUTHORISED"
    assert book.refuses(BAN, person("other", "IF_DELEGATE", scope="discipline:ATH")) == "NOT_AUTHORISED"
    assert book.does(BAN, AUTHORITY) == [
        AthleteSanctioned("A1", "Panel 7", None, bars_the_games=True),
        EntryMadeIneligible("AAA", "A1", M100),
        EntryMadeIneligible("AAA", "A1", M200),
    ]
    assert {entry.status for entry in book.state.entries.values()} == {"INELIGIBLE"}
    assert book.does(BAN, FEDERATION) == []


def test_a_sanction_that_ends_before_the_games_ends_no_entry() -> None:
    book = Book()
    book.lists("A1")
    book.enters("A1", M200)
    until = T20.opens_at - 1
    assert book.does(SanctionAthlete("A1", "Panel 7", until), FEDERATION) == [
        AthleteSanctioned("A1", "Panel 7", until, bars_the_games=False)
    ]
    assert book.does(SanctionAthlete("A1", "Panel 7", until + 1), FEDERATION) == [
        AthleteSanctioned("A1", "Panel 7", until + 1, bars_the_games=True),
        EntryMadeIneligible("AAA", "A1", M200),
    ]


def test_a_slot_stays_with_the_organisation_while_entries_are_open() -> None:
    book = Book("TKW")
    book.lists("A1")
    book.place("P1", M58, "QUALIFIER")
    book.enters("A1", M58, place="P1")
    assert book.does(BAN, FEDERATION)[2:] == [PlaceReopened("P1", T20.places_until)]


def test_the_athlete_s_own_places_go_back_whether_an_entry_uses_them_or_not() -> None:
    book = Book("SRF")
    book.lists("A1", "B1")
    book.place("P1", SURF, "TOUR", athlete="A1")
    book.place("P2", SURF, "TOUR", athlete="B1")
    book.enters("B1", SURF, place="P2")
    assert book.does(BAN, FEDERATION)[1:] == [PlaceReturned("P1", "INELIGIBLE", "AAA", "A1")]
    assert book.does(SanctionAthlete("B1", "Panel 7"), FEDERATION)[1:] == [
        EntryMadeIneligible("AAA", "B1", SURF),
        PlaceReturned("P2", "INELIGIBLE", "AAA", "B1"),
    ]
    assert book.state.holder == {}


def test_a_sanction_is_lifted_by_whom_may_impose_it_and_entries_do_not_come_back() -> None:
    book = Book()
    book.lists("A1")
    book.enters("A1", M200)
    book.does(BAN, FEDERATION)
    lift = LiftSanction("A1", "Court 3")
    assert book.refuses(lift, noc("AAA")) == "NOT_AUTHORISED"
    assert book.does(lift, AUTHORITY) == [SanctionLifted("A1", "Court 3")]
    assert book.does(lift, AUTHORITY) == []
    assert book.state.entries[f"A1/{M200}"].status == "INELIGIBLE"
