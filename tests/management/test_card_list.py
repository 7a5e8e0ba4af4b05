"""The status list as a fold: it says of every card what its record says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from management.card import list_status
from management.card_desk import Reissue, ReportFound, ReportLost
from management.card_events import CardDispatched, CardFound, CardLost, CardProduced, CardReceived, CardValidated
from management.card_list import SAYS, CardList
from management.command import Tick
from management.day_pass import CancelPass, PassIssued, PassReturned, ReturnPass
from management.day_pass import list_status as list_status_of
from management.status_list import NOT_VALIDATED, REVOKED, VALID, decode
from management.suspension import Reinstate
from tests.management.accredited import JULY, RO, SUPERVISOR, SYSTEM, VENUE, active, pre_valid, suspended
from tests.management.pass_book import BACK_BY, ISSUED, approved, issued

LOST = ReportLost(1, identity_checked=True, point="OLV")


def folded(events: Iterable[Any], key: str = "per:P1") -> CardList:
    """Return the list after some events."""
    found = CardList()
    for event in events:
        found.take(key, event)
    return found


def test_it_says_of_every_card_what_its_record_says() -> None:
    reissued = active().after([(LOST, VENUE), (Reissue(1, 2, 20, photo=True, point="OLV"), VENUE)], JULY)
    found = reissued.after([(ReportFound(1, point="OLV"), VENUE)], JULY)
    reinstated = suspended().after([(Reinstate("A1"), SUPERVISOR)], JULY)
    for desk in (pre_valid(), active(), suspended(), reinstated, found):
        records = {card.index: list_status(card) for card in desk.state.cards.values()}
        assert folded(desk.events).statuses == records


def test_it_says_of_every_pass_what_its_book_says() -> None:
    assert folded([ISSUED], "dp:AAA").statuses == {90: VALID}
    for command, by in ((ReturnPass("D1"), VENUE), (Tick(BACK_BY), SYSTEM), (CancelPass("D1"), SUPERVISOR)):
        book = issued()
        ended = book.ask(command, by, BACK_BY)
        assert isinstance(ended, list)
        assert folded([ISSUED, *ended], "dp:AAA").statuses == {90: list_status_of(book.state.passes["D1"])}


def test_a_pass_that_was_never_given_out_is_not_on_it() -> None:
    ended = approved().ask(CancelPass("D1"), RO)
    assert isinstance(ended, list)
    assert folded(ended, "dp:AAA") == CardList()


def test_passes_of_two_organisations_may_have_the_same_name() -> None:
    found = CardList()
    found.take("dp:AAA", PassIssued("D1", 900, 1, BACK_BY, "x"))
    found.take("dp:BBB", PassIssued("D1", 901, 2, BACK_BY, "x"))
    found.take("dp:AAA", PassReturned("D1", by="x"))
    assert found.statuses == {1: REVOKED, 2: VALID}


def test_an_index_that_two_claim_opens_nothing_whatever_comes() -> None:
    found = folded(
        [
            CardProduced(1, 10, "A1", 0, 1, "op"),
            CardValidated(1, point="OLV", by="x"),
            CardProduced(2, 10, "A2", 0, 1, "op"),
            CardValidated(2, point="OLV", by="x"),
            CardValidated(1, point="OLV", by="x"),
        ]
    )
    assert (found.statuses, found.disputed) == ({10: REVOKED}, {10})


def test_it_is_encoded_up_to_the_last_index() -> None:
    found = folded([CardProduced(1, 5, "A1", 0, 1, "op"), CardValidated(1, point="OLV", by="x")])
    listed = decode(found.encode())
    assert [listed.status(index) for index in (4, 5, 8)] == [NOT_VALIDATED, VALID, None]
    assert decode(CardList().encode()).size == 0


def test_notes_change_nothing_and_it_is_data() -> None:
    card = CardProduced(1, 5, "A1", 0, 1, "op")
    notes = [CardDispatched(1, batch="B"), CardReceived(1, batch="B"), CardFound(1, by="x")]
    assert [type(note) in SAYS for note in notes] == [False, False, False]
    found = folded([card, CardLost(1, by="x"), *notes])
    assert found.statuses == {5: REVOKED}
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=CardList) == found
