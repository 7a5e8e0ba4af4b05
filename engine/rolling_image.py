"""Images of an edge, written bit by bit: what changed, and each time some of what was written longest ago.

So a start never reads much more than the views themselves, however long a Games has gone on, and the loop is never held
for as long as packing all of them takes. Slots say whose they are: where two edges write at once, as while one takes
the other's turn, each image consists of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import uuid4

import msgspec

from engine.checkpoints import BY, IMAGES, Manifest, dump_views, record_of
from engine.host import Host
from engine.log import Log, Record
from engine.versions import stamp

__all__ = ["RollingImage"]

CHUNK = 64 * 1024  # bytes that are packed before the loop has its turn
ROUNDS = 100  # chunks of what changed, at most, before the rest is written at once: an edge may change as fast
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
        before = set(changed)
        try:
            if not self._written:
                await self._write_all(host, changed)
            for _ in range(ROUNDS):
                slots, complete = _packed(host, sorted(changed), CHUNK)
                changed.difference_update(_views_in(slots))
                if complete:
                    break
                await self._write(host, slots)
            return await self._complete(host, slots | dump_views(host.views, changed), changed)
        except BaseException:
            changed |= before
            self._written.clear()  # whoever knows what was stored of it: the next one begins anew
            raise

    async def _write_all(self, host: Host, changed: set[str]) -> None:
        """Write all views, each as it stands when its turn comes; those that change later come into ``changed``."""
        written: dict[str, int] = {}
        names, complete = iter(host.views.names()), False
        while not complete:
            slots, complete = _packed(host, names, CHUNK)
            changed.difference_update(_views_in(slots))
            if slots:
                await self._append(slots, host.views.time, written)
        self._written = written

    async def _write(self, host: Host, slots: dict[str, bytes]) -> None:
        """Write some of what changed, and as much of the oldest slots."""
        await self._append(self._with_oldest(host, slots), host.views.time, self._written)

    async def _complete(self, host: Host, slots: dict[str, bytes], changed: set[str]) -> Manifest:
        """Write the rest of what changed, all as it stands now, and the manifest."""
        slots = self._with_oldest(host, host.fold.dump() | slots)
        changed.clear()
        views = host.views
        time, size = views.time, sum(map(len, slots.values()))
        manifest = Manifest(host.epoch, host.position, views.cut, time, views.digest(), 0, 0, size, by=self._by)
        await self._append(slots, time, self._written)
        positions = iter(self._written.values())
        base = next(positions) - 1
        manifest = msgspec.structs.replace(manifest, base=base, image=next(reversed(self._written.values())))
        await self._log.append([record_of(manifest, time)])
        return manifest

    def _with_oldest(self, host: Host, slots: dict[str, bytes]) -> dict[str, bytes]:
        """Return slots, and as many bytes of those that were written longest ago."""
        oldest = (slot.removeprefix(_VIEW) for slot in self._written if slot.startswith(_VIEW) and slot not in slots)
        return slots | _packed(host, oldest, max(sum(map(len, slots.values())), LEAST))[0]

    async def _append(self, slots: dict[str, bytes], time: int, written: dict[str, int]) -> None:
        headers = {**stamp(IMAGES), BY: self._by.encode()}
        records = [Record(self._topic, slot, data, time, headers) for slot, data in slots.items()]
        for slot, position in zip(slots, await self._log.append(records), strict=True):
            written.pop(slot, None)  # so that the oldest stay in front
            written[slot] = position


def _views_in(slots: Iterable[str]) -> Iterator[str]:
    return (slot.removeprefix(_VIEW) for slot in slots)


def _packed(host: Host, names: Iterable[str], size: int) -> tuple[dict[str, bytes], bool]:
    """Return the slots of the next views, about as many bytes as wanted, and whether those are all.

    They are hashed as well, for the digest of the image: all views at once would hold the loop for long.
    """
    slots: dict[str, bytes] = {}
    complete = False
    for name in names:
        slots |= dump_views(host.views, {name})
        size -= len(slots[_VIEW + name])
        if size <= 0:
            break
    else:
        complete = True
    host.views.hash(_views_in(slots))
    return slots, complete
