"""What gates are sent: signed by a publisher, of one type, of these Games."""

from __future__ import annotations

import msgspec
import pytest

from desks.cose import sign1
from desks.errors import BadPublication
from desks.gate_publication import (
    Beacon,
    Entitlements,
    Facts,
    Publication,
    Statuses,
    decode,
    encode,
    pack_entitlements,
)
from management.entitlement import Override
from tests.desks.gate_hands import PUBLISHER, facts, statuses
from tests.desks.test_card_token import KEY
from tests.management.accredited import JULY
from tests.management.at_the_gate import SWIMMER

KEYS = {PUBLISHER.kid: PUBLISHER.public}


@pytest.mark.parametrize("one", [facts(), statuses({10: 1}), Beacon("T20", JULY)], ids=["facts", "list", "time"])
def test_a_publication_comes_back(one: Publication) -> None:
    assert decode(encode(one, PUBLISHER), type(one), KEYS, "T20") == one


def test_what_does_not_count_says_why() -> None:
    cases: list[tuple[bytes, str]] = [
        (encode(Beacon("T20", JULY), KEY), "no time that a publisher has signed: UNKNOWN_KEY: no key "),
        (
            encode(statuses({}), PUBLISHER),
            "no time that a publisher has signed: MALFORMED: a message of the type 'status'",
        ),
        (encode(Beacon("T24", JULY), PUBLISHER), "time: of other Games than T20"),
        (sign1(b"\x01", "time", PUBLISHER), "no time that a publisher has signed: Expected `object`"),
    ]
    for data, reason in cases:
        with pytest.raises(BadPublication) as refused:
            decode(data, Beacon, KEYS, "T20")
        assert str(refused.value)[: len(reason)] == reason


def test_facts_with_the_policy_of_other_games_do_not_count() -> None:
    other = msgspec.structs.replace(facts().policy, games="T24")
    with pytest.raises(BadPublication, match="facts: of other Games"):
        decode(encode(facts(policy=other), PUBLISHER), Facts, KEYS, "T20")


def test_a_statuses_type_is_not_another() -> None:
    with pytest.raises(BadPublication):
        decode(encode(facts(), PUBLISHER), Statuses, KEYS, "T20")


def test_entitlements_come_back_and_equal_ones_are_sent_once() -> None:
    barred = msgspec.structs.replace(SWIMMER, version=9, overrides=(Override("DENY", "sup", JULY, "SWC"),))
    held = {1: SWIMMER, 2: msgspec.structs.replace(SWIMMER, version=8), 3: barred}
    terms, cards = pack_entitlements(held)
    assert len(terms) == 2
    found = Entitlements(facts(terms=terms, cards=cards))
    assert dict(found) == held
    assert [serial in found for serial in (1, 3, 4)] == [True, True, False]
    assert found.get(4) is None
    assert len(found) == 3
