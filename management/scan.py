"""A scan at a gate: a fact that later knowledge adds to and never changes.

What a gate decided it decided, offline or not. Whoever knows more later, by a newer status list or policy, may say what
would have been decided with that: a hindsight verdict beside the scan.
"""

from __future__ import annotations

import msgspec

from management.access import Reason, Verdict, decide_access
from management.gate import Direction, Gate, Snapshot, Token, TokenFailure

__all__ = ["HindsightAdded", "ScanRecorded", "hindsight"]


class ScanRecorded(msgspec.Struct, frozen=True, tag="scan_recorded"):
    """A card was held to a gate, and the gate decided."""

    scan_id: str
    device: str  # the scanner
    device_seq: int  # its own count, without gaps: with the device it names the scan
    serial: int | None  # of the card; None where it was unreadable
    gate: str
    direction: Direction
    t_device: int  # ms, by the scanner's clock
    verdict: Verdict
    reason: Reason
    policy_version: int
    list_version: int
    offline: bool


class HindsightAdded(msgspec.Struct, frozen=True, tag="hindsight_added"):
    """What would have been decided with what was known later."""

    scan_id: str
    verdict: Verdict
    reason: Reason
    policy_version: int
    list_version: int


def hindsight(scan: ScanRecorded, token: Token | TokenFailure, gate: Gate, snapshot: Snapshot) -> HindsightAdded | None:
    """Return the verdict in hindsight; None where it is the scan's own."""
    access = decide_access(token, gate, scan.t_device, scan.direction, snapshot)
    if (access.verdict, access.reason) == (scan.verdict, scan.reason):
        return None
    versions = (snapshot.policy.version, snapshot.list_version)
    return HindsightAdded(scan.scan_id, access.verdict, access.reason, *versions)
