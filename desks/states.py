"""The aggregates of one partition in memory: warm ones as objects, the rest as the bytes that a snapshot holds.

A state that was not asked for between two snapshots goes back to bytes, so what memory holds as objects is what is in
use, however many people there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Any

import msgspec

from desks.codec import Codec, digest_state, encode_state
from management.aggregates import aggregate_of
from management.command import Recorded

__all__ = ["Held", "Slot", "States"]


class Slot(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An aggregate as a snapshot holds it."""

    version: int
    due: int | None
    state: bytes


class Held(msgspec.Struct):
    """An aggregate in memory; of ``state`` and ``packed`` at least one is there."""

    version: int = 0
    due: int | None = None
    state: Any = None
    packed: bytes | None = None  # as in its newest slot; None where it has changed since


class States:
    """All aggregates of one partition."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._held: dict[str, Held] = {}
        self._deadlines: list[tuple[int, str]] = []  # a heap; stale where the aggregate's own is another by now
        self._warm: set[str] = set()  # held as objects
        self._used: set[str] = set()  # of them, since the last snapshot
        self.changed: set[str] = set()  # since the last snapshot

    def __len__(self) -> int:
        return len(self._held)

    def version(self, key: str) -> int:
        """Return the version of an aggregate, 0 where nothing has happened to it."""
        held = self._held.get(key)
        return held.version if held else 0

    def state(self, key: str) -> Any:
        """Return the state of an aggregate, a new one where nothing has happened to it."""
        held = self._held.get(key)
        if held is None:
            aggregate = aggregate_of(key, self._codec.aggregates)
            return aggregate.state() if aggregate else None
        return self._warm_up(key, held)

    def _warm_up(self, key: str, held: Held) -> Any:
        if held.state is None and held.packed is not None:
            held.state = self._codec.decode_state(key, held.packed)
        self._warm.add(key)
        self._used.add(key)
        return held.state

    def evolve(self, key: str, recorded: list[Recorded[Any]]) -> None:
        """Take in the next events of an aggregate; raises whatever its code raises, with the state spoiled then."""
        aggregate = self._codec.aggregates[key.partition(":")[0]]
        held = self._held.get(key) or Held(state=aggregate.state())
        state = self._warm_up(key, held)
        self._held[key] = held
        held.packed = None
        self.changed.add(key)
        for one in recorded:
            aggregate.evolve(state, one.event)
            held.version = one.version
        self._set_due(key, held, aggregate.due(state))

    # -- deadlines

    def _set_due(self, key: str, held: Held, due: int | None) -> None:
        if due != held.due:
            held.due = due
            if due is not None:
                heappush(self._deadlines, (due, key))

    def due(self, until: int, limit: int) -> list[tuple[int, str]]:
        """Return the aggregates with a deadline at or before an instant, with it, earliest first."""
        found: list[tuple[int, str]] = []
        while self._deadlines and self._deadlines[0][0] <= until and len(found) < limit:
            due, key = heappop(self._deadlines)
            if self._held[key].due == due and (due, key) not in found[-1:]:
                found.append((due, key))
        for deadline in found:  # it is the aggregate that says when it is over
            heappush(self._deadlines, deadline)
        return found

    # -- snapshots

    def load(self, key: str, slot: Slot) -> None:
        """Take an aggregate from a snapshot; a later one replaces it."""
        held = self._held.setdefault(key, Held())
        held.version, held.packed = slot.version, slot.state
        self._set_due(key, held, slot.due)

    def slot(self, key: str) -> Slot:
        """Return an aggregate as a snapshot holds it."""
        held = self._held[key]
        if held.packed is None:
            held.packed = encode_state(held.state)
        return Slot(held.version, held.due, held.packed)

    def cool(self) -> None:
        """Forget the objects that nobody asked for since the last time, now that a snapshot holds what changed."""
        for key in self._warm - self._used:
            self._held[key].state = None
        self._warm = self._used
        self._used = set()
        self.changed = set()

    def digests(self) -> Iterator[bytes]:
        """Yield a hash of each aggregate, by key."""
        for key in sorted(self._held):
            held = self._held[key]
            state = held.state
            if state is None and held.packed is not None:
                state = self._codec.decode_state(key, held.packed)
            yield digest_state(key, held.version, state)
