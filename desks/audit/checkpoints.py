"""Checkpoints on the log and in a file: where they are written, and how they are read back.

| topic | key | value |
|---|---|---|
| ``management.checkpoints`` | origin | a signed checkpoint; headers ``frontier``, ``position``, ``leaf`` |

The headers let an auditor go on without reading what is behind it: a frontier has one root, which the checkpoint signs.
In a copy of a log positions are others; whoever finds another leaf there reads from the beginning.
The file has a line of JSON for each checkpoint and is only ever appended to. It belongs on another disk than the log.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from desks.audit.note import Checkpoint, NoteRefused, VerifierKey
from desks.audit.tree import Frontier
from engine.log import Log, Record, Stored
from engine.versions import HEADER, Upcast, current

__all__ = ["CHECKPOINTS", "Signed", "append_to_file", "read_checkpoints", "read_file", "record_of", "resumed"]

CHECKPOINTS = "management.checkpoints"
FRONTIER, POSITION, LEAF = "frontier", "position", "leaf"


def _first(stored: Stored) -> Stored:
    return stored


# --- How a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {CHECKPOINTS: (_first,)}


class Signed(msgspec.Struct, frozen=True):
    """A signed checkpoint, and how the tree goes on from it."""

    note: str
    checkpoint: Checkpoint
    frontier: Frontier
    position: int  # of the newest record in the tree
    leaf: bytes  # its hash


class _Line(msgspec.Struct):
    at: int  # ms since 1970 UTC
    note: str


_line = msgspec.json.Decoder(_Line).decode


def record_of(signed: Signed, time: int) -> Record:
    """Return the record that holds a checkpoint."""
    headers = {
        HEADER: b"%d" % len(UPCASTS[CHECKPOINTS]),
        FRONTIER: signed.frontier.encode(),
        POSITION: b"%d" % signed.position,
        LEAF: signed.leaf,
    }
    return Record(CHECKPOINTS, signed.checkpoint.origin, signed.note.encode(), time, headers)


def read_checkpoints(log: Log) -> Iterator[Stored]:
    """Yield the records of all checkpoints on a log."""
    for place in range(log.partitions(CHECKPOINTS)):
        position = 0
        while batch := log.read(CHECKPOINTS, position, partition=place):
            for stored in batch:
                yield current(stored, UPCASTS)
            position = batch[-1].position


def resumed(stored: Stored, key: VerifierKey) -> Signed:
    """Return a checkpoint of ours from its record; raises ``NoteRefused`` where we did not sign it so."""
    try:
        note = stored.value.decode()
        checkpoint = Checkpoint.decode(key.verify(note))
        frontier = Frontier.decode(checkpoint.size, stored.headers[FRONTIER])
        if frontier.root() != checkpoint.root:
            raise NoteRefused("its frontier has another root than the one that is signed")
        return Signed(note, checkpoint, frontier, int(stored.headers[POSITION]), stored.headers[LEAF])
    except (KeyError, ValueError) as error:
        raise NoteRefused(f"checkpoint of {stored.key} at position {stored.position}: {error}") from error


def append_to_file(path: Path, notes: Iterable[str], at: int) -> None:
    """Append checkpoints to a file, and return when they are durable; what a crash left half written is passed over."""
    data = b"".join(msgspec.json.encode(_Line(at, note)) + b"\n" for note in notes)
    with path.open("ab") as stream:
        if stream.tell() and path.read_bytes()[-1:] != b"\n":
            stream.write(b"\n")
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def read_file(path: Path) -> Iterator[str]:
    """Yield the notes of a file, oldest first; none where there is no file. Half a line is no note."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        for line in stream:
            try:
                yield _line(line).note
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
