"""The long lists: who may be put on them and when, forms, entries by number."""

from __future__ import annotations

from management.entry_book import Athlete
from management.entry_exception import GrantException
from management.long_list import (
    AthleteLongListed,
    AthleteStruckOff,
    EligibilityFormSigned,
    EnterNumber,
    LongListAthlete,
    LongListSubmitted,
    NumberEntered,
    SignEligibilityForm,
    StrikeOff,
    SubmitLongList,
)
from tests.management.entry_hands import AUTHORITY, JUNE, LATE, M100, OFFICE, OQT, T20, Book, noc

AAA = noc("AAA")
A1 = LongListAthlete("AAA", "A1", "M", b"sealed")


def test_an_organisation_puts_its_athletes_on_the_list_and_what_is_personal_stays_sealed() -> None:
    book = Book()
    assert book.does(A1, AAA) == [AthleteLongListed("AAA", "A1", "M", late=False, sealed=b"sealed")]
    assert book.state.athletes == {"A1": Athlete("AAA", "M")}


def test_nobody_puts_athletes_on_the_list_of_others() -> None:
    assert Book().refuses(A1, noc("BBB")) == "NOT_AUTHORISED"


def test_the_same_wish_again_does_nothing_and_another_is_refused() -> None:
    book = Book()
    book.does(A1, AAA)
    assert book.does(A1, AAA) == []
    assert book.refuses(LongListAthlete("BBB", "A1", "M"), noc("BBB")) == "STATE"


def test_after_the_deadline_an_addition_is_late() -> None:
    book = Book()
    until = T20.long_list_until
    assert book.does(A1, AAA, until) == [AthleteLongListed("AAA", "A1", "M", late=False, sealed=b"sealed")]
    late = book.does(LongListAthlete("AAA", "A2", "W"), AAA, until + 1)
    assert late == [AthleteLongListed("AAA", "A2", "W", late=True)]


def test_a_submitted_list_is_closed_and_counts_its_athletes() -> None:
    book = Book()
    book.lists("A1", "A2")
    assert book.refuses(SubmitLongList("AAA"), noc("BBB")) == "NOT_AUTHORISED"
    assert book.does(SubmitLongList("AAA"), AAA) == [LongListSubmitted("AAA", 2)]
    assert book.does(SubmitLongList("AAA"), AAA) == []
    assert book.refuses(LongListAthlete("AAA", "A3", "M"), AAA) == "LONG_LIST_CLOSED"
    assert book.refuses(StrikeOff("AAA", "A1"), AAA) == "LONG_LIST_CLOSED"
    assert book.does(LongListAthlete("BBB", "B1", "M"), noc("BBB")) == [AthleteLongListed("BBB", "B1", "M")]


def test_only_an_exception_adds_to_a_closed_list_and_the_event_names_it() -> None:
    book = Book()
    book.does(SubmitLongList("AAA"), AAA)
    book.does(GrantException("X1", "LONG_LIST_CLOSED", "AAA", "EB 12", "postal strike", "A1"), AUTHORITY, JUNE)
    listed = AthleteLongListed("AAA", "A1", "M", late=True, exception="X1", sealed=b"sealed")
    assert book.does(A1, AAA, JUNE) == [listed]
    assert book.refuses(LongListAthlete("AAA", "A2", "M"), AAA, JUNE) == "LONG_LIST_CLOSED"


def test_who_is_struck_off_may_be_listed_again_by_anybody_and_brings_a_new_form() -> None:
    book = Book()
    book.lists("A1")
    assert book.refuses(StrikeOff("AAA", "A1"), noc("BBB")) == "NOT_AUTHORISED"
    assert book.refuses(StrikeOff("BBB", "A1"), noc("BBB")) == "NOT_LONG_LISTED"
    assert book.does(StrikeOff("AAA", "A1"), AAA) == [AthleteStruckOff("AAA", "A1")]
    assert book.does(StrikeOff("AAA", "A1"), AAA) == []
    assert book.state.listed == {}
    assert book.refuses(SignEligibilityForm("A1"), OFFICE) == "NOT_LONG_LISTED"
    book.does(LongListAthlete("BBB", "A1", "M"), noc("BBB"))
    assert book.state.athletes["A1"] == Athlete("BBB", "M", form=False)


def test_who_is_entered_is_not_struck_off() -> None:
    book = Book()
    book.lists("A1")
    book.enters("A1", M100, OQT)
    assert book.refuses(StrikeOff("AAA", "A1"), AAA) == "STATE"


def test_a_form_comes_from_the_organisation_or_the_entries_office() -> None:
    book = Book()
    book.lists("A1", "A2", form=False)
    assert book.refuses(SignEligibilityForm("A1"), noc("BBB")) == "NOT_AUTHORISED"
    assert book.does(SignEligibilityForm("A1", b"scan"), AAA) == [EligibilityFormSigned("A1", b"scan")]
    assert book.does(SignEligibilityForm("A1"), AAA) == []
    assert book.does(SignEligibilityForm("A2"), OFFICE) == [EligibilityFormSigned("A2")]
    assert book.refuses(SignEligibilityForm("A9"), OFFICE) == "NOT_LONG_LISTED"


def test_entries_by_number_have_a_deadline_of_their_own() -> None:
    book = Book()
    two = EnterNumber("AAA", M100, 2)
    assert book.refuses(two, noc("BBB")) == "NOT_AUTHORISED"
    assert book.refuses(EnterNumber("AAA", "SWMM50MFR-------------------------", 2), AAA) == "UNKNOWN"
    assert book.refuses(EnterNumber("AAA", M100, -1), AAA) == "UNKNOWN"
    assert book.does(two, AAA, T20.numbers_until) == [NumberEntered("AAA", M100, 2)]
    assert book.does(two, AAA, LATE) == []
    assert book.refuses(EnterNumber("AAA", M100, 1), AAA, T20.numbers_until + 1) == "DEADLINE"
    assert book.state.numbers == {f"AAA/{M100}": 2}
