"""What workers save of their partitions: slots by key, in a topic of which brokers keep the newest values alone.

So what a start reads, and what lies on the disk, grows with the state and not with the Games. Whoever takes a partition
over writes all of its state under a name of its own, and in the same append makes void what others wrote; from then on
it writes what changed. Each time a mark says how far that state has come and how many slots it has. Somebody who was
paused, lost the partition and wakes up writes some slots of a state whose others are void: by its mark it is not whole,
and it is passed over. Of several whole ones the one that has come furthest counts, whoever wrote last.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote
from uuid import uuid4

import msgspec

from engine.epochs import topic_of
from engine.log import Log, Record
from engine.versions import current, stamp

__all__ = ["SAVED", "Place", "Saved", "SavedStates", "Saving"]

SAVED = "games.saved"  # a family: each epoch has a topic of its own

Place = tuple[str, int]  # topic, partition


class _Mark(msgspec.Struct, array_like=True):
    position: int
    slots: int


class Saved(NamedTuple):
    """What is saved of a partition."""

    slots: Mapping[str, bytes]  # of the state that counts; empty where none is whole
    keys: frozenset[str]  # of all that lies there, whoever wrote it


class SavedStates:
    """The states that the workers of a set have saved in an epoch."""

    def __init__(self, log: Log, epoch: str, name: str) -> None:
        self.topic = topic_of(SAVED, epoch)
        self._log = log
        self._name = name
        self._turn = asyncio.Lock()
        self._wanted: set[Place] = set()
        self._found: dict[Place, Saved] = {}

    async def load(self, place: Place) -> Saved:
        """Return what is saved of a partition. Those that are asked for at the same time are read at once."""
        self._found.pop(place, None)
        self._wanted.add(place)
        async with self._turn:
            if place not in self._found:
                wanted, self._wanted = self._wanted | {place}, set()
                self._found |= await asyncio.to_thread(self.read, wanted)
            return self._found.pop(place)

    def read(self, places: Iterable[Place]) -> dict[Place, Saved]:
        """Read the topic for some partitions."""
        held: dict[str, dict[str, dict[str, bytes]]] = {_prefix(self._name, one): defaultdict(dict) for one in places}
        after = 0
        while batch := self._log.read(self.topic, after):
            for stored in map(current, batch):
                *place, by, slot = [*stored.key.split("/", 4), ""][:5]  # a mark is of no slot
                if (writers := held.get("/".join(place))) is None:
                    continue
                if stored.value:
                    writers[by][slot] = stored.value
                else:
                    writers[by].pop(slot, None)
            after = batch[-1].position
        return {place: _saved(_prefix(self._name, place), held[_prefix(self._name, place)]) for place in places}

    def saving(self, place: Place, saved: Saved) -> Saving:
        """Return what saves a partition for whoever takes it over from what was found there."""
        return Saving(self.topic, _prefix(self._name, place), saved.keys)


class Saving:
    """What one worker saves of a partition, from when it takes it over."""

    def __init__(self, topic: str, prefix: str, others: Iterable[str]) -> None:
        self._topic = topic
        self._own = f"{prefix}/{uuid4().hex[:12]}"
        self._slots: set[str] = set()
        self._others = sorted(others)  # the keys of what is made void with the first save

    def records(self, slots: Mapping[str, bytes], position: int, time: int) -> list[Record]:
        """Return what is to be appended at once: all slots the first time, and then those that changed."""
        self._slots.update(slots)
        values = {f"{self._own}/{slot}": data for slot, data in slots.items()}
        values[self._own] = msgspec.msgpack.encode(_Mark(position, len(self._slots)))
        values |= dict.fromkeys(self._others, b"")
        return [Record(self._topic, key, value, time, stamp(SAVED)) for key, value in values.items()]

    def saved(self) -> None:
        """Take note that what was last asked for is durable."""
        self._others = []


def _prefix(name: str, place: Place) -> str:
    return f"{quote(name, safe='')}/{place[0]}/{place[1]}"


def _saved(prefix: str, writers: Mapping[str, dict[str, bytes]]) -> Saved:
    best, reached = dict[str, bytes](), -1
    for held in writers.values():
        slots = {slot: data for slot, data in held.items() if slot}
        if "" in held:
            mark = msgspec.msgpack.decode(held[""], type=_Mark)
            if mark.slots == len(slots) and mark.position > reached:
                best, reached = slots, mark.position
    keys = (f"{prefix}/{by}/{slot}".removesuffix("/") for by, held in writers.items() for slot in held)
    return Saved(best, frozenset(keys))
