"""The outbox of a gate: its scans on their way to whoever collects them, while the gate goes on.

It reads the spool, which the gate alone writes, and keeps in a file of its own how far scans were taken. If that file
is lost, or an answer, the same scans are sent again and count once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import msgspec

from desks.cose import Signer
from desks.gate_spool import Spooled, read_scans, scan_genesis
from desks.scan_batch import Batch
from engine.log import DirectLog, Log, Record, Stored
from engine.sqlite_log import SqliteLog
from engine.versions import HEADER, Upcast, current

__all__ = ["Outbox", "Sent"]

SENT = "gate.sent"
MOST = 500  # scans of a batch


def _first(stored: Stored) -> Stored:
    return stored


# --- How a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {SENT: (_first,)}


class Sent(msgspec.Struct, frozen=True):
    """Up to where scans have been taken by whoever collects them."""

    seq: int
    position: int  # in the spool
    chain: bytes  # of that scan


class Outbox:
    """What one device has still to send."""

    def __init__(self, spool: Log, kept: DirectLog, games: str, device: Signer, name: str) -> None:
        self._spool, self._kept, self._games, self._device, self._name = spool, kept, games, device, name
        self.sent = Sent(0, 0, scan_genesis(games, name))
        for stored in kept.read(SENT, kept.head(SENT) - 1, limit=1):
            self.sent = msgspec.json.decode(current(stored, UPCASTS).value, type=Sent)
        self._close = ExitStack()

    @classmethod
    def open(cls, folder: Path, games: str, device: Signer, name: str) -> Outbox:
        """Open the outbox beside a spool; ``device`` signs, ``name`` is the device's. Raises ``LogNotFound``."""
        with ExitStack() as stack:
            spool = SqliteLog.open(folder / "spool.db", readonly=True)
            stack.callback(spool.close_now)
            kept = SqliteLog.open(folder / "sent.db", committer="loop")
            stack.callback(kept.close_now)
            found = cls(spool, kept, games, device, name)
            found._close = stack.pop_all()
        return found

    def close(self) -> None:
        """Let go of the files."""
        self._close.close()

    def next_batch(self, most: int = MOST) -> bytes | None:
        """Return the oldest scans that nobody has taken, signed; None where there are none."""
        waiting = self._waiting(most)
        if not waiting:
            return None
        scans = tuple(one.data for one in waiting)
        return Batch(self._games, self._name, waiting[0].seq, self.sent.chain, scans).encode(self._device)

    def acknowledge(self, seq: int, at: int) -> None:
        """Keep that scans up to a number were taken, at an instant in ms; a number before the last changes nothing."""
        for one in read_scans(self._spool, self.sent.position):
            if one.seq == seq:
                self.sent = Sent(seq, one.position, one.chain)
                headers = {HEADER: b"%d" % len(UPCASTS[SENT])}
                self._kept.append_now([Record(SENT, self._name, msgspec.json.encode(self.sent), at * 1000, headers)])
                return

    async def send_all(self, send: Callable[[bytes], Awaitable[int]], clock: Callable[[], int]) -> int:
        """Send batch after batch until nothing waits, and return how many.

        ``send`` hands a batch over and returns the number up to which scans were taken; what it raises ends this, and
        the batch waits for the next time. ``clock`` gives ms.
        """
        count = 0
        while (batch := self.next_batch()) is not None:
            before = self.sent.seq
            self.acknowledge(await send(batch), clock())
            count += 1
            if self.sent.seq == before:  # taken up to a scan that is not here: it is not this spool's answer
                break
        return count

    def _waiting(self, most: int) -> list[Spooled]:
        return list(islice(read_scans(self._spool, self.sent.position), most))
