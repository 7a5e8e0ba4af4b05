"""Proving a log that is spread: that each stage's output is what its input gives, from the raw messages to the feed.

Every raw partition is decoded anew, from its beginning, and compared with what is in the events; every partition of the
events is folded anew, and compared with what is in the feed. Both as readers see them, without copies. What workers
have not come to yet is counted, and is no flaw; what is there otherwise, is missing before something later, or has no
cause, is.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from engine.epochs import topic_of
from engine.log import Log, Record, Stored
from engine.parts import Part, Watermarks, unpack
from engine.raw import RAW
from engine.stages import EVENTS, FEED, DecodePartition, FoldPartition
from engine.worker import Rules, Stage

__all__ = ["Proof", "prove"]

BATCH = 2000  # records read at once


class Proof(NamedTuple):
    """What has come out."""

    assertions: int  # parts of the events that are what the raw messages give
    cuts: int  # parts of the feed that are what the events give
    ahead: int  # parts that are due and not there yet
    flaw: str  # the first bad place, as a sentence; "" where there is none


class _Found:
    """What a topic holds of one input partition, for each of its own."""

    def __init__(self) -> None:
        self.hashes = array("Q")
        self.positions = array("Q")  # of the records that hold them

    def add(self, part: Part, position: int) -> None:
        self.hashes.append(_hash(part))
        self.positions.append(position)


class _FlawError(Exception):
    """A bad place was found."""


def prove(log: Log, rules: Rules) -> Proof:
    """Work out all that follows from the raw messages of an epoch's rules, and compare it with what is there."""
    events, feed = topic_of(EVENTS, rules.epoch), topic_of(FEED, rules.epoch)
    assertions = cuts = ahead = 0
    try:
        decoders: list[Stage] = [
            DecodePartition(rules.make_decoding(), rules.epoch, number, lambda key: log.partition_of(EVENTS, key))
            for number in range(log.partitions(RAW))
        ]
        assertions, late = _compare(log, RAW, decoders, events)
        folds: list[Stage] = [
            FoldPartition(rules.make_results(), rules.epoch, number) for number in range(log.partitions(EVENTS))
        ]
        ahead += late
        cuts, late = _compare(log, events, folds, feed)
        ahead += late
    except _FlawError as flaw:
        return Proof(assertions, cuts, ahead, str(flaw))
    return Proof(assertions, cuts, ahead, "")


def _compare(log: Log, source: str, stages: Iterable[Stage], into: str) -> tuple[int, int]:
    """Compare what stages make of a topic with what is in the next; return how much agrees, and how much is due."""
    found = _read(log, into)
    agreed = due = 0
    for stage in stages:
        seen: dict[int, int] = {}  # partition -> parts that were compared
        for part, partition in _due(log, source, stage, into):
            held = found.get((stage.partition, partition))
            number = seen.get(partition, 0)
            if held is None or number >= len(held.hashes):
                due += 1
                continue
            if held.hashes[number] != _hash(part):
                raise _FlawError(
                    f"{into}, partition {partition}, position {held.positions[number]}: it is not what follows from "
                    f"{source}, partition {stage.partition}, position {part.position}: {part.because}"
                )
            seen[partition] = number + 1
            agreed += 1
        for (cause, partition), held in found.items():
            number = seen.get(partition, 0)
            if cause == stage.partition and number < len(held.hashes):
                raise _FlawError(
                    f"{into}, partition {partition}, position {held.positions[number]}: it follows from nothing"
                )
    return agreed, due


def _read(log: Log, topic: str) -> dict[tuple[int, int], _Found]:
    """Return what a topic holds, without copies: by the partition that it comes from, and its own."""
    found: dict[tuple[int, int], _Found] = {}
    for partition in range(log.partitions(topic)):
        marks = Watermarks()
        for stored in _records(log, topic, partition):
            cause, parts = unpack(stored)
            held = found.setdefault((cause, partition), _Found())
            for part in parts:
                if marks.fresh(cause, part):
                    held.add(part, stored.position)
    return found


def _due(log: Log, topic: str, stage: Stage, into: str) -> Iterator[tuple[Part, int]]:
    """Yield what a stage makes of its partition, and where it belongs."""
    for batch in _batches(log, topic, stage.partition):
        for record in stage.take(batch):
            partition = log.partition_of(into, record.key)
            for part in unpack(_as_stored(record, partition))[1]:
                yield part, partition


def _batches(log: Log, topic: str, partition: int) -> Iterator[list[Stored]]:
    position = 0
    while batch := log.read(topic, position, limit=BATCH, partition=partition):
        yield batch
        position = batch[-1].position


def _records(log: Log, topic: str, partition: int) -> Iterator[Stored]:
    for batch in _batches(log, topic, partition):
        yield from batch


def _as_stored(record: Record, partition: int) -> Stored:
    return Stored(0, record.topic, record.key, record.value, record.time, record.headers, partition)


_rows = msgspec.msgpack.Decoder(list[msgspec.Raw])


def _hash(part: Part) -> int:
    """Return 8 bytes over a part; the rows of a cut count in any order."""
    body = bytes(part.body)
    if body[:1] >= b"\x90":
        with suppress(msgspec.DecodeError):
            body = b"".join(sorted(bytes(one) for one in _rows.decode(body)))
    about = f"{part.position} {part.index} {part.key} {part.because} {part.time} {part.at} "
    return int.from_bytes(blake2b(about.encode() + body, digest_size=8).digest())
