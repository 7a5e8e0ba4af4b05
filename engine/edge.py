"""The edge: folds the one ordered feed that the workers write into the views that subscribers get.

All edges read the same records in the same order and drop the same copies, so all hold the same cuts under the same
numbers, whoever of the workers wrote them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

import msgspec
import structlog

from engine.checkpoints import IMAGES, Manifest
from engine.epochs import topic_of
from engine.errors import BadRecord
from engine.folds import SavedViews, Spanning
from engine.host import Host
from engine.log import Log, Stored
from engine.parts import Part, Place, Watermarks, unpack
from engine.raw import Raw
from engine.rolling_image import RollingImage
from engine.stages import FEED, changes_in
from schemas.cut import Change

__all__ = ["Edge"]

_REACHED = "reached"
_log = structlog.get_logger()
_reached = msgspec.msgpack.Decoder(list[tuple[int, Place]])


class _Follow:
    """What follows from the changes of the feed; as a fold, whose messages are bodies of its parts."""

    def __init__(self, spanning: Spanning) -> None:
        self.watermarks = Watermarks()
        self._spanning = spanning
        self._changes: list[Change] = []

    def apply(self, source: str, session: str, serial: int, data: bytes) -> None:
        """Take the changes of one cause."""
        self._changes += changes_in(data)

    def changes(self) -> list[Change]:
        """Return them with what follows."""
        changes, self._changes = self._changes, []
        return changes + self._spanning.apply(changes)

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return how far the feed was read; all else is in the views."""
        return {_REACHED: msgspec.msgpack.encode(self.watermarks.dump())}

    def load(self, saved: Mapping[str, bytes], views: SavedViews) -> None:
        """Go on from there."""
        self.watermarks = Watermarks(_reached.decode(saved[_REACHED]))
        self._spanning.restore(views)


class Edge(Host):
    """The host of the feed of an epoch."""

    def __init__(self, log: Log, make_spanning: Callable[[], Spanning], epoch: str, mode: str = "live") -> None:
        self.topic, self.images = topic_of(FEED, epoch), topic_of(IMAGES, epoch)
        self._rolling = RollingImage(log, self.images)
        self._make_spanning = make_spanning
        super().__init__(log, self._follow, epoch, mode)

    def _follow(self) -> _Follow:
        self._following = _Follow(self._make_spanning())
        return self._following

    def fresh(self) -> Edge:
        """Return another edge of the same feed that stands at its beginning."""
        return Edge(self.log, self._make_spanning, self.epoch, self.mode)

    async def save_meanwhile(self) -> Manifest | None:
        """Save an image bit by bit, and fold on meanwhile; one at a time. None where nothing has changed."""
        if not self.views.cut or not self._changed:
            return None
        manifest = await self._rolling.save(self, self._changed)
        await asyncio.to_thread(self._read_manifests)
        return manifest

    def causes(self, stored: Stored) -> Iterable[Raw]:
        """Return what was not read before; the position moves on when all of it has been folded."""
        try:
            partition, parts = unpack(stored)
        except BadRecord as bad:  # none of ours: every edge passes it over
            _log.error("record_unreadable", reason=str(bad))
            partition, parts = 0, []
        for part in parts:
            if self._following.watermarks.fresh(partition, part):
                yield self._cause(part)
        self.position = stored.position

    def _cause(self, part: Part) -> Raw:
        source, session, serial = part.because.rsplit("/", 2)
        return Raw(source, session, int(serial), part.at, part.time, bytes(part.body), b"", self.position)
