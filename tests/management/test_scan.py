"""A scan is a fact; hindsight stands beside it."""

from __future__ import annotations

import msgspec

from management.gate import TokenFailure
from management.scan import HindsightAdded, ScanRecorded, hindsight
from management.status_list import decode, encode
from tests.management.accredited import JULY
from tests.management.at_the_gate import GATE, SNAPSHOT, TOKEN

OFFLINE = ScanRecorded(
    "S1",
    device="D1",
    device_seq=4,
    serial=1,
    gate="SWC-1",
    direction="IN",
    t_device=JULY,
    verdict="ALLOW",
    reason="OK",
    policy_version=1,
    list_version=6,
    offline=True,
)


def test_what_was_known_later_says_what_would_have_been_decided() -> None:
    newer = msgspec.structs.replace(SNAPSHOT, statuses=decode(encode({10: 1}, 11)), list_version=8)
    assert hindsight(OFFLINE, TOKEN, GATE, newer) == HindsightAdded("S1", "DENY", "REVOKED", 1, 8)


def test_the_same_verdict_adds_nothing() -> None:
    assert hindsight(OFFLINE, TOKEN, GATE, SNAPSHOT) is None
    unread = msgspec.structs.replace(OFFLINE, serial=None, verdict="DENY", reason="MALFORMED")
    assert hindsight(unread, TokenFailure("MALFORMED"), GATE, SNAPSHOT) is None


def test_another_reason_for_the_same_verdict_is_worth_knowing() -> None:
    newer = msgspec.structs.replace(SNAPSHOT, statuses=decode(encode({10: 1}, 11)), list_version=8)
    expired = msgspec.structs.replace(OFFLINE, verdict="DENY", reason="SUSPENDED")
    assert hindsight(expired, TOKEN, GATE, newer) == HindsightAdded("S1", "DENY", "REVOKED", 1, 8)


def test_a_scan_comes_back_from_bytes() -> None:
    assert msgspec.json.decode(msgspec.json.encode(OFFLINE), type=ScanRecorded) == OFFLINE
