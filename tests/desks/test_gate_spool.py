"""The spool of a gate: numbered without gaps, chained, one device's, and what it knew survives it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from desks.errors import BadGate
from desks.gate_clock import Anchor
from desks.gate_spool import Seen, Spool, scan_genesis
from desks.topics import link
from engine.errors import LogLocked
from management.scan import ScanRecorded
from tests.management.accredited import JULY
from tests.management.test_scan import OFFLINE


def scan(seq: int, device: str = "SCAN-1") -> ScanRecorded:
    """Return a scan of a number."""
    return msgspec.structs.replace(OFFLINE, scan_id=f"{device}/{seq}", device=device, device_seq=seq)


def opened(folder: Path, device: str = "SCAN-1") -> Spool:
    return Spool.open(folder / "spool.db", "T20", device)


def test_numbers_go_on_where_they_ended(tmp_path: Path) -> None:
    for first in (1, 3):
        spool = opened(tmp_path)
        assert spool.seq == first - 1
        spool.append(scan(first))
        spool.append(scan(first + 1))
        spool.close()
    spool = opened(tmp_path)
    assert [one.seq for one in spool.scans()] == [1, 2, 3, 4]
    chain = scan_genesis("T20", "SCAN-1")
    for one in spool.scans():
        assert one.data == msgspec.json.encode(scan(one.seq))
        chain = link(chain, one.data)
        assert one.chain == chain
    spool.close()


def test_a_number_is_neither_left_out_nor_given_twice(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append(scan(1))
    for wrong in (scan(1), scan(3), scan(2, "SCAN-2")):
        with pytest.raises(ValueError, match="does not follow 1 of SCAN-1"):
            spool.append(wrong)
    spool.append(scan(2))
    spool.close()


def test_it_is_one_device_s_and_one_process_s(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append(scan(1))
    with pytest.raises(LogLocked):
        opened(tmp_path)
    spool.close()
    with pytest.raises(BadGate, match="the spool is that of the device SCAN-1, not of SCAN-2"):
        opened(tmp_path, "SCAN-2")
    opened(tmp_path).close()  # the refusal holds nothing


def test_what_it_knew_survives_a_restart(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    assert (spool.seen, spool.anchor) == (Seen(), None)
    spool.keep_seen(Seen(1, 2, 3), JULY)
    spool.keep_anchor(Anchor(JULY, 5, "boot-1", 1))
    spool.close()
    spool = opened(tmp_path)
    assert (spool.seen, spool.anchor) == (Seen(1, 2, 3), Anchor(JULY, 5, "boot-1", 1))
    spool.close()
