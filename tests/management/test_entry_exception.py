"""Exceptions: who grants them, from what, and how narrow they are."""

from __future__ import annotations

from msgspec.structs import replace

from management.entry_exception import ANY, STRUCTURAL, ExceptionGranted, GrantException, exception_for
from tests.management.entry_hands import AUTHORITY, FEDERATION, M100, M200, T20, Book, noc

LATE_ENTRY = GrantException("X1", "DEADLINE", "AAA", "EB 2021-07-06/3", "power cut at the office", "A1", M100)


def test_the_authority_grants_an_exception_and_its_name_and_reason_are_kept() -> None:
    granted = ExceptionGranted("X1", "DEADLINE", "AAA", "EB 2021-07-06/3", "power cut at the office", "A1", M100)
    assert Book().does(LATE_ENTRY, AUTHORITY) == [granted]


def test_nobody_else_does() -> None:
    assert Book().refuses(LATE_ENTRY, FEDERATION) == "NOT_AUTHORISED"
    assert Book().refuses(LATE_ENTRY, noc("AAA")) == "NOT_AUTHORISED"


def test_what_the_policy_does_not_name_is_not_lifted() -> None:
    assert Book().refuses(GrantException("X1", "SANCTIONED", "AAA", "EB 1", "why"), AUTHORITY) == "NOT_EXCEPTABLE"


def test_what_holds_the_book_together_is_not_lifted_by_any_policy() -> None:
    book = Book(policy=replace(T20, exceptable=tuple(STRUCTURAL)))
    for code in sorted(STRUCTURAL):
        assert book.refuses(GrantException("X1", code, "AAA", "EB 1", "why"), AUTHORITY) == "NOT_EXCEPTABLE"


def test_an_exception_without_authority_or_reason_is_none() -> None:
    assert Book().refuses(GrantException("X1", "DEADLINE", "AAA", " ", "why"), AUTHORITY) == "REASON"
    assert Book().refuses(GrantException("X1", "DEADLINE", "AAA", "EB 1", ""), AUTHORITY) == "REASON"


def test_the_same_one_again_does_nothing_and_another_in_its_place_is_refused() -> None:
    book = Book()
    book.does(LATE_ENTRY, AUTHORITY)
    assert book.does(LATE_ENTRY, AUTHORITY) == []
    again = GrantException("X2", "DEADLINE", "AAA", "EB 9", "other", "A1", M100)
    assert book.refuses(again, AUTHORITY) == "STATE"


def test_the_narrowest_one_is_found() -> None:
    book = Book()
    cases = [("X1", ANY, ANY), ("X2", ANY, M100), ("X3", "A1", ANY), ("X4", "A1", M100)]
    for number, athlete, event in cases:
        book.does(GrantException(number, "DEADLINE", "AAA", "EB 1", "why", athlete, event), AUTHORITY)
    found = [
        exception_for(book.state, "DEADLINE", "AAA", athlete, event)
        for athlete, event in (("A1", M100), ("A1", M200), ("A2", M100), ("A2", M200))
    ]
    assert found == ["X4", "X3", "X2", "X1"]
    assert exception_for(book.state, "AGE", "AAA", "A1", M100) is None
    assert exception_for(book.state, "DEADLINE", "BBB", "A1", M100) is None
