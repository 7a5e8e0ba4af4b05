"""Base45: the examples of RFC 9285, and that bytes have one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks.base45 import ALPHABET, Base45Error, decode, encode


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"", ""),
        (b"\xff\xff", "FGW"),
        (b"\xff", "U5"),
    ],
)
def test_the_examples_of_the_rfc(data: bytes, text: str) -> None:
    assert (encode(data), decode(text)) == (text, data)


@pytest.mark.parametrize("text", ["GGW", ":::", "BB8:", "::", "V5", "bb8", "BB8\n", "Ä", "A", "BB8A"])
def test_what_is_the_text_of_no_bytes_is_refused(text: str) -> None:
    with pytest.raises(Base45Error):
        decode(text)


@given(st.binary(max_size=60))
def test_bytes_come_back(data: bytes) -> None:
    assert decode(encode(data)) == data


@given(st.text(ALPHABET, max_size=12))
def test_a_text_that_is_taken_is_the_only_one_of_its_bytes(text: str) -> None:
    try:
        data = decode(text)
    except Base45Error:
        return
    assert encode(data) == text
