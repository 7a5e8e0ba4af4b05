"""The line protocol, byte by byte: how it is cut up by the network changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.lines import LONGEST_LINE, Broken, Bye, Event, Frame, Hello, LineReader, Loss, Ping, TooLarge

HELLO = b"PODIUM/1 swm S\n"
TALK = HELLO + b"1 2\n{}2 3\na\nb\r\n3 0\nPING\n\nLOST 4 6\n7 12\r\n0123456789!!8 1\nxBYE\n"
SAID: list[Event] = [
    Hello("swm", "S"),
    Frame(1, b"{}", 1, 15),
    Frame(2, b"a\nb", 2, 21),
    Frame(3, b"", 3, 30),
    Ping(),
    Loss(4, 6, 5, 40),
    TooLarge(7, b"01234", 12, 6, 49),
    Frame(8, b"x", 7, 67),
    Bye(),
]


def read(*chunks: bytes) -> list[Event]:
    """Return what a connection says that has messages of at most 10 bytes, of which 5 are kept."""
    reader = LineReader(10, 5)
    return [event for chunk in chunks for event in reader.feed(chunk)]


def test_a_whole_connection() -> None:
    assert read(TALK) == SAID


@given(st.lists(st.integers(0, len(TALK)), max_size=12).map(sorted))
def test_where_the_network_cuts_changes_nothing(cuts: list[int]) -> None:
    assert read(*(TALK[start:end] for start, end in zip([0, *cuts], [*cuts, len(TALK)], strict=True))) == SAID


def test_byte_by_byte() -> None:
    assert read(*(bytes([byte]) for byte in TALK)) == SAID


def test_after_what_cannot_be_read_nothing_is() -> None:
    assert read(HELLO + b"1 1\na", b"nonsense\n2 1\nb", b"3 1\nc") == [
        Hello("swm", "S"),
        Frame(1, b"a", 1, 15),
        Broken("a line must be 'serial length', LOST, PING or BYE", b"nonse", 2, 20),
    ]


@pytest.mark.parametrize(
    "line",
    [b"-1 1\n", b"1  1\n", b"1 1 \n", b"1_0 1\n", b"1\n", b"LOST 1\n", b"LOST 1 x\n", b"ping\n", b"1" * 20 + b" 1\n"],
)
def test_a_line_must_be_one_of_ours(line: bytes) -> None:
    _, broken = read(HELLO + line)
    assert isinstance(broken, Broken)
    assert (broken.number, broken.offset) == (1, 15)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"GET / HTTP/1.1\r\n", "the first line must be 'PODIUM/1 source session'"),
        (b"100 2\n", "the first line must be 'PODIUM/1 source session'"),
        (b"PODIUM/1 swm\n", "the first line must be 'PODIUM/1 source session'"),
        (b"PODIUM/1 \xff S\n", "the names of source and session must be UTF-8"),
        (b"PODIUM/2 swm S\n", "version 1 of the protocol is spoken here"),
    ],
)
def test_the_first_line_says_who_speaks(line: bytes, reason: str) -> None:
    assert read(line + b"1 2\n{}") == [Broken(reason, line[:5], 0, 0)]


def test_a_line_without_an_end_is_not_waited_for_for_ever() -> None:
    assert read(b"x" * (LONGEST_LINE - 1)) == []
    assert [type(event) for event in read(b"x" * (LONGEST_LINE - 1), b"x")] == [Broken]
    assert [type(event) for event in read(HELLO, b"1" * 600, b"1" * 600)] == [Hello, Broken]


def test_a_message_that_is_too_large_is_told_before_its_end_and_passed_over() -> None:
    reader = LineReader(10, 5)
    reader.feed(HELLO)
    assert reader.feed(b"1 1000000\n0123") == []
    assert reader.feed(b"4") == [TooLarge(1, b"01234", 1_000_000, 1, 15)]
    for _ in range(9):
        assert reader.feed(b"x" * 100_000) == []
    assert reader.feed(b"x" * 99_995 + b"2 1\ny") == [Frame(2, b"y", 2, 15 + 10 + 1_000_000)]
