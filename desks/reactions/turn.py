"""How far the reactor has come, on the log: after each batch, and with what was refused on the way.

| topic | key | value |
|---|---|---|
| ``management.reactions`` | that of the newest event that was seen to | a turn |

Serials and no positions, so that it holds on a copy of the log as well.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import msgspec

from desks.codec import encode
from desks.partitions import Partitions, scan
from desks.topics import PARTITION
from engine.log import Log, Record, Stored
from engine.versions import HEADER, Upcast, current

__all__ = ["REACTIONS", "UPCASTS", "Declined", "Turn", "decode_turn", "read_turns", "record_of"]

REACTIONS = "management.reactions"


def _first(stored: Stored) -> Stored:
    return stored


# --- how a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {REACTIONS: (_first,)}


class Declined(msgspec.Struct, frozen=True):
    """A command that followed from an event and was refused: somebody has to look at it."""

    event: str  # id
    command: str  # id, under which the log has the command itself
    manager: str
    key: str
    code: str
    text: str


class Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    """All events of a partition up to a serial are seen to."""

    serial: int
    declined: tuple[Declined, ...] = ()


_decode = msgspec.json.Decoder(Turn).decode


def record_of(turn: Turn, key: str, mark: bytes, time: int) -> Record:
    """Return a turn as the log keeps it; ``mark`` names the partition, ``key`` is one of its keys."""
    headers = {HEADER: b"%d" % len(UPCASTS[REACTIONS]), PARTITION: mark}
    return Record(REACTIONS, key, encode(turn), time, headers)


def decode_turn(stored: Stored) -> Turn:
    """Return the turn that a record of ``management.reactions`` holds."""
    return _decode(current(stored, UPCASTS).value)


async def read_turns(log: Log, partitions: Partitions) -> AsyncIterator[tuple[int, Turn]]:
    """Yield all turns with their partition, those of each in order."""
    async for number, stored in scan(log, REACTIONS, partitions, dict.fromkeys(range(partitions.count), 0)):
        yield number, decode_turn(stored)
