"""What is to be erased follows from the events of persons, in whatever order those of two come."""

from __future__ import annotations

from typing import Any

from desks.privacy.orders import Order, Orders
from management.person_record import LegalHoldLifted, LegalHoldPlaced, PersonErased, PersonMerged
from management.retention import FieldsExpired
from tests.desks.reactions.told import recorded


def orders(*happened: tuple[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    taken, found = Orders(), list[Order]()
    for number, (key, event) in enumerate(happened, 1):
        found += taken.take(recorded(key, event, number))
    return [(order.person, order.people) for order in found]


def test_a_person_is_erased_with_all_records_that_had_gone_on_in_it() -> None:
    assert orders(("per:P1", PersonErased(("P2", "P3")))) == [("P1", ("P1", "P2", "P3"))]


def test_a_merge_that_the_erased_record_had_not_adopted_yet_counts() -> None:
    merged, erased = ("per:P2", PersonMerged("P1", (), ("P4",))), ("per:P1", PersonErased(()))
    assert orders(merged, erased) == [("P1", ("P1", "P2"))]
    assert orders(erased, merged) == [("P1", ("P1",)), ("P2", ("P2", "P4"))]


def test_a_chain_of_merges_ends_where_it_ends_and_a_ring_somewhere() -> None:
    chain = [("per:P3", PersonMerged("P2", (), ())), ("per:P2", PersonMerged("P1", (), ("P3",)))]
    assert orders(*chain, ("per:P1", PersonErased(("P2", "P3")))) == [("P1", ("P1", "P2", "P3"))]
    assert orders(("per:P1", PersonErased(())), *chain) == [("P1", ("P1",)), ("P2", ("P2", "P3"))]
    ring = [("per:P1", PersonMerged("P2", (), ())), ("per:P2", PersonMerged("P1", (), ()))]
    assert orders(*ring) == []


def test_whom_the_law_holds_is_held_with_all_records_until_every_case_is_closed() -> None:
    known = Orders()
    happened: list[tuple[str, Any]] = [
        ("per:P1", LegalHoldPlaced("C1")),
        ("per:P1", LegalHoldPlaced("C2")),
        ("per:P2", PersonMerged("P1", (), ())),
        ("per:P1", LegalHoldLifted("C1")),
        ("ret:T20", FieldsExpired(("photo",))),
    ]
    for key, event in happened:
        assert known.take(recorded(key, event)) == []
    assert (known.held(), known.expired) == ({"P1", "P2"}, {"photo"})
    known.take(recorded("per:P1", LegalHoldLifted("C2")))
    assert known.held() == set()
