"""The collector of scans where several processes share a log: it is where partition 0 is, and a batch goes there."""

from __future__ import annotations

import asyncio

import msgspec

from desks.devices import Devices
from desks.errors import NotServed
from desks.office import SOLE, Office
from desks.peers import Peers
from desks.scan_intake import ScanIntake, Taken
from engine.errors import Fenced

__all__ = ["SharedIntake"]

PATH = "/v1/scans"

_taken = msgspec.json.Decoder(Taken).decode


class SharedIntake:
    """Takes batches, here or where they are taken. Belongs to one loop."""

    def __init__(self, office: Office, games: str, devices: Devices, peers: Peers | None) -> None:
        self._office, self._games, self._devices, self._peers = office, games, devices, peers
        self._intake: ScanIntake | None = None
        self._turn = asyncio.Lock()

    async def take(self, data: bytes) -> Taken:
        """Do as ``ScanIntake.take`` does; raises ``NotServed`` where nobody takes scans just now."""
        if not self._office.sole:
            if self._peers is None:
                raise NotServed(SOLE, "no scans are taken here")
            return _taken(await self._peers.hand_on(SOLE, PATH, data))
        intake = await self._opened()
        try:
            return await intake.take(data)
        except Fenced as error:
            self._intake = None  # somebody else was it meanwhile, and may have taken more
            raise NotServed(SOLE, str(error)) from error

    async def _opened(self) -> ScanIntake:
        async with self._turn:
            if self._intake is None:
                office = self._office
                self._intake = await ScanIntake.open(office.log, self._games, self._devices, office.clock)
            return self._intake
