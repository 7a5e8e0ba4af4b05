"""Resume tokens: only what was given out is good."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import patterns
from feeds.token import LENGTH, Mint, WrongToken, subscription_of

MEDALS = subscription_of(patterns.decode(["medals/table", "venues"], most=9))
RESULTS = subscription_of(patterns.decode(["result/**"], most=9))


@given(st.integers(0, 2**48 - 1))
def test_there_and_back(cut: int) -> None:
    mint = Mint(b"key", "epoch")
    token = mint.encode(MEDALS, cut)
    assert len(token) == LENGTH
    assert mint.decode(token, MEDALS) == cut


@pytest.mark.parametrize(
    ("mint", "subscription", "why"),
    [
        (Mint(b"key", "epoch"), RESULTS, "token"),
        (Mint(b"other", "epoch"), MEDALS, "token"),
        (Mint(b"key", "later"), MEDALS, "epoch"),
    ],
)
def test_a_token_is_of_one_key_one_epoch_one_subscription(mint: Mint, subscription: bytes, why: str) -> None:
    token = Mint(b"key", "epoch").encode(MEDALS, 7)
    with pytest.raises(WrongToken, match=why):
        mint.decode(token, subscription)


@given(st.text(max_size=40) | st.binary(min_size=24, max_size=24).map(lambda data: data.hex()[:32]))
def test_anything_else_is_refused(token: str) -> None:
    with pytest.raises(WrongToken):
        Mint(b"key", "epoch").decode(token, MEDALS)


@given(st.integers(0, LENGTH - 1), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
def test_a_changed_character_is_noticed(place: int, character: str) -> None:
    mint = Mint(b"key", "epoch")
    token = mint.encode(MEDALS, 7)
    changed = token[:place] + character + token[place + 1 :]
    if changed != token:
        with pytest.raises(WrongToken):
            mint.decode(changed, MEDALS)


def test_the_order_of_patterns_does_not_matter() -> None:
    assert subscription_of(patterns.decode(["venues", "medals/table"], most=9)) == MEDALS
