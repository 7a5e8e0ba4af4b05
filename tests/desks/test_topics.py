"""The chain over events, as anybody may compute it."""

from __future__ import annotations

from hashlib import blake2b

from desks.topics import EVENTS, genesis, headers, link


def test_the_chain_is_blake2b_over_the_value_before_and_the_bytes() -> None:
    first = genesis(b"3/12")
    assert first == blake2b(b"podium management 3/12", digest_size=32).digest()
    assert link(first, b"{}") == blake2b(first + b"{}", digest_size=32).digest()
    assert genesis(b"4/12") != first


def test_a_record_says_its_partition_and_the_version_of_its_shape() -> None:
    assert headers(EVENTS, b"3/12", serial=b"1") == {"partition": b"3/12", "v": b"1", "serial": b"1"}
