"""Who sees which part of a record: what his work needs; what he may not see and what is not there are one answer."""

from __future__ import annotations

from typing import Any

import pytest

from desks.api.sight import see
from management.command import Actor, Grant, Role
from tests.management.accredited import AUTHORITY, NOBODY, OPERATOR, OTHER_RO, PRINT, RO, TO_SUSPENDED, Desk
from tests.management.entry_hands import M58, Book, noc


def one(role: Role, scope: str = "*") -> Actor:
    return Actor("somebody", (Grant(role, scope),))


@pytest.fixture(scope="module")
def state() -> Any:
    return Desk().after([*TO_SUSPENDED[:-1], (PRINT, OPERATOR), TO_SUSPENDED[-1]]).state


def fields(actor: Actor, state: Any) -> dict[str, set[str]]:
    seen = see(actor, "per:P1", state)
    return {name: set(seen[name].get("A1") or seen[name]["1"]) for name in ("participations", "cards") if name in seen}


def test_a_role_sees_of_a_person_what_its_work_needs(state: Any) -> None:
    whole = fields(OPERATOR, state)
    watch, checks, protects, hands = (
        fields(one(role), state) for role in ("SOC", "SECURITY_CHECK", "DPO", "VENUE_ACR")
    )
    assert whole == fields(AUTHORITY, state)
    assert checks == {"participations": {"id", "status", "clearance", "clearance_expires"}}
    assert protects == {"participations": {"id", "status"}}
    assert "suspension" in watch["participations"]
    for business in ("ro", "category", "function", "discipline", "overrides"):
        assert business not in watch["participations"] | checks["participations"] | protects["participations"]
    assert hands["cards"] == whole["cards"] > watch["cards"]
    assert not hands["participations"] & {"suspension", "clearance", "overrides", "warnings"}


def test_the_protection_of_data_sees_what_erasing_hangs_on(state: Any) -> None:
    seen = see(one("DPO"), "per:P1", state)
    assert (seen["legal_holds"], seen["erasure_asked"], seen["erased"]) == ([], "", False)


def test_somebody_with_two_roles_sees_what_both_see(state: Any) -> None:
    both = Actor("both", (Grant("SECURITY_CHECK"), Grant("RO_ACR", "ro:AAA")))
    assert see(both, "per:P1", state)["participations"] == see(RO, "per:P1", state)["participations"]
    assert see(OTHER_RO, "per:P1", state) is None


@pytest.mark.parametrize("key", ["per:P1", "vol:T20:P1", "uni:T20:P1", "ntc:per:P1"])
def test_a_volunteer_sees_himself_alone(key: str, state: Any) -> None:
    assert see(one("VOLUNTEER", "person:P1"), key, state)
    for other in (one("VOLUNTEER", "person:P2"), one("VOLUNTEER"), NOBODY):
        assert see(other, key, state) is None


def test_an_organisation_sees_its_own_part_of_an_entry_book() -> None:
    book = Book("TKW")
    book.lists("A1", "A2")
    book.lists("B1", of="BBB")
    book.place("p1", M58, "RANKING")
    book.place("p2", M58, "RANKING", of="BBB")
    own, other = (see(noc(code), "ebk:TKW", book.state) for code in ("AAA", "BBB"))
    assert (set(own["athletes"]), set(other["athletes"])) == ({"A1", "A2"}, {"B1"})
    assert (set(own["places"]), set(other["places"])) == ({"p1"}, {"p2"})
    assert set(own["listed"]) == {"AAA"}
    assert not {"asked", "step", "index"} & set(own["places"]["p1"])
    assert see(noc("CCC"), "ebk:TKW", book.state) is None
    assert set(see(one("SPORT_ENTRIES"), "ebk:TKW", book.state)["athletes"]) == {"A1", "A2", "B1"}
