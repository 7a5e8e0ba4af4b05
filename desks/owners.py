"""Who decides for which partition, where several processes share them: each says so when it has taken one over.

It is said under the fence of the partition, so whoever has lost it cannot say it any more, and the newest word holds.
What is read here may be late: who is asked for a partition that he does not have says so.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from desks.codec import encode
from desks.partitions import Partitions
from desks.topics import PARTITION
from engine.log import Log, Record, Stored
from engine.versions import HEADER, Upcast, current

__all__ = ["OWNERS", "Owner", "Owners", "record_of"]

OWNERS = "management.owners"


def _first(stored: Stored) -> Stored:
    return stored


# --- how a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {OWNERS: (_first,)}


class Owner(msgspec.Struct, frozen=True):
    """Where commands of a partition are decided from now on."""

    address: str  # of the process, as other processes reach it: "http://10.0.0.7:8070"


_decode = msgspec.json.Decoder(Owner).decode


def record_of(number: int, address: str, partitions: Partitions, time: int) -> Record:
    """Return the word that a partition is decided for at an address."""
    headers = {HEADER: b"%d" % len(UPCASTS[OWNERS]), PARTITION: partitions.mark(number)}
    return Record(OWNERS, str(number), encode(Owner(address)), time, headers)


class Owners:
    """What was said last of each partition. Belongs to one loop."""

    def __init__(self, log: Log, partitions: Partitions) -> None:
        self._log = log
        self._partitions = partitions
        self._addresses: dict[int, str] = {}

    def address(self, number: int) -> str | None:
        """Return where a partition is decided for, None where nobody ever said."""
        return self._addresses.get(number)

    async def run(self) -> None:
        """Follow what is said, until cancelled."""
        async for batch in self._log.follow(OWNERS):
            for stored in batch:
                self._addresses[self._partitions.read_mark(stored)] = _decode(current(stored, UPCASTS).value).address
