"""Verifying: whatever was done to a log behind its back is found, and the first bad place is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from engine.chain import Found, Report, SourceHead, overall, verify
from engine.gateway import Gateway
from engine.raw import GENESIS, RAW, Raw, link, raw_of
from engine.sqlite_log import SqliteLog

if TYPE_CHECKING:
    from tests.engine.conftest import HandClock

Opens = Callable[[], SqliteLog]
DAY = [
    ("SWM", "S", 1, 0, 1, b"s1"),
    ("ATH", "A", 1, 0, 2, b"a1"),
    ("SWM", "S", 2, 0, 3, b"s2"),
    ("SWM", "S", 3, 0, 4, b"s3"),
    ("ATH", "A", 2, 0, 5, b"a2"),
    ("SWM", "T", 1, 0, 6, b"t1"),
]


@pytest.fixture
def raws(log: SqliteLog, clock: HandClock) -> list[Raw]:
    """A log of two sources, and its messages."""
    return Gateway(log, clock).store(DAY).raws


@pytest.fixture
def tamper(log: SqliteLog) -> Callable[..., None]:
    """Change the file behind the log's back."""

    def tampers(statement: str, *values: Any) -> None:
        with sqlite3.connect(log.path, isolation_level=None) as connection:
            ((number,),) = connection.execute("SELECT number FROM topics WHERE name = ?", (RAW,))
            connection.execute(statement.replace("RAW", f"topic_{number}"), values)
        connection.close()

    return tampers


def recompute(log: SqliteLog, tamper: Callable[..., None]) -> None:
    """Do what a careful forger does: make the chain of every source fit what is in the file."""
    chains: dict[str, bytes] = {}
    for raw in map(raw_of, log.read(RAW)):
        chain = link(chains.get(raw.source, GENESIS), raw.source, raw.session, raw.serial, raw.data)
        chains[raw.source] = chain
        (record,) = log.read(RAW, raw.position - 1, limit=1)
        headers = msgspec.msgpack.encode({**record.headers, "chain": chain})
        tamper("UPDATE RAW SET headers = ? WHERE position = ?", headers, raw.position)


def flaw(report: Report) -> tuple[str, str, str, int, int] | None:
    """Return the first bad place."""
    found = report.flaw
    return (found.kind, found.source, found.session, found.serial, found.position) if found else None


def head_after(raws: list[Raw], count: int) -> str:
    """Compute the overall head after so many messages, from its definition."""
    head = b"\0" * 16
    for raw in raws[:count]:
        head = blake2b(head + raw.source.encode() + b"\0" + raw.chain, digest_size=16).digest()
    return head.hex()


def test_a_log_that_nobody_touched_is_sound(log: SqliteLog, raws: list[Raw]) -> None:
    assert verify(log) == Report(
        6,
        head_after(raws, 6),
        {"ATH": SourceHead(raws[4].chain.hex(), 2, "ATH/A/2"), "SWM": SourceHead(raws[5].chain.hex(), 4, "SWM/T/1")},
        (),
        (),
    )


def test_an_empty_log_is_sound(log: SqliteLog) -> None:
    assert verify(log) == Report(0, "0" * 32, {}, (), ())


def test_the_head_follows_from_the_head_before(raws: list[Raw]) -> None:
    assert overall(bytes.fromhex(head_after(raws, 3)), raws[3].source, raws[3].chain).hex() == head_after(raws, 4)


async def test_a_live_log_with_notes_losses_and_backfills_is_sound(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock)
    gateway.connected("SWM", "S", "p")
    for serial in (1, 2):
        await gateway.offer("SWM", "S", serial, b"x")
    await gateway.declare_lost("SWM", "S", 3, 5, "x")
    for serial in (6, 4, 3, 5, 7):
        await gateway.offer("SWM", "S", serial, b"x")
    await gateway.close()
    report = verify(log)
    assert (report.messages, report.flaws) == (11, ())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE RAW SET value = x'7333' WHERE position = 3",
        "UPDATE RAW SET value = x'' WHERE position = 3",
    ],
)
def test_a_changed_byte_is_found(log: SqliteLog, raws: list[Raw], tamper: Callable[..., None], change: str) -> None:
    tamper(change)
    assert flaw(verify(log)) == ("changed", "SWM", "S", 2, 3)


@pytest.mark.parametrize(("name", "value"), [("session", b"X"), ("chain", b"\1" * 16)])
def test_a_changed_header_is_found(
    log: SqliteLog, raws: list[Raw], tamper: Callable[..., None], name: str, value: bytes
) -> None:
    (record,) = log.read(RAW, 5, limit=1)
    tamper("UPDATE RAW SET headers = ? WHERE position = 6", msgspec.msgpack.encode({**record.headers, name: value}))
    assert flaw(verify(log)) == ("changed", "SWM", raw_of(log.read(RAW)[5]).session, 1, 6)


def test_a_message_that_was_taken_out_is_found_at_the_next_of_its_source(
    log: SqliteLog, raws: list[Raw], tamper: Callable[..., None]
) -> None:
    tamper("DELETE FROM RAW WHERE position = 3")
    report = verify(log)
    assert flaw(report) == ("missing", "SWM", "S", 3, 4)
    assert report.flaw is not None
    assert report.flaw.text == "before SWM/S/3 at position 4: serials 2 to 2 of the session are not in the log"
    assert len(report.flaws) == 1


def test_the_last_message_of_a_session_that_was_taken_out_is_found(
    log: SqliteLog, raws: list[Raw], tamper: Callable[..., None]
) -> None:
    tamper("DELETE FROM RAW WHERE position = 4")
    assert flaw(verify(log)) == ("changed", "SWM", "T", 1, 6)


def test_a_recomputed_chain_does_not_hide_a_message_taken_out(
    log: SqliteLog, raws: list[Raw], tamper: Callable[..., None]
) -> None:
    tamper("DELETE FROM RAW WHERE position = 3")
    recompute(log, tamper)
    assert flaw(verify(log)) == ("missing", "SWM", "S", 3, 4)


def test_a_recomputed_chain_does_not_hide_a_doubled_message(
    log: SqliteLog, raws: list[Raw], tamper: Callable[..., None]
) -> None:
    tamper("INSERT INTO RAW SELECT 7, key, time, headers, value FROM RAW WHERE position = 3")
    recompute(log, tamper)
    assert flaw(verify(log)) == ("doubled", "SWM", "S", 2, 7)


def test_every_source_has_its_own_first_bad_place(log: SqliteLog, raws: list[Raw], tamper: Callable[..., None]) -> None:
    tamper("UPDATE RAW SET value = x'00' WHERE position IN (4, 5)")
    assert [(found.source, found.position) for found in verify(log).flaws] == [("SWM", 4), ("ATH", 5)]


def test_a_cut_tail_is_found_by_a_head_noted_elsewhere(
    log: SqliteLog, raws: list[Raw], tamper: Callable[..., None]
) -> None:
    before = verify(log)
    tamper("DELETE FROM RAW WHERE position > 4")
    assert verify(log).flaws == ()  # from inside nothing can be seen
    report = verify(log, head=before.head)
    assert flaw(report) == ("head", "", "", 0, 0)
    assert report.flaw is not None
    assert report.flaw.text.startswith(f"{before.head} is no head of this log")
    by_source = verify(log, heads={source: head.head for source, head in before.sources.items()})
    assert [(found.kind, found.source) for found in by_source.flaws] == [("head", "ATH"), ("head", "SWM")]


def test_a_recomputed_chain_is_found_by_a_head_noted_elsewhere(
    log: SqliteLog, raws: list[Raw], tamper: Callable[..., None]
) -> None:
    before = verify(log)
    tamper("UPDATE RAW SET value = x'00' WHERE position = 3")
    recompute(log, tamper)
    assert verify(log).flaws == ()
    assert flaw(verify(log, head=before.head)) == ("head", "", "", 0, 0)
    heads = {source: head.head for source, head in before.sources.items()}
    assert [found.source for found in verify(log, heads=heads).flaws] == ["SWM"]


@pytest.mark.parametrize("count", range(1, 7))
def test_an_overall_head_noted_at_any_time_is_found_again(log: SqliteLog, raws: list[Raw], count: int) -> None:
    noted = head_after(raws, count)
    report = verify(log, head=noted)
    assert report.flaws == ()
    assert report.found == (Found(noted, "", raws[count - 1].name, count),)


@pytest.mark.parametrize("number", range(6))
def test_a_head_that_a_sender_got_acknowledged_is_found_again(log: SqliteLog, raws: list[Raw], number: int) -> None:
    raw = raws[number]
    expected = (Found(raw.chain.hex(), raw.source, raw.name, raw.position),)
    assert verify(log, head=raw.chain.hex()).found == expected
    assert verify(log, heads={raw.source: raw.chain.hex()}).found == expected


def test_every_log_began_empty(log: SqliteLog, raws: list[Raw]) -> None:
    assert verify(log, head="0" * 32, heads={"SWM": "0" * 32, "ROW": "0" * 32}).flaws == ()


@pytest.mark.parametrize("head", ["xyz", "00", "0" * 31])
def test_a_head_has_32_hex_digits(log: SqliteLog, head: str) -> None:
    with pytest.raises(ValueError, match="hex"):
        verify(log, head=head)


@pytest.mark.parametrize("headers", [b"\xc1", b"\x80", msgspec.msgpack.encode({"serial": b"x"})])
def test_what_cannot_be_read_is_a_bad_place_too(
    log: SqliteLog, raws: list[Raw], tamper: Callable[..., None], headers: bytes
) -> None:
    tamper("UPDATE RAW SET headers = ? WHERE position = 4", headers)
    report = verify(log)
    assert flaw(report) == ("unreadable", "", "", 0, 4)
    assert report.messages == 3
