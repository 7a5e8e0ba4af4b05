"""What a gate remembers of its own scans: who is inside, how many, and which hosts have just come.

It is a fold over the spool, so a gate that was killed remembers the same. Hosts are the exception: they are remembered
for a minute and not across a restart, and a host just shows the card again.
"""

from __future__ import annotations

from collections import deque

from management.entitlement import Place
from management.gate import Gate, HostScan, Passage, Token
from management.scan import ScanRecorded

__all__ = ["GateMemory"]


class GateMemory:
    """The memory of the gate of one perimeter."""

    def __init__(self, gate: Gate, host_ms: int) -> None:
        self.gate = gate
        self.passages: dict[int, tuple[Passage, ...]] = {}  # by serial
        self.occupancy: dict[Place, int] = {}
        self._hosts: deque[HostScan] = deque()
        self._host_ms = host_ms

    @property
    def hosts(self) -> tuple[HostScan, ...]:
        """The hosts that came lately."""
        return tuple(self._hosts)

    def take(self, scan: ScanRecorded) -> None:
        """Take in a scan of this device; one of another gate, where the device was before, says nothing here."""
        if scan.verdict != "ALLOW" or scan.serial is None or scan.gate != self.gate.id:
            return
        gate, place = self.gate, Place(self.gate.venue, self.gate.zone)
        known = self.passages.get(scan.serial)
        if known is None or known[0].direction != scan.direction:  # again the same way: nobody more, nobody less
            change = 1 if scan.direction == "IN" else -1 if known else 0  # who came in elsewhere is not counted here
            self.occupancy[place] = self.occupancy.get(place, 0) + change
        self.passages[scan.serial] = (Passage(gate.perimeter, gate.venue, scan.direction, scan.t_device),)

    def take_host(self, token: Token, at: int) -> None:
        """Remember a card that was let in, which may be a host's; a pass is nobody's host."""
        while self._hosts and abs(at - self._hosts[0].at) > self._host_ms:
            self._hosts.popleft()
        if not token.escorted:
            self._hosts.append(HostScan(self.gate.id, at, token.serial, token.ro))
