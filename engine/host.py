"""The host: runs a fold over a log, keeps the views, and saves checkpoints; embedded, the whole fold over the raw log.

Cuts are numbered by the raw messages that change something, so every host that folds the same log gives the same
numbers. A host may start from the newest checkpoint of its epoch; what it then holds is what a full re-fold holds.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, runtime_checkable

import msgspec
import structlog

from engine.checkpoints import IMAGES, Manifest, manifests, record_of, restore, slots_of
from engine.errors import BadRecord, NotKnown
from engine.folds import Fold, FoldFactory
from engine.instants import parse_instant
from engine.log import Log, Record, Stored
from engine.raw import RAW, Raw, raw_of
from engine.raw_index import RawIndex
from engine.views import View, Views
from schemas.cut import Cut

__all__ = ["Host", "Listener"]

_log = structlog.get_logger()

Listener = Callable[[Cut, Sequence[str]], object]
Passed = Callable[[int], object]
SLICE = 200  # raw messages folded before the loop has its turn


@runtime_checkable
class Writable(Protocol):
    """A log that can be written without a loop."""

    def append_now(self, records: Sequence[Record]) -> list[int]:
        """Append and return once durable."""


def _nobody(position: int) -> None:
    pass


class Host:
    """Folds one log."""

    topic = RAW  # what it folds
    images = IMAGES  # where its checkpoints are
    slice = SLICE

    def __init__(self, log: Log, make_fold: FoldFactory, epoch: str, mode: str = "live") -> None:
        self.log = log
        self.epoch = epoch
        self.mode = mode
        self.views = Views()
        self.position = 0  # of the newest record folded
        self.fold: Fold = make_fold()
        self._make_fold = make_fold
        self._listeners: list[Listener] = []
        self.passed: Passed = _nobody  # told by ``run`` how far it has come, now and then
        self._changed: set[str] = set()  # views that changed since they were saved
        self._whole = True  # whether the next checkpoint has to hold everything
        self._manifests: list[Manifest] = []
        self._newest = 0  # position of the newest manifest known
        self._index = RawIndex(log)
        self.last_seen: dict[str, int] = {}  # source -> log time of its newest message, microseconds

    # -- starting ------------------------------------------------------------------------------------------------

    def load(self) -> bool:
        """Start from the newest checkpoint of this epoch, before anybody listens; say whether there was one."""
        if self._listeners:
            raise RuntimeError("whoever listens already would not know of what is loaded")
        self._read_manifests()
        if not self._manifests:
            return False
        newest = self._manifests[-1]
        restore(self.log, newest, self.fold, self.views, self.images)
        self.position = newest.position
        self._whole = False
        return True

    def _read_manifests(self) -> None:
        for position, manifest in manifests(self.log, self._newest):
            self._newest = position
            if manifest.epoch == self.epoch:
                self._manifests.append(manifest)

    # -- folding -------------------------------------------------------------------------------------------------

    def step(self, raw: Raw) -> Cut | None:
        """Fold one raw message; return its cut, None where it changed nothing."""
        self.fold.apply(raw.source, raw.session, raw.serial, raw.data)
        self.position = raw.position
        self.last_seen[raw.source] = raw.time
        changes = self.views.put(self.fold.changes())
        if not changes:
            return None
        cut = Cut(self.views.cut + 1, raw.position, (raw.name,), raw.time, raw.at, changes)
        changed = self.views.close(cut)
        self._changed.update(changed)
        for listener in self._listeners:
            listener(cut, changed)
        return cut

    def causes(self, stored: Stored) -> Iterable[Raw]:
        """Return what a record asks to be folded, one after the other."""
        try:
            return (raw_of(stored),)
        except BadRecord as bad:  # no gateway of ours has stored it
            _log.error("record_unreadable", reason=str(bad))
            self.position = stored.position
            return ()

    def catch_up(self, until: int | None = None) -> int:
        """Fold what the log holds beyond the state, up to a position; return how many messages that were."""
        count = 0
        while batch := self.log.read(self.topic, self.position):
            for stored in batch:
                if until is not None and stored.position > until:
                    return count
                for raw in self.causes(stored):
                    self.step(raw)
                    count += 1
        return count

    async def run(self) -> None:
        """Fold for ever what becomes durable."""
        async for batch in self.log.follow(self.topic, self.position):
            folded = 0
            for stored in batch:
                for raw in self.causes(stored):
                    self.step(raw)
                    folded += 1
                    if folded % self.slice == 0:
                        self.passed(self.position)
                        await asyncio.sleep(0)
            self.passed(self.position)
            await asyncio.sleep(0)

    @property
    def changed(self) -> frozenset[str]:
        """The views that changed since they were saved."""
        return frozenset(self._changed)

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Have a function called after each cut has been applied to the views, until what is returned is called."""
        self._listeners.append(callback)

        def stop() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return stop

    def forget(self) -> None:
        """Let go of all that it holds, and of whoever listens: another host has taken its place."""
        self._listeners.clear()
        self.views = Views()
        self.fold = self._make_fold()

    # -- saving --------------------------------------------------------------------------------------------------

    def save(self, *, whole: bool = False) -> Manifest | None:
        """Save a checkpoint of what changed; None where nothing has, or the log cannot be written."""
        if not isinstance(self.log, Writable) or (prepared := self._prepare(whole=whole)) is None:
            return None
        records, manifest = prepared
        manifest = msgspec.structs.replace(manifest, image=self.log.append_now(records)[-1])
        self.log.append_now([record_of(manifest, manifest.time)])
        return self._complete(manifest)

    async def save_meanwhile(self) -> Manifest | None:
        """Save a checkpoint as ``save`` does, and fold on while it is on its way; one at a time."""
        if (prepared := self._prepare(whole=False)) is None:
            return None
        records, manifest = prepared
        positions = await self.log.append(records)
        manifest = msgspec.structs.replace(manifest, image=positions[-1])
        await self.log.append([record_of(manifest, manifest.time)])
        return self._complete(manifest)

    def _prepare(self, *, whole: bool) -> tuple[list[Record], Manifest] | None:
        """Return what a checkpoint of now consists of; its manifest still lacks where the slots end."""
        if not self.views.cut or not (self._whole or self._changed):
            return None
        head, time = self.log.head(self.images), self.views.time
        # Images of another epoch, or of a process that died before its manifest, would be read among ours.
        whole = whole or self._whole or not self._manifests or self._manifests[-1].image != head
        base = head if whole else self._manifests[-1].base
        self._whole = True  # what the fold hands over is not handed over again: should this fail, all is saved next
        records = slots_of(self.fold, self.views, None if whole else self._changed, time, self.images)
        self._changed = set()
        size = sum(len(record.value) for record in records)
        digest = self.views.digest()
        return records, Manifest(self.epoch, self.position, self.views.cut, time, digest, base, 0, size, whole)

    def _complete(self, manifest: Manifest) -> Manifest:
        self._read_manifests()
        self._whole = False
        return manifest

    @property
    def saved(self) -> Sequence[Manifest]:
        """The checkpoints of this epoch, oldest first."""
        return self._manifests

    # -- looking back --------------------------------------------------------------------------------------------

    def state_at(self, when: str) -> Host:
        """Return another host whose views stand as at ``{epoch}.{cut}`` or at an RFC 3339 instant of log time.

        Raises ``NotKnown`` where the epoch is another, the cut is in the future, or the text is neither.
        """
        cut, instant = self._parse(when)
        past = self.fresh()
        near = [m for m in self._manifests if (m.cut <= cut if cut is not None else m.time <= (instant or 0))]
        if near:
            restore(self.log, near[-1], past.fold, past.views, self.images)
            past.position = near[-1].position
        past.fold_until(cut, instant)
        return past

    def fresh(self) -> Host:
        """Return another host of the same log that stands at its beginning."""
        return Host(self.log, self._make_fold, self.epoch, self.mode)

    def fold_until(self, cut: int | None = None, instant: int | None = None) -> None:
        """Fold up to a cut, to what lies at or before an instant of log time (microseconds), or to the head."""
        if cut is not None and self.views.cut >= cut:
            return
        while batch := self.log.read(self.topic, self.position):
            for stored in batch:
                for raw in self.causes(stored):
                    if instant is not None and raw.time > instant:
                        return
                    self.step(raw)
                    if self.views.cut == cut:
                        return

    def _parse(self, when: str) -> tuple[int | None, int | None]:
        epoch, dot, number = when.partition(".")
        if dot and number.isascii() and number.isdigit() and "T" not in epoch and ":" not in epoch:
            if epoch != self.epoch:
                raise NotKnown(when, f"the epoch is {self.epoch}")
            if len(number) > len(str(sys.maxsize)) or int(number) > self.views.cut:
                raise NotKnown(when, f"the newest cut is {self.views.cut}")
            return int(number), None
        instant = parse_instant(when)
        if instant is None:
            raise NotKnown(when, "neither {epoch}.{cut} nor an RFC 3339 instant")
        return None, instant

    def as_of(self, view: str, when: str) -> View:
        """Return a view as it stood; may run in a thread. Raises ``NotKnown``."""
        return self.state_at(when).views.get(view) or View(view)

    def raw(self, name: str) -> Raw | None:
        """Return the raw message of a name."""
        return self._index.find(name)

    def freshness(self) -> dict[str, int]:
        """Return by venue the log time (ms) of the newest message of its sources."""
        newest: dict[str, int] = {}
        for source, time in self.last_seen.items():
            venue = source.partition(".")[0]
            newest[venue] = max(newest.get(venue, 0), time // 1000)
        return newest
