"""A watch of the security operations centre, and what it is shown."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import schemas.policy
from management.access import Reason, Verdict
from management.command import Recorded
from management.device import DeviceEnrolled
from management.scan import ScanRecorded
from management.soc_finding import Finding
from management.soc_signs import ScanSeen, Seen, TimePassed
from management.soc_watch import State, observe
from schemas.policy.soc import decode
from tests.management.accredited import JULY
from tests.management.accredited import T20 as PEOPLE

__all__ = ["MINUTE", "SOC", "Watch", "event", "scan"]

SOC = decode(Path(schemas.policy.__path__[0], "t20", "soc.toml").read_bytes())
MINUTE = 60_000
VENUES = {"SCAN-1": "SWC", "SCAN-2": "STA", "SCAN-3": "SWC"}  # of T20, 25 minutes apart


def event(key: str, happened: Any, actor: str = "P-ANNA", id: str = "e1", at: int = JULY) -> Recorded[Any]:  # noqa: A002
    return Recorded(id, key, 1, happened, "c1", actor, at)


def scan(
    t: int = JULY,
    serial: int | None = 1,
    device: str = "SCAN-1",
    *,
    seq: int = 1,
    gate: str = "",
    verdict: Verdict = "ALLOW",
    reason: Reason = "OK",
    listed: int = 7,
) -> ScanRecorded:
    gate = gate or f"{VENUES.get(device, 'X')}-{device[-1]}"
    return ScanRecorded(f"{device}/{seq}", device, seq, serial, gate, "IN", t, verdict, reason, 1, listed, False)


class Watch:
    """Sees one thing after the other; the three scanners are enrolled."""

    def __init__(self) -> None:
        self.state = State()
        self.findings: list[Finding] = []
        self._ids = count(1)
        for device, venue in VENUES.items():
            self.sees(event(f"dev:{device}", DeviceEnrolled(venue, "00", "P-LEA")))

    def sees(self, what: Any, at: int = JULY, id: str = "") -> list[Finding]:  # noqa: A002 - the field's word
        what = ScanSeen(what) if isinstance(what, ScanRecorded) else what
        found = observe(self.state, Seen(id or f"s{next(self._ids)}", at, what), SOC, PEOPLE)
        self.findings += found
        return found

    def kinds(self, what: Any, at: int = JULY) -> list[str]:
        return [finding.kind for finding in self.sees(what, at)]

    def time(self, at: int) -> list[Finding]:
        return self.sees(TimePassed(), at)
