"""What is printed opens what was decided, and a pass is good for its day."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from management.access import decide_access
from management.day_pass import ApprovePass
from management.entitlement import Entitlement, Override, entitle
from management.function_change import ChangeEntitlement
from management.gate import Gate, HostScan, Token
from management.status_list import decode, encode
from management.token import entitlement_of, token_of_card, token_of_pass
from tests.management.accredited import JULY, OPERATOR, RO, SUPERVISOR, T20, VENUE, active, approved
from tests.management.at_the_gate import SNAPSHOT
from tests.management.pass_book import ASK, BACK_BY, ISSUE, NOON, Book, issued, requested

VILLAGE = Gate("OLV-9", "OLV", "V", "OLV")
LISTED = decode(encode({10: 0, 90: 0}, 92))


def at(token: Token, gate: Gate = VILLAGE, t: int = NOON, **known: Any) -> str:
    """Return the one reason at a gate that has only the status list."""
    alone = msgspec.structs.replace(SNAPSHOT, statuses=LISTED, list_at=t, entitlements={}, **known)
    return decide_access(token, gate, t, "IN", alone).reason


def test_a_card_says_what_its_participation_gives() -> None:
    desk = active()
    token = token_of_card(desk.state.cards["1"], desk.state.participations["A1"], T20)
    swimmer = entitle(T20.function("Aa", "ATHLETE"), "SWM", (), version=1)
    assert token == Token("T20", 1, 10, "AAA", "Aa", T20.validity.first, T20.validity.end, swimmer)
    assert (at(token), at(token, Gate("MPC-1", "MPC", "4", "MPC"))) == ("OK", "VENUE")


def test_the_entitlement_is_the_newest_with_what_the_person_has_alone() -> None:
    override = Override("DENY", "sup-a", JULY, "OLV")
    desk = approved().after([(ChangeEntitlement("A1", (override,), requested_by="op"), SUPERVISOR)])
    assert entitlement_of(desk.state.participations["A1"], T20) == entitle(
        T20.function("Aa", "ATHLETE"), "SWM", (override,), version=2
    )


def test_a_pass_opens_its_zones_on_its_day_until_it_has_to_be_back() -> None:
    token = token_of_pass(issued().state.passes["D1"], "AAA", T20)
    entitlement = Entitlement(1, ("OLV",), {"VILLAGE": ("V",)})
    first = T20.day_first(ASK.day)
    assert token == Token("T20", 900, 90, "AAA", "GT", first, BACK_BY, entitlement)
    assert [at(token, t=t) for t in (first - 1, first, BACK_BY - 1, BACK_BY)] == [
        "NOT_YET_VALID",
        "OK",
        "OK",
        "EXPIRED",
    ]
    assert [at(token, Gate("G", venue, zone, "P")) for venue, zone in (("OLV", "R"), ("MPC", "4"))] == ["ZONE", "VENUE"]


def test_an_escorted_pass_needs_a_card_of_its_organisation() -> None:
    ask = msgspec.structs.replace(ASK, zones=("R",), escorted=True)
    book = Book().after((ask, RO)).after((ApprovePass("D1"), OPERATOR), (ISSUE, VENUE), at=NOON)
    token = token_of_pass(book.state.passes["D1"], "AAA", T20)
    residence = Gate("OLV-1", "OLV", "R", "OLV")
    host = HostScan("OLV-1", NOON, serial=5, ro="AAA")
    assert (at(token, residence), at(token, residence, hosts=(host,))) == ("ESCORT", "OK")


def test_a_pass_that_was_not_given_out_says_nothing() -> None:
    with pytest.raises(ValueError, match="the pass D1 was not given out"):
        token_of_pass(requested().state.passes["D1"], "AAA", T20)
