"""Outcomes and positions as texts and bytes."""

from __future__ import annotations

import pytest

from desks.codec import decode_outcome, encode
from desks.outcome import Outcome, Position
from management.command import Refusal


def test_a_position_is_a_text_and_back() -> None:
    assert str(Position(3, 1234)) == "3:1234"
    assert Position.parse("3:1234") == Position(3, 1234)
    assert Position(3, 9) < Position(3, 10)


@pytest.mark.parametrize("text", ["", ":", "3", "3:", ":4", "a:1", "-1:2", "1:2:3", "٣:1", "1:" + "9" * 19])
def test_what_is_no_position_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="is no position, such as 3:1234"):
        Position.parse(text)


def test_an_outcome_is_the_same_after_the_log() -> None:
    accepted = Outcome("c", "ro:FRA", Position(1, 7), 3, ("e1", "e2"))
    refused = Outcome("c", "ro:FRA", Position(1, 7), 3, refusal=Refusal("QUOTA", "None free.", {"total": 1}))
    bare = Outcome("c", "ro:FRA", Position(0, 0), 0, refusal=Refusal("STATE", "No."))
    assert [decode_outcome(encode(one)) for one in (accepted, refused, bare)] == [accepted, refused, bare]
    assert [one.accepted for one in (accepted, refused, bare)] == [True, False, False]
    assert encode(accepted) == b'{"id":"c","key":"ro:FRA","position":[1,7],"version":3,"events":["e1","e2"]}'
