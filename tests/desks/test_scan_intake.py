"""Scans on their way from gates into the log: each once, from a device that is known, and hindsight beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desks.cose import sign1
from desks.errors import BatchRefused
from desks.gate_spool import Spool, scan_genesis
from desks.scan_batch import BATCH, Batch
from desks.scan_intake import SCANS, ScanIntake, Taken
from desks.scan_outbox import Outbox
from engine.errors import Fenced
from engine.sqlite_log import SqliteLog
from management.gate import Snapshot
from management.scan import HindsightAdded, ScanRecorded
from management.status_list import decode, encode
from tests.desks.gate_hands import SCANNER
from tests.desks.test_gate_spool import scan
from tests.desks.test_keys import key
from tests.management.accredited import JULY
from tests.management.at_the_gate import GATE, SNAPSHOT, TOKEN

OTHER = key(24)
DEVICES = {"SCAN-1": SCANNER.public, "SCAN-2": OTHER.public}
GATES = {GATE.id: GATE}


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    found = SqliteLog.open(tmp_path / "games.podium")
    yield found
    await found.close()


async def opened(log: SqliteLog) -> ScanIntake:
    return await ScanIntake.open(log, "T20", DEVICES, lambda: JULY * 1000)


def spooled(folder: Path, *scans: ScanRecorded) -> Spool:
    """Return the spool of a scanner that has made some scans."""
    folder.mkdir(exist_ok=True)
    spool = Spool.open(folder / "spool.db", "T20", "SCAN-1")
    for one in scans:
        spool.append(one)
    return spool


def some(first: int, last: int, **changes: Any) -> list[ScanRecorded]:
    return [msgspec.structs.replace(scan(seq), **changes) for seq in range(first, last + 1)]


def on(log: SqliteLog) -> list[ScanRecorded | HindsightAdded]:
    """Return what the topic holds."""
    return [msgspec.json.decode(one.value, type=ScanRecorded | HindsightAdded) for one in log.read(SCANS)]


def batch(*scans: ScanRecorded, first: int = 1, **changes: Any) -> bytes:
    """Return a batch of scans of SCAN-1 that may not be as a gate makes it."""
    data = tuple(map(msgspec.json.encode, scans))
    found = Batch("T20", "SCAN-1", first, scan_genesis("T20", "SCAN-1"), data)
    return msgspec.structs.replace(found, **changes).encode(SCANNER)


def whole(folder: Path) -> bytes:
    """Return all scans of a spool in one batch."""
    outbox = Outbox.open(folder, "T20", SCANNER, "SCAN-1")
    batch = outbox.next_batch()
    outbox.close()
    assert batch is not None
    return batch


async def test_a_collector_that_starts_again_counts_nothing_twice(log: SqliteLog, tmp_path: Path) -> None:
    spool, intake = spooled(tmp_path / "gate", *some(1, 2)), await opened(log)
    first = whole(tmp_path / "gate")
    await intake.take(first)
    again = await opened(log)
    assert await again.take(first) == Taken("SCAN-1", 2, stored=0, repeated=2)
    spool.append(scan(3))
    longer = whole(tmp_path / "gate")
    with pytest.raises(Fenced):  # the one before is no collector any more
        await intake.take(longer)
    assert await again.take(longer) == Taken("SCAN-1", 3, stored=1, repeated=2)
    assert on(log) == some(1, 3)
    spool.close()


async def test_a_copy_of_a_scanner_gives_itself_away(log: SqliteLog, tmp_path: Path) -> None:
    first = spooled(tmp_path / "one", *some(1, 2))
    copy = spooled(tmp_path / "two", *some(1, 1), *some(2, 2, serial=666))
    intake = await opened(log)
    sent = [whole(tmp_path / name) for name in ("one", "two")]
    copy.append(scan(3))
    sent.append(whole(tmp_path / "two"))
    await intake.take(sent[0])
    for data in sent[1:]:
        with pytest.raises(BatchRefused) as refused:
            await intake.take(data)
        assert str(refused.value) == "FORK: SCAN-1 has sent another scan 2 before: it was copied, or has lost its spool"
    assert on(log) == some(1, 2)
    first.close()
    copy.close()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (batch(scan(2), first=2), "GAP: SCAN-1 has not sent its scans 1 to 1"),
        (batch(scan(1), games="T24"), "WRONG_GAMES: scans of the Games T24"),
        (batch(scan(1), before=bytes(32)), "FORK: SCAN-1 has sent another scan 0 before"),
        (batch(scan(1), scan(3)), "MALFORMED: scan 2 of SCAN-1 says that it is SCAN-1/3"),
        (batch(scan(1, "SCAN-2")), "MALFORMED: scan 1 of SCAN-1 says that it is SCAN-2/1"),
        (batch(scans=(b"{}",)), "MALFORMED: scan 1 of SCAN-1: "),
        (batch(scan(1), device="SCAN-2"), "UNKNOWN_DEVICE: UNKNOWN_KEY: no key"),  # signed by SCAN-1
        (batch(scan(1), device="SCAN-3"), "UNKNOWN_DEVICE: UNKNOWN_KEY: no key"),
        (Batch("T20", "SCAN-1", 1, b"", ()).encode(key(25)), "UNKNOWN_DEVICE: UNKNOWN_KEY: no key"),
        (sign1(b"\x01", BATCH, SCANNER), "MALFORMED: Expected `object`"),
        (sign1(b"\x01", "card", SCANNER), "MALFORMED: MALFORMED: a message of the type 'card'"),
        (b"rubbish", "MALFORMED: MALFORMED: "),
        (batch(scan(1))[:-1] + b"\x00", "MALFORMED: BAD_SIGNATURE"),
    ],
)
async def test_what_is_not_taken_says_why_and_leaves_nothing(log: SqliteLog, data: bytes, reason: str) -> None:
    intake = await opened(log)
    with pytest.raises(BatchRefused) as refused:
        await intake.take(data)
    assert str(refused.value)[: len(reason)] == reason
    assert on(log) == []
    assert await intake.take(batch(scan(1))) == Taken("SCAN-1", 1, 1, 0)


def knowing(status: Any, version: int, **changes: Any) -> Snapshot:
    """Return what is known later: another status of card 1."""
    known = msgspec.structs.replace(SNAPSHOT, statuses=decode(encode({10: status}, 11)), list_version=version)
    return msgspec.structs.replace(known, **changes)


async def test_later_knowledge_is_added_once_and_never_rewrites(log: SqliteLog) -> None:
    intake = await opened(log)
    await intake.take(batch(scan(1)))
    raw = log.read(SCANS)[0].value
    added = [
        await intake.add_hindsight(knowing(status, version), {1: TOKEN}.get, GATES)
        for status, version in ((0, 7), (1, 8), (1, 9), (0, 10), (0, 11))
    ]
    assert added == [0, 1, 0, 1, 0]
    assert on(log) == [
        scan(1),
        HindsightAdded("SCAN-1/1", "DENY", "REVOKED", 1, 8),
        HindsightAdded("SCAN-1/1", "ALLOW", "OK", 1, 10),  # the list before was wrong
    ]
    assert log.read(SCANS)[0].value == raw
    again = await opened(log)
    assert await again.add_hindsight(knowing(0, 12), {1: TOKEN}.get, GATES) == 0
    assert await again.take(batch(scan(1))) == Taken("SCAN-1", 1, 0, 1)


@pytest.mark.parametrize("reason", ["CLOCK_UNTRUSTED", "NEEDS_DEVICE", "ESCORT", "PASSBACK", "FULL"])
async def test_what_only_the_gate_saw_is_not_judged(log: SqliteLog, reason: Any) -> None:
    intake = await opened(log)
    await intake.take(batch(*some(1, 1, verdict="DENY", reason=reason)))
    assert await intake.add_hindsight(knowing(0, 8), {1: TOKEN}.get, GATES) == 0


async def test_who_was_let_in_with_a_device_that_nobody_knows_of_later_is_left_alone(log: SqliteLog) -> None:
    intake = await opened(log)
    await intake.take(batch(scan(1)))
    asking = {GATE.id: msgspec.structs.replace(GATE, device="TICKET")}
    assert await intake.add_hindsight(knowing(0, 8), {1: TOKEN}.get, asking) == 0
    assert await intake.add_hindsight(knowing(2, 8), {1: TOKEN}.get, asking) == 1


async def test_cards_and_gates_that_nobody_knows_are_left_alone(log: SqliteLog) -> None:
    intake = await opened(log)
    unread = msgspec.structs.replace(scan(2), serial=None, verdict="DENY", reason="MALFORMED")
    await intake.take(batch(scan(1), unread))
    assert await intake.add_hindsight(knowing(1, 8), lambda _: None, GATES) == 0
    assert await intake.add_hindsight(knowing(1, 8), {1: TOKEN}.get, {}) == 0
    assert [one.key for one in log.read(SCANS)] == ["1", ""]
