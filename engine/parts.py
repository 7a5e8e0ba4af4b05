"""Parts: what one stage hands to the next, several in one record.

A part says where in its own stage's input it comes from: partition, position there, and the how manieth of that
position. A stage gives parts in the order of each input partition, so a reader that keeps one watermark for each of
them drops every copy, whichever process wrote it and however the parts were put into records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from engine.errors import BadRecord
from engine.log import Record, Stored
from engine.versions import current, stamp

__all__ = ["Part", "Watermarks", "pack", "unpack"]

FORMAT = 1  # of the records here
MOST_BYTES = 400_000  # of the bodies in one record: brokers take 1 MB

Place = tuple[int, int]  # position, and the how manieth of it


class Part(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One assertion, or the changes of one cut."""

    position: int  # of the record it comes from, in that record's partition
    index: int  # from 0, of those that come from there
    key: str  # discipline, or GAMES
    because: str  # name of the raw message
    time: int  # log time of that, microseconds
    at: int  # its venue time, ms; 0 where it has none
    body: msgspec.Raw

    @property
    def place(self) -> Place:
        """Where it comes from."""
        return self.position, self.index


class _Parcel(msgspec.Struct, array_like=True):
    format: int
    partition: int  # that its parts come from
    parts: list[Part]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Parcel).decode


def pack(topic: str, partition: int, parts: Sequence[Part]) -> Iterator[Record]:
    """Yield the records that hold parts of one input partition, in order; the key is that of the first part."""
    begun, size = 0, 0
    for number, part in enumerate(parts):
        size += len(part.body)
        if size > MOST_BYTES and number > begun:
            yield _record(topic, partition, parts[begun:number])
            begun, size = number, len(part.body)
    if parts:
        yield _record(topic, partition, parts[begun:])


def _record(topic: str, partition: int, parts: Sequence[Part]) -> Record:
    value = _encode(_Parcel(FORMAT, partition, list(parts)))
    return Record(topic, parts[0].key, value, parts[-1].time, stamp(topic))


def unpack(stored: Stored) -> tuple[int, list[Part]]:
    """Return the input partition and the parts of a record; raises ``BadRecord`` and ``NewerRecord``."""
    try:
        parcel = _decode(current(stored).value)
    except msgspec.DecodeError as error:
        raise BadRecord(stored.topic, stored.partition, stored.position, str(error)) from error
    if parcel.format != FORMAT:
        raise BadRecord(stored.topic, stored.partition, stored.position, f"format {parcel.format}")
    return parcel.partition, parcel.parts


class Watermarks:
    """How far a reader has come in each partition of the stage before."""

    def __init__(self, reached: Iterable[tuple[int, Place]] = ()) -> None:
        self._reached: dict[int, Place] = dict(reached)

    def fresh(self, partition: int, part: Part) -> bool:
        """Say whether a part is none that was read before, and take note of it."""
        if part.place <= self._reached.get(partition, (0, -1)):
            return False
        self._reached[partition] = part.place
        return True

    def dump(self) -> list[tuple[int, Place]]:
        """Return how far it has come, by partition."""
        return sorted(self._reached.items())
