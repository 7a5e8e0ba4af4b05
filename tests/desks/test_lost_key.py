"""A key that is lost: it counts no longer, and the cards that it signed are signed anew."""

from __future__ import annotations

import pytest

from desks import card_token
from desks.keys import read_manifest
from desks.lost_key import give_up, sign_anew
from desks.people_index.cards import Cards
from management.card_desk import ReportLost
from management.command import Recorded
from management.gate import Token, TokenFailure
from management.token import token_of_card
from tests.desks.test_keys import FIRST, ROOT, SECOND, key, manifest
from tests.management.accredited import JULY, T20, VENUE, Desk, active

THIRD = key(4)


def cards_of(desk: Desk) -> Cards:
    """Return the table of cards after all that happened to one person."""
    cards = Cards(T20)
    for version, event in enumerate(desk.events, 1):
        cards.take(Recorded(f"e{version}", desk.key, version, event, "c", "op", JULY))
    return cards


def test_cards_open_gates_by_the_next_key_and_by_the_lost_one_no_more() -> None:
    desk = active()
    card = desk.state.cards["1"]
    old = card_token.encode(token_of_card(card, desk.state.participations["A1"], T20), T20, FIRST)
    before = manifest(7, FIRST, SECOND)
    after = give_up(before, FIRST.kid, THIRD.public)
    gates = read_manifest(after.encode(ROOT), ROOT.public, "T20", known=before.version).ring()
    assert sorted(gates) == sorted([SECOND.kid, THIRD.kid])
    assert card_token.decode(old, T20, gates) == TokenFailure("UNKNOWN_KEY")
    (anew,) = sign_anew(cards_of(desk), SECOND)
    assert (anew.person, anew.serial) == ("P1", 1)
    found = card_token.decode(anew.text, T20, gates)
    assert isinstance(found, Token)
    assert found == card_token.decode(old, T20, before.ring())  # all but the signature is as it was
    assert list(sign_anew(cards_of(desk), SECOND, after=1)) == []


def test_a_card_that_is_blocked_is_not_signed_anew() -> None:
    desk = active().after([(ReportLost(1, identity_checked=True, point="OLV"), VENUE)], JULY)
    assert list(sign_anew(cards_of(desk), SECOND)) == []


def test_what_cannot_be_given_up_is_said() -> None:
    with pytest.raises(ValueError, match=f"manifest 7 has no key {THIRD.kid.hex()}"):
        give_up(manifest(7, FIRST, SECOND), THIRD.kid)
    with pytest.raises(ValueError, match="no key would be left"):
        give_up(manifest(7, FIRST), FIRST.kid)
