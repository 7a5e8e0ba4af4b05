"""Scans of all gates into the topic ``management.scans``, each once, and what hindsight says of them.

A scan is named by its device and the device's own count, so a batch may be sent as often as it takes. A device whose
scans do not follow from what it sent before is a copy of one, or has lost its spool: nothing of that batch is taken
(``FORK``), and somebody looks. What a gate decided is never judged here; hindsight stands beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desks.cose import NotSigned, open_sign1
from desks.devices import Devices
from desks.errors import BatchRefused
from desks.gate_spool import scan_genesis
from desks.keys import kid_of
from desks.scan_batch import BATCH, Batch
from desks.topics import link
from engine.log import Fence, Log, Record, Stored
from engine.versions import HEADER, Upcast, current
from management.access import Reason
from management.gate import Gate, Snapshot, Token, TokenFailure
from management.scan import HindsightAdded, ScanRecorded, hindsight

__all__ = ["SCANS", "ScanIntake", "Taken"]

SCANS = "management.scans"  # keyed by the serial of the card, "" where it was unreadable
CHAIN = "chain"


def _first(stored: Stored) -> Stored:
    return stored


# --- How a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {SCANS: (_first,)}

# What follows from things that only the gate saw: who had just come, who was inside, what its clock said.
SEEN_AT_THE_GATE: frozenset[Reason] = frozenset({"CLOCK_UNTRUSTED", "NEEDS_DEVICE", "ESCORT", "PASSBACK", "FULL"})


class Taken(msgspec.Struct, frozen=True):
    """What became of a batch: the device may forget its scans up to ``last``."""

    device: str
    last: int
    stored: int  # scans that were new
    repeated: int  # scans that were known


class _Device(msgspec.Struct):
    last: int
    chain: bytes  # of the scan ``last``


Judged = tuple[str, str]  # verdict and reason


class ScanIntake:
    """The one collector of a log; open it once."""

    def __init__(
        self, log: Log, games: str, devices: Devices | Mapping[str, Ed25519PublicKey], clock: Callable[[], int]
    ) -> None:
        self._log, self._games, self._clock = log, games, clock
        self._devices = devices if isinstance(devices, Devices) else Devices.of(devices)
        self._known: dict[str, _Device] = {}
        self._hindsight: dict[str, Judged] = {}  # scan -> the newest one
        self._fence: Fence | None = None
        self._turn = asyncio.Lock()

    @classmethod
    async def open(
        cls, log: Log, games: str, devices: Devices | Mapping[str, Ed25519PublicKey], clock: Callable[[], int]
    ) -> ScanIntake:
        """Take over the topic of a log and read what is there.

        ``devices`` are the scanners that count, as they change or for good; ``clock`` gives log time, microseconds.
        """
        intake = cls(log, games, devices, clock)
        intake._fence = await log.fence(SCANS)
        async for stored, found in intake._read():
            match found:
                case ScanRecorded() if found.device_seq > intake._at(found.device).last:
                    intake._known[found.device] = _Device(found.device_seq, stored.headers[CHAIN])
                case HindsightAdded():
                    intake._hindsight[found.scan_id] = (found.verdict, found.reason)
        return intake

    async def take(self, data: bytes) -> Taken:
        """Take in a batch, each scan once. Raises ``BatchRefused``, and what the log raises."""
        batch = self._open(data)
        async with self._turn:
            records, device = self._follow(batch)
            if records:
                await self._log.append(records, fence=self._fence)
            self._known[batch.device] = device
        return Taken(batch.device, device.last, len(records), len(batch.scans) - len(records))

    def _open(self, data: bytes) -> Batch:
        """Return the batch that an enrolled device has signed."""
        try:
            batch = msgspec.msgpack.decode(open_sign1(data, BATCH, self._devices.kids), type=Batch)
            if batch.games != self._games:
                raise BatchRefused("WRONG_GAMES", f"scans of the Games {batch.games}")
            key = self._devices.names.get(batch.device)
            open_sign1(data, BATCH, {kid_of(key): key} if key else {})  # that device, and not another one
        except NotSigned as error:
            raise BatchRefused("UNKNOWN_DEVICE" if error.code == "UNKNOWN_KEY" else "MALFORMED", str(error)) from None
        except msgspec.DecodeError as error:
            raise BatchRefused("MALFORMED", str(error)) from None
        return batch

    def _follow(self, batch: Batch) -> tuple[list[Record], _Device]:
        """Return the records of what is new in a batch, and the device as it is after it."""
        known, chain = self._at(batch.device), batch.before
        if batch.first > known.last + 1:
            reason = f"{batch.device} has not sent its scans {known.last + 1} to {batch.first - 1}"
            raise BatchRefused("GAP", reason, batch.device)
        records: list[Record] = []
        for seq, data in enumerate(batch.scans, batch.first):
            if seq == known.last + 1 and chain != known.chain:
                raise _forked(batch.device, known.last)
            chain = link(chain, data)
            if seq > known.last:
                records.append(self._record(batch.device, seq, data, chain))
        last = batch.first + len(batch.scans) - 1
        if last == known.last and chain != known.chain:
            raise _forked(batch.device, last)
        return records, _Device(last, chain) if records else known

    def _record(self, device: str, seq: int, data: bytes, chain: bytes) -> Record:
        try:
            scan = msgspec.json.decode(data, type=ScanRecorded)
        except msgspec.DecodeError as error:
            raise BatchRefused("MALFORMED", f"scan {seq} of {device}: {error}") from None
        if (scan.device, scan.device_seq, scan.scan_id) != (device, seq, f"{device}/{seq}"):
            raise BatchRefused("MALFORMED", f"scan {seq} of {device} says that it is {scan.scan_id}")
        return Record(SCANS, _key(scan.serial), data, self._clock(), {**_VERSION, CHAIN: chain})

    async def add_hindsight(
        self, snapshot: Snapshot, token_of: Callable[[int], Token | None], gates: Mapping[str, Gate]
    ) -> int:
        """Say of each scan what would have been decided with a snapshot, where that is news; return how many.

        ``token_of`` gives what the card of a serial says. A scan of an unknown card or gate is left alone, and so is
        what follows from things that only the gate saw.
        """
        added = 0
        async with self._turn:
            async for stored, found in self._read():
                if not isinstance(found, ScanRecorded) or found.gate not in gates:
                    continue
                verdict = self._news(found, snapshot, token_of, gates[found.gate])
                if verdict is None:
                    continue
                record = Record(SCANS, stored.key, msgspec.json.encode(verdict), self._clock(), _VERSION)
                await self._log.append([record], fence=self._fence)
                self._hindsight[found.scan_id] = (verdict.verdict, verdict.reason)
                added += 1
        return added

    def _news(
        self, scan: ScanRecorded, snapshot: Snapshot, token_of: Callable[[int], Token | None], gate: Gate
    ) -> HindsightAdded | None:
        token = _token(scan, token_of)
        if token is None or scan.reason == "CLOCK_UNTRUSTED":
            return None
        versions = (snapshot.policy.version, snapshot.list_version)
        same = HindsightAdded(scan.scan_id, scan.verdict, scan.reason, *versions)
        found = hindsight(scan, token, gate, snapshot) or same
        if found.reason in SEEN_AT_THE_GATE or (found.reason == "OK" and scan.reason in SEEN_AT_THE_GATE):
            found = same  # all that can be looked at again says nothing else
        before = self._hindsight.get(scan.scan_id, (scan.verdict, scan.reason))
        return None if (found.verdict, found.reason) == before else found

    async def _read(self) -> AsyncIterator[tuple[Stored, ScanRecorded | HindsightAdded]]:
        """Yield what the topic holds, as far as it goes now; others have the loop meanwhile."""
        for partition in range(self._log.partitions(SCANS)):
            after, head = 0, self._log.head(SCANS, partition=partition)
            while after < head:
                batch = await asyncio.to_thread(self._log.read, SCANS, after, partition=partition)
                for stored in batch:
                    if stored.position <= head:
                        yield stored, _decode(current(stored, UPCASTS).value)
                after = batch[-1].position

    def _at(self, device: str) -> _Device:
        return self._known.get(device) or _Device(0, scan_genesis(self._games, device))


_VERSION: Mapping[str, bytes] = {HEADER: b"%d" % len(UPCASTS[SCANS])}
_decode = msgspec.json.Decoder(ScanRecorded | HindsightAdded).decode


def _forked(device: str, seq: int) -> BatchRefused:
    reason = f"{device} has sent another scan {seq} before: it was copied, or has lost its spool"
    return BatchRefused("FORK", reason, device)


def _key(serial: int | None) -> str:
    return "" if serial is None else str(serial)


def _token(scan: ScanRecorded, token_of: Callable[[int], Token | None]) -> Token | TokenFailure | None:
    """Return what was held to the gate; None where nobody knows."""
    if scan.serial is not None:
        return token_of(scan.serial)
    match scan.reason:
        case "MALFORMED" | "BAD_SIGNATURE" | "UNKNOWN_KEY" | "WRONG_GAMES" as code:
            return TokenFailure(code)
        case _:
            return None
