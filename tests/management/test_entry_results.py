"""Official results in an entry book: who competed, and how a correction replaces what was told."""

from __future__ import annotations

from management.entry import WithdrawEntry
from management.entry_book import Outcome
from management.entry_results import ReportResults, ResultsReported
from tests.management.entry_hands import M100, OQT, SYSTEM, Book, noc

HEAT, SEMI = M100[:22] + "HEAT000001--", M100[:22] + "SFNL000001--"


def official(unit: str, *lines: Outcome) -> ReportResults:
    return ReportResults(unit, M100, lines)


def test_a_result_is_known_until_it_is_corrected() -> None:
    book = Book()
    first = official(HEAT, Outcome("P1", 1, "48.10"), Outcome("P2", irm="DNF"))
    assert book.does(first, SYSTEM) == [ResultsReported(HEAT, M100, first.lines)]
    assert book.does(first, SYSTEM) == []
    book.does(official(SEMI, Outcome("P1", 3, "48.00")), SYSTEM)
    assert book.state.competed == {f"P1/{M100}": [HEAT, SEMI], f"P2/{M100}": [HEAT]}
    book.does(official(HEAT, Outcome("P2", 1, "48.20")), SYSTEM)
    assert book.state.competed == {f"P1/{M100}": [SEMI], f"P2/{M100}": [HEAT]}
    assert book.state.results[HEAT] == (Outcome("P2", 1, "48.20"),)
    book.does(official(HEAT), SYSTEM)
    assert list(book.state.results) == [SEMI]


def test_only_the_results_side_tells_and_only_of_events_of_the_book() -> None:
    book = Book()
    assert book.refuses(official(HEAT), noc("AAA")) == "NOT_AUTHORISED"
    assert book.refuses(ReportResults("X", "X", ()), SYSTEM) == "UNKNOWN"


def test_who_has_competed_does_not_withdraw() -> None:
    book = Book()
    book.lists("P1")
    book.enters("P1", M100, OQT)
    book.does(official(HEAT, Outcome("P1", irm="DSQ")), SYSTEM)
    assert book.refuses(WithdrawEntry("AAA", "P1", M100), noc("AAA")) == "STATE"
    book.does(official(HEAT, Outcome("P1", irm="DNS")), SYSTEM)
    book.does(WithdrawEntry("AAA", "P1", M100), noc("AAA"))
