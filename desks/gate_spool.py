"""The spool of a gate: what it decided, durable before anybody sees it, numbered without gaps by its device.

It is a log of its own in one file, which one process writes. Each scan is chained to the one before, so that a copy of
a device gives itself away (``scan_intake.py``). What the gate knew of versions and of the time lies beside, since a
restart must not make it believe an older list.

Raises ``engine.errors.LogError`` where the storage refuses: a decision that is not kept is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from desks.errors import BadGate
from desks.gate_clock import Anchor
from desks.topics import link
from engine.log import DirectLog, Log, Record, Stored
from engine.sqlite_log import SqliteLog
from engine.versions import HEADER, Upcast, current
from management.scan import ScanRecorded

__all__ = ["Seen", "Spool", "Spooled", "read_scans", "scan_genesis"]

SCANS, SEEN, ANCHORS = "gate.scans", "gate.seen", "gate.anchors"
SEQ, CHAIN = "seq", "chain"


def _first(stored: Stored) -> Stored:
    return stored


# --- Topic -> how a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = dict.fromkeys((SCANS, SEEN, ANCHORS), (_first,))


class Seen(msgspec.Struct, frozen=True):
    """The newest versions that a gate has had: older ones never count again."""

    manifest: int = 0
    facts: int = 0
    statuses: int = 0


class Spooled(NamedTuple):
    """A scan as it lies in the spool."""

    position: int
    seq: int
    chain: bytes
    data: bytes  # the scan as JSON


def scan_genesis(games: str, device: str) -> bytes:
    """Return what the first scan of a device is chained to."""
    return blake2b(f"podium scans {games}\0{device}".encode(), digest_size=32).digest()


def read_scans(log: Log, after: int = 0) -> Iterator[Spooled]:
    """Yield the scans of a spool behind a position, oldest first; any process may, while another one writes them."""
    while batch := log.read(SCANS, after):
        yield from map(_spooled, batch)
        after = batch[-1].position


T = TypeVar("T")


class Spool:
    """What one device has decided."""

    def __init__(self, log: DirectLog, games: str, device: str) -> None:
        self.games, self.device = games, device
        self._log = log
        self._genesis = scan_genesis(games, device)
        last = self._last(SCANS, _spooled)
        self.seq = last.seq if last else 0  # of the newest scan
        self._chain = last.chain if last else self._genesis
        if last and (written := msgspec.json.decode(last.data, type=ScanRecorded).device) != device:
            raise BadGate(f"the spool is that of the device {written}, not of {device}")
        self.seen = self._last(SEEN, _decoded(Seen)) or Seen()
        self.anchor = self._last(ANCHORS, _decoded(Anchor))

    @classmethod
    def open(cls, path: Path, games: str, device: str) -> Spool:
        """Open the spool of a device, making it where there is none; raises ``BadGate`` for another device's."""
        log = SqliteLog.open(path, committer="loop")
        try:
            return cls(log, games, device)
        except BaseException:
            log.close_now()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._log.close_now()

    def append(self, scan: ScanRecorded) -> None:
        """Keep a scan with the next number; it is durable on return."""
        if scan.device_seq != self.seq + 1 or scan.device != self.device:
            raise ValueError(f"scan {scan.device_seq} of {scan.device} does not follow {self.seq} of {self.device}")
        data = msgspec.json.encode(scan)
        chain = link(self._chain, data)
        self._append(SCANS, data, scan.t_device, {SEQ: b"%d" % scan.device_seq, CHAIN: chain})
        self.seq, self._chain = scan.device_seq, chain

    def keep_seen(self, seen: Seen, at: int) -> None:
        """Keep which versions the gate has had."""
        self._append(SEEN, msgspec.json.encode(seen), at)
        self.seen = seen

    def keep_anchor(self, anchor: Anchor) -> None:
        """Keep what is known of the time."""
        self._append(ANCHORS, msgspec.json.encode(anchor), anchor.at)
        self.anchor = anchor

    def scans(self) -> Iterator[Spooled]:
        """Yield all scans, oldest first."""
        return read_scans(self._log)

    def _append(self, topic: str, data: bytes, at: int, more: Mapping[str, bytes] | None = None) -> None:
        headers = {HEADER: b"%d" % len(UPCASTS[topic]), **(more or {})}
        self._log.append_now([Record(topic, self.device, data, at * 1000, headers)])

    def _last(self, topic: str, read: Callable[[Stored], T]) -> T | None:
        for stored in self._log.read(topic, self._log.head(topic) - 1, limit=1):
            return read(stored)
        return None


def _spooled(stored: Stored) -> Spooled:
    found = current(stored, UPCASTS)
    return Spooled(found.position, int(found.headers[SEQ]), found.headers[CHAIN], found.value)


def _decoded(kind: type[T]) -> Callable[[Stored], T]:
    return lambda stored: msgspec.json.decode(current(stored, UPCASTS).value, type=kind)
