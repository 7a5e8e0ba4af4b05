"""The stages between the raw log and the feed, without I/O: records of one partition in, records of the next topic out.

A stage reads each record once, in order, and writes whatever follows, in order; it may write again what it wrote
before. Its state names how far it has read, so that it goes on from there in any process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from engine.checkpoints import dump_views, load_views
from engine.epochs import topic_of
from engine.folds import Decoding, Results
from engine.log import Record, Stored
from engine.parts import Part, Place, Watermarks, pack, unpack
from engine.raw import raw_of
from engine.rows import decode_row
from engine.views import Views
from schemas.cut import Change, Cut

__all__ = ["EVENTS", "FEED", "DecodePartition", "FoldPartition", "changes_in"]

EVENTS = "games.events"  # these are families: each epoch has topics of its own
FEED = "games.feed"

_encode = msgspec.msgpack.Encoder().encode
_changes = msgspec.msgpack.Decoder(list[tuple[str, str, msgspec.Raw, int]])
_NIL = b"\xc0"
_REACHED = "reached"  # the slot that says how far was read


class _Reached(msgspec.Struct, array_like=True):
    position: int
    watermarks: list[tuple[int, Place]]
    cut: int


def changes_in(body: bytes) -> list[Change]:
    """Return the changes in the body of a part of the feed."""
    return [
        Change(view, key, None if bytes(row) == _NIL else decode_row(view, key, row), revision)
        for view, key, row, revision in _changes.decode(body)
    ]


class DecodePartition:
    """Decodes the raw messages of one partition."""

    def __init__(self, decoding: Decoding, epoch: str, partition: int, place: Callable[[str], int]) -> None:
        self.into = topic_of(EVENTS, epoch)
        self.partition = partition
        self.position = 0  # of the newest record read
        self._decoding = decoding
        self._place = place  # from a key to its partition of what this writes into

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return the state in slots: those that changed since the last call, or all."""
        return self._decoding.dump(whole=whole) | {_REACHED: _encode(self.position)}

    def load(self, slots: Mapping[str, bytes]) -> None:
        """Go on, as a fresh one, from where another was dumped."""
        self.position = msgspec.msgpack.decode(slots[_REACHED], type=int)
        self._decoding.load(slots)

    def take(self, batch: Sequence[Stored]) -> list[Record]:
        """Take raw records; return what they assert."""
        places: dict[int, list[Part]] = {}
        for stored in batch:
            raw = raw_of(stored)
            if stored.position <= self.position:
                continue
            self.position = stored.position
            decoded = self._decoding.decode(raw.source, raw.session, raw.serial, raw.data)
            for index, (key, body) in enumerate(decoded):
                part = Part(stored.position, index, key, raw.name, raw.time, raw.at, msgspec.Raw(body))
                places.setdefault(self._place(key), []).append(part)
        return [record for parts in places.values() for record in pack(self.into, self.partition, parts)]


class FoldPartition:
    """Folds the assertions of one partition into the changes of the views of its disciplines."""

    def __init__(self, results: Results, epoch: str, partition: int) -> None:
        self.into = topic_of(FEED, epoch)
        self.partition = partition
        self.position = 0  # of the newest record read
        self.views = Views()  # what it has shown
        self.watermarks = Watermarks()
        self._results = results
        self._changed: dict[str, None] = {}  # views that changed since they were saved

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return the state in slots: those that changed since the last call, or all."""
        slots = self._results.dump(whole=whole) | dump_views(self.views, None if whole else self._changed)
        self._changed.clear()
        return slots | {_REACHED: _encode(_Reached(self.position, self.watermarks.dump(), self.views.cut))}

    def load(self, slots: Mapping[str, bytes]) -> None:
        """Go on, as a fresh one, from where another was dumped."""
        reached = msgspec.msgpack.decode(slots[_REACHED], type=_Reached)
        self.position, self.watermarks = reached.position, Watermarks(reached.watermarks)
        self._results.load(slots, load_views(slots, self.views))
        self.views.cut = reached.cut

    def take(self, batch: Sequence[Stored]) -> list[Record]:
        """Take records of assertions; return the changes that follow, one part for each that changed anything."""
        cuts: list[Part] = []
        for stored in batch:
            if stored.position <= self.position:
                continue
            partition, parts = unpack(stored)
            for index, part in enumerate(parts):
                if self.watermarks.fresh(partition, part):
                    body = self._fold(part)
                    if body is not None:
                        cuts.append(
                            Part(stored.position, index, part.key, part.because, part.time, part.at, msgspec.Raw(body))
                        )
            self.position = stored.position
        return list(pack(self.into, self.partition, cuts))

    def _fold(self, part: Part) -> bytes | None:
        changes = self.views.put(self._results.read(bytes(part.body)))
        if not changes:
            return None
        cut = Cut(self.views.cut + 1, part.position, (part.because,), part.time, part.at, changes)
        self._changed.update(dict.fromkeys(self.views.close(cut)))
        return _encode(changes)
