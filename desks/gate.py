"""A gate that works without a network: it decides from what lies in its folder, and keeps before it shows.

Each code is judged with the files that are there at that moment. The decision is the one of ``management/access.py``.
It is durable in the spool before it is returned: what a guard has seen is never lost, whenever the gate is killed, and
no number is given twice.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from desks import card_token
from desks.errors import BadGate
from desks.gate_clock import Clock, anchored, clock_error, true_time
from desks.gate_folder import GateFolder
from desks.gate_memory import GateMemory
from desks.gate_publication import Facts
from desks.gate_settings import GateSettings
from desks.gate_spool import Spool
from management.access import Access, Finding, Flag, Reason, Verdict, decide_access
from management.gate import Snapshot, Token, TokenFailure
from management.scan import ScanRecorded

__all__ = ["OfflineGate", "Shown"]

LONGEST = 4296  # characters: more than a QR code can hold is none
SPOOL = "spool.db"


class Shown(msgspec.Struct, frozen=True):
    """What a guard sees."""

    device_seq: int
    t: int  # ms, by the gate's clock
    verdict: Verdict
    reason: Reason
    flags: tuple[Flag, ...]  # why an ALLOW is amber
    findings: tuple[Finding, ...]
    show_photo: bool
    serial: int | None
    ro: str
    category: str
    list_version: int  # 0: it has none
    list_age_s: int | None  # how old the status list is
    offline: bool
    complaints: tuple[str, ...]  # files that do not count


class OfflineGate:
    """One scanner at one gate."""

    def __init__(self, settings: GateSettings, folder: GateFolder, spool: Spool, clock: Clock) -> None:
        self._settings, self._folder, self._spool, self._clock = settings, folder, spool, clock
        facts = self._refresh()
        self._memory = GateMemory(settings.gate, facts.policy.access.escort_s * 1000)
        for one in spool.scans():
            self._memory.take(msgspec.json.decode(one.data, type=ScanRecorded))

    @classmethod
    def open(cls, folder: Path, settings: GateSettings, clock: Clock) -> OfflineGate:
        """Open a gate on its folder; raises ``BadGate`` where it holds no keys or no facts that count."""
        spool = Spool.open(folder / SPOOL, settings.games, settings.device)
        try:
            return cls(settings, GateFolder(folder, settings.games, settings.root_key, spool.seen), spool, clock)
        except BaseException:
            spool.close()
            raise

    def close(self) -> None:
        """Let go of the spool."""
        self._spool.close()

    def scan(self, code: str) -> Shown:
        """Decide about a code, keep the decision, and return it."""
        facts = self._refresh()
        t, settings = self._clock.wall(), self._settings
        token = self._token(code, facts)
        access = decide_access(token, settings.gate, t, settings.direction, self._snapshot(facts))
        read = token if isinstance(token, Token) else None
        shown = self._shown(access, read, t)
        seq, serial = shown.device_seq, shown.serial
        scan = ScanRecorded(
            f"{settings.device}/{seq}",
            settings.device,
            seq,
            serial,
            settings.gate.id,
            settings.direction,
            t,
            access.verdict,
            access.reason,
            facts.policy.version,
            self._folder.list_version,
            shown.offline,
        )
        self._spool.append(scan)
        self._memory.take(scan)
        if read and access.verdict == "ALLOW" and settings.direction == "IN":
            self._memory.take_host(read, t)
        return shown

    def _refresh(self) -> Facts:
        """Take in what has come, and keep what of it must survive a restart."""
        folder, spool, clock = self._folder, self._spool, self._clock
        folder.refresh()
        if folder.facts is None:
            told = "; ".join(folder.complaints) or "no manifest of keys and no facts have come"
            raise BadGate(f"there is nothing to decide from: {told}")
        if folder.seen != spool.seen:
            spool.keep_seen(folder.seen, clock.wall())
        if folder.beacon is not None:
            anchor = anchored(spool.anchor, folder.beacon, clock.up(), clock.boot)
            if anchor != spool.anchor:
                spool.keep_anchor(anchor)
        return folder.facts

    def _token(self, code: str, facts: Facts) -> Token | TokenFailure:
        if len(code) > LONGEST:
            return TokenFailure("MALFORMED")
        return card_token.decode(code, facts.policy, self._folder.cards)

    def _snapshot(self, facts: Facts) -> Snapshot:
        folder, memory = self._folder, self._memory
        return Snapshot(
            facts.policy,
            folder.statuses,
            folder.list_version,
            folder.list_at,
            clock_error(self._spool.anchor, self._clock),
            folder.entitlements or {},
            facts.released,
            facts.operating,
            facts.shifts,
            hosts=memory.hosts,
            passages=memory.passages,
            occupancy=memory.occupancy,
        )

    def _shown(self, access: Access, token: Token | None, t: int) -> Shown:
        folder = self._folder
        return Shown(
            self._spool.seq + 1,
            t,
            access.verdict,
            access.reason,
            access.flags,
            access.findings,
            access.show_photo,
            token.serial if token else None,
            token.ro if token else "",
            token.category if token else "",
            folder.list_version,
            (t - folder.list_at) // 1000 if folder.statuses else None,
            self._offline(),
            folder.complaints,
        )

    def _offline(self) -> bool:
        """Say whether no signed time has come for long."""
        known = true_time(self._spool.anchor, self._clock.up(), self._clock.boot)
        beacon, limit = self._folder.beacon, self._settings.offline_after_s * 1000
        return known is None or beacon is None or known - beacon.at > limit
