"""The stages between the raw log and the feed, without I/O: records of one partition in, records of the next topic out.

A stage reads each record once, in order, and writes whatever follows, in order; it may write again what it wrote
before. Its state names how far it has read, so that it goes on from there in any process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from engine.checkpoints import dump_views, load_views
from engine.epochs import topic_of
from engine.errors import BadRecord
from engine.folds import Decoding, Results
from engine.log import Record, Stored
from engine.parts import Part, Place, Watermarks, pack, unpack
from engine.raw import Raw, raw_of
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


def place_of(stored: Stored) -> tuple[str, str, int]:
    """Return where a record lies, in the shape of a raw message's name: it is listed so if nobody can read it."""
    return stored.topic, str(stored.partition), stored.position


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
            if stored.position <= self.position:
                continue
            self.position = stored.position
            try:
                raw = raw_of(stored)
            except BadRecord as bad:
                raw = Raw(*place_of(stored), 0, stored.time, b"")
                decoded = self._decoding.refuse(raw.source, raw.session, raw.serial, bad.why)
            else:
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
            try:
                partition, parts = unpack(stored)
            except BadRecord as bad:
                cuts += self._list(stored, bad.why)
            else:
                for index, part in enumerate(parts):
                    if self.watermarks.fresh(partition, part) and (body := self._fold(part)) is not None:
                        place = (stored.position, index)
                        cuts.append(Part(*place, part.key, part.because, part.time, part.at, msgspec.Raw(body)))
            self.position = stored.position
        return list(pack(self.into, self.partition, cuts))

    def _list(self, stored: Stored, why: str) -> Iterator[Part]:
        """List a record that is none of ours; the partition goes on."""
        source, session, serial = place_of(stored)
        because = f"{source}/{session}/{serial}"
        part = Part(stored.position, 0, stored.key, because, stored.time, 0, msgspec.Raw(_NIL))
        if (body := self._show(part, self._results.refuse(source, session, serial, why))) is not None:
            yield msgspec.structs.replace(part, body=msgspec.Raw(body))

    def _fold(self, part: Part) -> bytes | None:
        try:
            return self._show(part, self._results.read(bytes(part.body)))
        except msgspec.DecodeError as error:
            source, session, serial = part.because.rsplit("/", 2)
            return self._show(part, self._results.refuse(source, session, int(serial), f"no assertion: {error}"))

    def _show(self, part: Part, changed: list[Change]) -> bytes | None:
        changes = self.views.put(changed)
        if not changes:
            return None
        cut = Cut(self.views.cut + 1, part.position, (part.because,), part.time, part.at, changes)
        self._changed.update(dict.fromkeys(self.views.close(cut)))
        return _encode(changes)
