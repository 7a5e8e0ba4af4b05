"""Images of an edge, written bit by bit: what changed, and each time some of what was written longest ago.

So a start never reads much more than the views themselves, however long a Games has gone on, and the loop is never held
for as long as packing all of them takes. Slots say whose they are: where two edges write at once, as while one takes
the other's turn, each image consists of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import msgspec

from engine.checkpoints import BY, IMAGES, Manifest, dump_views, record_of
from engine.host import Host
from engine.log import Log, Record
from engine.versions import stamp

__all__ = ["RollingImage"]

CHUNK = 256 * 1024  # bytes that are packed before the loop has its turn
LEAST = 32 * 1024  # bytes of old slots that are written anew with an image: so many, or as many as those that changed
_VIEW = "view/"


class RollingImage:
    """The images that one process writes; one at a time."""

    def __init__(self, log: Log, topic: str) -> None:
        self._log = log
        self._topic = topic
        self._by = uuid4().hex[:12]
        self._written: dict[str, int] = {}  # slot -> position of its newest record, the oldest first

    async def save(self, host: Host, changed: set[str]) -> Manifest:
        """Write an image of a host and return its manifest, which is durable.

        ``changed`` are the views that changed since the last one; those that change meanwhile are to come into it.
        """
        if not self._written:
            await self._write_all(host, changed)
        names = set(changed)
        changed.clear()
        try:
            return await self._write_changed(host, names)
        except BaseException:
            changed |= names
            self._written.clear()  # whoever knows what was stored of it: the next one begins anew
            raise

    async def _write_all(self, host: Host, changed: set[str]) -> None:
        """Write all views, each as it stands when its turn comes; those that change later come into ``changed``."""
        written: dict[str, int] = {}
        names = iter(host.views.names())
        while slots := _packed(host, names, CHUNK):
            done = [slot.removeprefix(_VIEW) for slot in slots]
            changed.difference_update(done)
            host.views.hash(done)  # a part of the digest each time: of all views it would hold the loop for long
            await self._append(slots, host.views.time, written)
        self._written = written

    async def _write_changed(self, host: Host, names: set[str]) -> Manifest:
        """Write what changed and some of the oldest slots, all as they stand now, and the manifest."""
        slots = host.fold.dump() | dump_views(host.views, names)
        size = sum(map(len, slots.values()))
        oldest = (slot.removeprefix(_VIEW) for slot in self._written if slot.startswith(_VIEW) and slot not in slots)
        slots |= _packed(host, oldest, max(size, LEAST))
        views = host.views
        time, size = views.time, sum(map(len, slots.values()))
        manifest = Manifest(host.epoch, host.position, views.cut, time, views.digest(), 0, 0, size, by=self._by)
        await self._append(slots, time, self._written)
        positions = iter(self._written.values())
        base = next(positions) - 1
        manifest = msgspec.structs.replace(manifest, base=base, image=next(reversed(self._written.values())))
        await self._log.append([record_of(manifest, time)])
        return manifest

    async def _append(self, slots: dict[str, bytes], time: int, written: dict[str, int]) -> None:
        headers = {**stamp(IMAGES), BY: self._by.encode()}
        records = [Record(self._topic, slot, data, time, headers) for slot, data in slots.items()]
        for slot, position in zip(slots, await self._log.append(records), strict=True):
            written.pop(slot, None)  # so that the oldest stay in front
            written[slot] = position


def _packed(host: Host, names: Iterator[str], size: int) -> dict[str, bytes]:
    """Return the slots of the next views, about as many bytes as wanted."""
    slots: dict[str, bytes] = {}
    for name in names:
        slots |= dump_views(host.views, {name})
        size -= len(slots[_VIEW + name])
        if size <= 0:
            break
    return slots
