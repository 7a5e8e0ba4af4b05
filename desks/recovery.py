"""Reading partitions back from the log: the newest snapshot, and what happened since.

A slot of a snapshot carries the version of its aggregate, and events up to it are passed over. So slots need not be of
one moment: those of a snapshot that was not finished are as good, and old ones are written anew a few at a time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from desks.codec import Codec
from desks.errors import BrokenHistory
from desks.outcomes import Kept
from desks.partition import Partition
from desks.partitions import Partitions, scan
from desks.states import Slot
from desks.topics import CHAIN, COMMAND, EVENTS, MANIFESTS, REPLIES, SERIAL, SNAPSHOTS, UPCASTS, headers, link
from engine.log import Log, Record, Stored
from engine.versions import current
from management.aggregates import aggregate_of

__all__ = ["Loaded", "Manifest", "recover", "save", "saved"]

NO_POISON: Mapping[str, str] = MappingProxyType({})

_pack = msgspec.msgpack.Encoder().encode
_slot = msgspec.msgpack.Decoder(Slot).decode


class Manifest(msgspec.Struct, frozen=True):
    """What completes a snapshot of a partition; positions are those of the log."""

    serial: int  # events up to this one are in the slots
    chain: bytes
    events: int  # position of that event
    replies: int  # the replies that are kept are above
    slots: int  # so are the newest slots of all aggregates


_manifest = msgspec.json.Decoder(Manifest).decode


class Loaded(msgspec.Struct):
    """A partition, and where its records are on the log."""

    partition: Partition
    events: int = 0  # position of the newest event
    replies: int = 0
    slots: int = 0
    placed: OrderedDict[str, int] = msgspec.field(default_factory=OrderedDict)  # key -> its newest slot, oldest first
    unsaved: int = 0  # events since the newest snapshot


async def recover(
    log: Log,
    partitions: Partitions,
    numbers: Iterable[int],
    *,
    codec: Codec,
    policies: Mapping[str, Any],
    poison: Mapping[str, str] = NO_POISON,
    snapshots: bool = True,
) -> dict[int, Loaded]:
    """Read partitions back; ``snapshots`` off reads everything from its beginning.

    The caller holds the fences of the partitions, or reads what nobody writes any more. Raises ``BrokenHistory`` and
    ``OtherPartitions``.
    """
    found = {number: Loaded(Partition(number, partitions, codec, policies, poison)) for number in numbers}
    nothing = dict.fromkeys(found, 0)
    manifests: dict[int, Manifest] = {}
    if snapshots:
        async for number, stored in scan(log, MANIFESTS, partitions, nothing):
            manifests[number] = _manifest(current(stored, UPCASTS).value)
        await _read_slots(log, partitions, found, manifests)
    for number, manifest in manifests.items():
        loaded, partition = found[number], found[number].partition
        partition.serial, partition.chain = manifest.serial, manifest.chain
        loaded.events, loaded.replies = manifest.events, manifest.replies
    async for number, stored in scan(log, EVENTS, partitions, {n: loaded.events for n, loaded in found.items()}):
        _take_event(found[number], stored)
    async for number, stored in scan(log, REPLIES, partitions, {n: loaded.replies for n, loaded in found.items()}):
        _take_reply(found[number], stored)
    return found


async def _read_slots(
    log: Log, partitions: Partitions, found: Mapping[int, Loaded], manifests: Mapping[int, Manifest]
) -> None:
    above = {number: manifest.slots for number, manifest in manifests.items()}
    async for number, stored in scan(log, SNAPSHOTS, partitions, above):
        loaded = found[number]
        loaded.partition.states.load(stored.key, _slot(current(stored, UPCASTS).value))
        loaded.placed[stored.key] = loaded.slots = stored.position
        loaded.placed.move_to_end(stored.key)


def _take_event(loaded: Loaded, stored: Stored) -> None:
    partition = loaded.partition

    def broken(reason: str) -> BrokenHistory:
        return BrokenHistory(EVENTS, partition.number, stored.position, reason)

    if stored.headers.get(SERIAL) != b"%d" % (partition.serial + 1):
        raise broken(f"event {partition.serial + 1} of the partition should stand here")
    partition.chain = link(partition.chain, stored.value)
    if stored.headers.get(CHAIN) != partition.chain:
        raise broken("its chain does not follow from the event before it")
    partition.serial += 1
    partition.time = max(partition.time, stored.time)
    loaded.events = stored.position
    loaded.unsaved += 1
    if aggregate_of(stored.key, partition.codec.aggregates) is None:
        raise broken(f"no aggregate has the key {stored.key!r}")
    try:
        recorded = partition.codec.decode_event(stored.key, current(stored, UPCASTS).value)
    except msgspec.DecodeError as error:
        raise broken(f"it cannot be decoded: {error}") from error
    version = partition.states.version(stored.key)
    if recorded.version <= version:
        return  # in a slot that is younger than the manifest
    if recorded.version != version + 1:
        raise broken(f"version {recorded.version} of {stored.key} follows version {version}")
    partition.states.evolve(stored.key, [recorded])


class _Named(msgspec.Struct):
    id: str


_name = msgspec.json.Decoder(_Named).decode


def _take_reply(loaded: Loaded, stored: Stored) -> None:
    stored = current(stored, UPCASTS)
    kept = Kept(stored.headers[COMMAND], stored.value, stored.time, stored.position)
    loaded.partition.outcomes.add(_name(stored.value).id, kept)
    loaded.partition.time = max(loaded.partition.time, stored.time)
    loaded.replies = stored.position


def save(loaded: Loaded) -> list[Record]:
    """Return the records of a snapshot: the aggregates that changed, and as many of those with the oldest slots.

    So what a start has to read stays about twice what there is. The log has taken all that the partition decided.
    ``saved`` says where they are once they are durable.
    """
    partition, states = loaded.partition, loaded.partition.states
    changed = sorted(states.changed)
    if not changed:
        return []
    rest = (key for key in loaded.placed if key not in states.changed)
    keys = changed + [key for key, _ in zip(rest, changed, strict=False)]
    written = set(keys)
    oldest = next((position for key, position in loaded.placed.items() if key not in written), loaded.slots + 1)
    manifest = Manifest(
        partition.serial, partition.chain, loaded.events, partition.outcomes.before_oldest(loaded.replies), oldest - 1
    )
    own = headers(SNAPSHOTS, partition.mark)
    records = [Record(SNAPSHOTS, key, _pack(states.slot(key)), partition.time, own) for key in keys]
    data = msgspec.json.encode(manifest)
    records.append(Record(MANIFESTS, keys[0], data, partition.time, headers(MANIFESTS, partition.mark)))
    return records


def saved(loaded: Loaded, records: Sequence[Record], positions: Sequence[int]) -> None:
    """Take note that a snapshot is durable, and where."""
    for record, position in zip(records, positions, strict=True):
        if record.topic == SNAPSHOTS:
            loaded.placed[record.key] = loaded.slots = position
            loaded.placed.move_to_end(record.key)
    loaded.partition.states.cool()
    loaded.unsaved = 0
