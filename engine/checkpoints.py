"""Checkpoints: a fold and its views as saved in the log, in slots, a manifest completing each.

A checkpoint writes the slots that changed since the one before, and now and then all of them, so that a start reads
little. The manifest names the epoch, the raw position that the state includes, and the digest at that cut: what
``podium verify`` compares a re-fold with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from engine.folds import Fold, SavedViews
from engine.log import Log, Record
from engine.rows import decode_row, encode_row
from engine.versions import current, stamp
from engine.views import View, Views
from schemas.views import Row

__all__ = [
    "BY",
    "IMAGES",
    "MANIFESTS",
    "Manifest",
    "dump_views",
    "load_views",
    "manifests",
    "record_of",
    "restore",
    "slots_of",
]

IMAGES = "games.images"
MANIFESTS = "games.checkpoints"
BY = "by"  # the header of a slot that says whose it is

_VIEW = "view/"  # what the slots of views begin with
_encode = msgspec.msgpack.Encoder().encode


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What completes a checkpoint."""

    epoch: str
    position: int  # of the last raw record included
    cut: int
    time: int  # log time of that cut, microseconds
    digest: str
    base: int  # its slots are among the images above this position
    image: int  # up to and including this one
    size: int  # bytes of the slots that it wrote
    whole: bool = False  # all slots
    by: str = ""  # whose slots they are, where several processes may write some; "" those that say nothing


class _View(msgspec.Struct, array_like=True):
    sequence: int
    cut: int
    time: int
    rows: dict[str, tuple[int, msgspec.Raw]]  # key -> revision, row


_view = msgspec.msgpack.Decoder(_View)


def pack_view(view: View) -> bytes:
    """Return a view's slot."""
    rows = {key: (view.revisions[key], msgspec.Raw(encode_row(row))) for key, row in view.rows.items()}
    return _encode(_View(view.sequence, view.cut, view.time, rows))


def unpack_view(name: str, data: bytes) -> View:
    """Return the view in a slot."""
    saved = _view.decode(data)
    view = View(name)
    view.sequence, view.cut, view.time = saved.sequence, saved.cut, saved.time
    for key, (revision, raw) in saved.rows.items():
        view.put(key, decode_row(name, key, raw), revision)
    return view


def dump_views(views: Views, changed: Iterable[str] | None) -> dict[str, bytes]:
    """Return the slots of the views named; of all for None."""
    return {_VIEW + name: pack_view(views[name]) for name in (views.names() if changed is None else sorted(changed))}


def load_views(slots: Mapping[str, bytes], views: Views) -> SavedViews:
    """Have fresh views stand as those in the slots, whatever else is among them; return their rows."""
    rows: dict[str, dict[str, tuple[Row, int]]] = {}
    for slot, data in slots.items():
        if slot.startswith(_VIEW):
            view = unpack_view(slot.removeprefix(_VIEW), data)
            views.adopt(view)
            rows[view.name] = {key: (row, view.revisions[key]) for key, row in view.rows.items()}
    return rows


def slots_of(fold: Fold, views: Views, changed: set[str] | None, time: int, topic: str = IMAGES) -> list[Record]:
    """Return the slots to save: of the fold what changed, of the views those named; all of both for None."""
    slots = fold.dump(whole=changed is None) | dump_views(views, changed)
    return [Record(topic, slot, data, time, stamp(IMAGES)) for slot, data in slots.items()]


def record_of(manifest: Manifest, time: int) -> Record:
    """Return the record of a manifest."""
    return Record(MANIFESTS, manifest.epoch, _encode(manifest), time, stamp(MANIFESTS))


def manifests(log: Log, after: int = 0) -> Iterator[tuple[int, Manifest]]:
    """Return the manifests of a log above a position, oldest first, with their positions."""
    while batch := log.read(MANIFESTS, after):
        for stored in batch:
            yield stored.position, msgspec.msgpack.decode(current(stored).value, type=Manifest)
        after = batch[-1].position


def restore(log: Log, manifest: Manifest, fold: Fold, views: Views, topic: str = IMAGES) -> None:
    """Load a checkpoint into a fresh fold and fresh views."""
    slots: dict[str, bytes] = {}
    after, by = manifest.base, manifest.by.encode()
    while after < manifest.image and (batch := log.read(topic, after)):
        for stored in batch:
            if stored.position <= manifest.image and stored.headers.get(BY, b"") == by:
                slots[stored.key] = current(stored).value
        after = batch[-1].position
    shown = load_views(slots, views)
    views.cut, views.time = manifest.cut, manifest.time
    fold.load({slot: data for slot, data in slots.items() if not slot.startswith(_VIEW)}, shown)
