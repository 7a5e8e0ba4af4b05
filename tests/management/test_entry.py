"""Entries by name: made, confirmed, withdrawn, and made again."""

from __future__ import annotations

from management.entry import (
    AthleteEntered,
    ConfirmEntries,
    EntriesConfirmed,
    EntryWithdrawn,
    WithdrawEntry,
)
from management.entry_book import Entry
from management.sanction import LiftSanction, SanctionAthlete
from tests.management.entry_hands import FEDERATION, LATE, M100, M200, OFFICE, OQT, SYSTEM, Book, noc

AAA = noc("AAA")
OUT = WithdrawEntry("AAA", "A1", M100)


def entered() -> Book:
    book = Book()
    book.lists("A1", "A2")
    book.enters("A1", M100, OQT)
    return book


def test_an_entry_keeps_what_limits_need_and_nothing_of_the_facts() -> None:
    book = entered()
    assert book.state.entries == {f"A1/{M100}": Entry("A1", M100, "AAA", "M", "ENTERED", None, 0, "OQT")}


def test_only_the_organisation_enters_its_athletes_for_events_of_the_book() -> None:
    book = Book()
    book.lists("A1")
    assert book.refuses(book.entry("A1", M100, OQT), noc("BBB")) == "NOT_AUTHORISED"
    assert book.refuses(book.entry("A1", "ATHM100M--------------------------", OQT), AAA) == "UNKNOWN"
    assert Book("JUD").refuses(book.entry("A1", M100, OQT), AAA) == "UNKNOWN"


def test_the_registration_meeting_confirms_all_entries_of_an_organisation_once() -> None:
    book = entered()
    book.lists("B1", of="BBB")
    book.enters("A1", M200)
    book.enters("B1", M200, of="BBB")
    assert book.refuses(ConfirmEntries("AAA"), AAA) == "NOT_AUTHORISED"
    assert book.does(ConfirmEntries("AAA"), OFFICE) == [EntriesConfirmed("AAA", (f"A1/{M100}", f"A1/{M200}"))]
    assert book.does(ConfirmEntries("AAA"), SYSTEM) == []
    assert [entry.status for entry in book.state.entries.values()] == ["CONFIRMED", "CONFIRMED", "ENTERED"]


def test_a_withdrawn_entry_counts_no_longer_and_may_be_made_again() -> None:
    book = entered()
    assert book.refuses(OUT, noc("BBB")) == "NOT_AUTHORISED"
    assert book.refuses(WithdrawEntry("BBB", "A1", M100), noc("BBB")) == "UNKNOWN"
    assert book.refuses(WithdrawEntry("AAA", "A2", M100), AAA) == "UNKNOWN"
    assert book.does(OUT, AAA) == [EntryWithdrawn("AAA", "A1", M100)]
    assert book.does(OUT, AAA) == []
    assert (book.state.field, book.state.starts, book.state.gender, book.state.athletes_in) == ({}, {}, {}, 0)
    assert book.enters("A1", M100, OQT) == [AthleteEntered("AAA", "A1", M100, None, 0, "OQT")]


def test_a_confirmed_entry_may_be_withdrawn_after_the_deadline_and_not_made_again() -> None:
    book = entered()
    book.does(ConfirmEntries("AAA"), OFFICE, LATE)
    assert book.does(OUT, AAA, LATE) == [EntryWithdrawn("AAA", "A1", M100)]
    assert book.refuses(book.entry("A1", M100, OQT), AAA, LATE) == "DEADLINE"


def test_an_entry_that_ended_by_a_sanction_is_not_withdrawn_and_may_be_made_again_when_that_is_lifted() -> None:
    book = entered()
    book.does(SanctionAthlete("A1", "Panel"), FEDERATION)
    assert book.refuses(OUT, AAA) == "STATE"
    book.does(LiftSanction("A1", "Court"), FEDERATION)
    assert book.enters("A1", M100, OQT) == [AthleteEntered("AAA", "A1", M100, None, 0, "OQT")]
