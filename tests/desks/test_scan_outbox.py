"""The outbox of a gate: what waits goes out batch by batch while the gate goes on, and nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desks.gate_spool import Spool
from desks.scan_intake import SCANS, ScanIntake, Taken
from desks.scan_outbox import Outbox
from engine.errors import LogNotFound
from engine.sqlite_log import SqliteLog
from tests.desks.gate_hands import SCANNER
from tests.desks.test_gate_spool import opened, scan
from tests.management.accredited import JULY


def outbox(folder: Path) -> Outbox:
    return Outbox.open(folder, "T20", SCANNER, "SCAN-1")


def clock() -> int:
    return JULY


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """The spool of a gate that is open all the time, with five scans."""
    found = opened(tmp_path)
    for seq in range(1, 6):
        found.append(scan(seq))
    yield found
    found.close()


async def test_batch_by_batch_each_scan_is_on_the_log_once(spool: Spool, tmp_path: Path) -> None:
    log, box = SqliteLog.open(tmp_path / "games.podium"), outbox(tmp_path)
    intake = await ScanIntake.open(log, "T20", {"SCAN-1": SCANNER.public}, lambda: JULY * 1000)
    taken = []
    while (batch := box.next_batch(most=2)) is not None:
        first = await intake.take(batch)
        taken += [first, await intake.take(batch)]  # the answer was lost on the way
        box.acknowledge(first.last, JULY)
    assert taken == [
        Taken("SCAN-1", 2, stored=2, repeated=0),
        Taken("SCAN-1", 2, stored=0, repeated=2),
        Taken("SCAN-1", 4, stored=2, repeated=0),
        Taken("SCAN-1", 4, stored=0, repeated=2),
        Taken("SCAN-1", 5, stored=1, repeated=0),
        Taken("SCAN-1", 5, stored=0, repeated=1),
    ]
    spool.append(scan(6))  # the gate goes on meanwhile
    box.close()
    (tmp_path / "sent.db").unlink()  # what was sent is forgotten
    box = outbox(tmp_path)

    async def send(batch: bytes) -> int:
        return (await intake.take(batch)).last

    assert await box.send_all(send, clock) == 1
    assert [int(one.value.partition(b'"device_seq":')[2].partition(b",")[0]) for one in log.read(SCANS)] == [
        *range(1, 7)
    ]
    assert await box.send_all(send, clock) == 0
    box.close()
    await log.close()


async def test_what_was_taken_is_known_after_a_restart(spool: Spool, tmp_path: Path) -> None:
    box = outbox(tmp_path)
    box.acknowledge(3, JULY)
    box.acknowledge(2, JULY)
    box.acknowledge(9, JULY)
    sent = box.sent
    box.close()
    box = outbox(tmp_path)
    assert (box.sent, box.sent.seq) == (sent, 3)
    assert spool.seq == 5
    box.close()


async def test_where_nobody_answers_it_waits_for_the_next_time(spool: Spool, tmp_path: Path) -> None:
    box = outbox(tmp_path)

    async def unreachable(batch: bytes) -> int:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await box.send_all(unreachable, clock)
    assert (box.sent.seq, spool.seq) == (0, 5)

    async def strange(batch: bytes) -> int:
        return 77

    assert await box.send_all(strange, clock) == 1
    assert box.sent.seq == 0
    box.close()


def test_without_a_spool_there_is_nothing_to_send(tmp_path: Path) -> None:
    with pytest.raises(LogNotFound):
        outbox(tmp_path)
