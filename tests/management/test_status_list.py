"""The status list: the layout of the IETF draft, and nothing that lets anybody in by accident."""

from __future__ import annotations

import base64
import zlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from management.status_list import (
    NOT_VALIDATED,
    REVOKED,
    SUSPENDED,
    VALID,
    Status,
    StatusList,
    StatusListError,
    decode,
    encode,
)

statuses = st.dictionaries(st.integers(0, 99), st.sampled_from([VALID, REVOKED, SUSPENDED, NOT_VALIDATED]))


def test_the_bytes_are_those_of_the_example_in_the_token_status_list_draft() -> None:
    example: list[Status] = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    data = encode(dict(enumerate(example)), 12)
    assert base64.urlsafe_b64encode(data) == b"eNo76fITAAPfAgc="
    assert decode(data).bits == bytes([0xC9, 0x44, 0xF9])
    assert [decode(data).status(index) for index in range(12)] == example


def test_a_hole_and_the_padding_are_not_validated_and_beyond_the_end_nothing_is_known() -> None:
    found = decode(encode({0: VALID, 4: VALID}, 5))
    assert [found.status(index) for index in range(-1, 9)] == [None, 0, 3, 3, 3, 0, 3, 3, 3, None]


def test_an_index_outside_is_an_error() -> None:
    for index in (-1, 5):
        with pytest.raises(ValueError, match=f"index {index} is not in a list of 5"):
            encode({index: VALID}, 5)


@pytest.mark.parametrize(
    "data",
    [b"", b"no list", encode({}, 100)[:-1], encode({}, 100) + b"\0", zlib.compress(bytes(4_000_001))],
    ids=["empty", "other", "cut off", "longer", "too large"],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(StatusListError):
        decode(data)


def test_the_list_of_a_large_games_is_small_enough_for_every_minute() -> None:
    random = Random(20)
    found: dict[int, Status] = dict.fromkeys(range(535_000), VALID)
    found |= dict.fromkeys(random.sample(range(535_000), 6_000), REVOKED)
    data = encode(found, 535_000)
    assert decode(data).size == 535_000
    assert len(decode(data).bits) == 133_750
    assert len(data) < 9_000


@given(statuses)
def test_every_status_comes_back(found: dict[int, Status]) -> None:
    decoded = decode(encode(found, 100))
    assert {index: decoded.status(index) for index in found} == found
    assert decoded.size == 100


@given(st.binary(max_size=40))
def test_any_bytes_are_a_list_that_says_the_same_when_encoded_again(bits: bytes) -> None:
    known = StatusList(bits)
    read = {index: status for index in range(known.size) if (status := known.status(index)) is not None}
    assert decode(encode(read, known.size)) == known
