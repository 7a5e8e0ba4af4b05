"""A proof that a record is in the log, or that a log goes on from what it was: one document that needs nothing else.

Whoever has the document and the auditor's public key checks it without the log, without us and without any key of a
person: what is sealed in the record stays sealed.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from desks.audit.ledger import Ledger, leaf_of, read_leaves
from desks.audit.note import Checkpoint, NoteRefused, VerifierKey
from desks.audit.tree import (
    Range,
    consistency_ranges,
    hash_leaf,
    inclusion_ranges,
    roots_of,
    verify_consistency,
    verify_inclusion,
)
from desks.partitions import Partitions
from engine.log import Log, Stored

__all__ = ["Consistency", "Inclusion", "check", "decode", "prove_consistency", "prove_inclusion"]


class Inclusion(msgspec.Struct, frozen=True, tag="inclusion"):
    """That a record is in the tree of a checkpoint."""

    index: int  # from 0
    key: str
    time: int  # log time, microseconds
    headers: Mapping[str, bytes]
    value: bytes
    proof: tuple[bytes, ...]
    checkpoint: str  # a signed note


class Consistency(msgspec.Struct, frozen=True, tag="consistency"):
    """That the tree of a checkpoint goes on from that of an older one."""

    older: str  # a signed note
    proof: tuple[bytes, ...]
    checkpoint: str


_decode = msgspec.json.Decoder(Inclusion | Consistency).decode


def decode(data: bytes) -> Inclusion | Consistency:
    """Return the proof in a document; raises ``NoteRefused``."""
    try:
        return _decode(data)
    except msgspec.DecodeError as error:
        raise NoteRefused(f"it is no proof: {error}") from error


def check(proof: Inclusion | Consistency, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint that a proof leads to; raises ``NoteRefused`` where it proves nothing."""
    head = Checkpoint.decode(key.verify(proof.checkpoint))
    if isinstance(proof, Inclusion):
        stored = Stored(0, "", proof.key, proof.value, proof.time, proof.headers)
        if not verify_inclusion(hash_leaf(leaf_of(stored)), proof.index, head.size, proof.proof, head.root):
            raise NoteRefused(f"the record is not number {proof.index + 1} of {head.origin}")
        return head
    older = Checkpoint.decode(key.verify(proof.older))
    if older.origin != head.origin:
        raise NoteRefused(f"{older.origin} is another tree than {head.origin}")
    if not verify_consistency(older.size, head.size, proof.proof, older.root, head.root):
        raise NoteRefused(f"{head.size} records of {head.origin} do not go on from {older.size}")
    return head


async def prove_inclusion(log: Log, partitions: Partitions, ledger: Ledger, index: int, note: str) -> Inclusion:
    """Return the proof that a record is in the tree of a checkpoint; ``ValueError`` where it is not."""
    size = Checkpoint.decode(note.partition("\n\n")[0] + "\n").size
    hashes, found = list[bytes](), None
    async for _, stored in read_leaves(log, partitions, ledger.topic, {ledger.number: 0}):
        if len(hashes) == index:
            found = stored
        if len(hashes) == size:
            break
        hashes.append(hash_leaf(leaf_of(stored)))
    ranges = inclusion_ranges(index, size)
    if found is None:
        raise ValueError(f"{ledger.topic}, partition {ledger.number}, has no record {index + 1}")
    proof = tuple(roots_of(ranges, hashes))
    return Inclusion(index, found.key, found.time, dict(found.headers), found.value, proof, note)


async def prove_consistency(log: Log, partitions: Partitions, ledger: Ledger, older: str, note: str) -> Consistency:
    """Return the proof that the tree of a checkpoint goes on from that of an older one; raises ``ValueError``."""
    old, size = (Checkpoint.decode(one.partition("\n\n")[0] + "\n").size for one in (older, note))
    ranges: list[Range] = consistency_ranges(old, size)
    leaves = [
        hash_leaf(leaf_of(stored)) async for _, stored in read_leaves(log, partitions, ledger.topic, {ledger.number: 0})
    ]
    return Consistency(older, tuple(roots_of(ranges, leaves)), note)
