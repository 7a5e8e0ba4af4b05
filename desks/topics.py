"""The topics of the people side, and the chain over its events.

| topic | key | value |
|---|---|---|
| ``management.commands`` | consistency key | the command as received, without personal facts |
| ``management.events`` | consistency key | the event as recorded; headers ``serial`` and ``chain`` |
| ``management.replies`` | consistency key | the outcome; header ``command``, what tells it from another |
| ``management.dlq`` | consistency key | a dead letter: what could not be decided, and where it came from |
| ``management.snapshots`` | consistency key | a state, with its version |
| ``management.manifests`` | one of the partition's keys | what completes a snapshot |

Every record has the headers ``partition`` and ``v``, the version of its shape (``engine/versions.py``). A reply lies
under the key of its command and not under the command's id, so that all that is written about a key is in one partition
of a log that has several.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import msgspec

from engine.log import Stored
from engine.versions import HEADER, Upcast

__all__ = [
    "CHAIN",
    "COMMAND",
    "COMMANDS",
    "DEAD_LETTERS",
    "EVENTS",
    "MANIFESTS",
    "PARTITION",
    "REPLIES",
    "SERIAL",
    "SNAPSHOTS",
    "UPCASTS",
    "DeadLetter",
    "genesis",
    "headers",
    "link",
]

COMMANDS = "management.commands"
EVENTS = "management.events"
REPLIES = "management.replies"
DEAD_LETTERS = "management.dlq"
SNAPSHOTS = "management.snapshots"
MANIFESTS = "management.manifests"

SERIAL = "serial"  # of an event in its partition: 1, 2, 3, ... without holes
CHAIN = "chain"  # 32 bytes: the event and all before it of its partition
COMMAND = "command"  # 16 bytes: the keyed hash of the command that a reply answers
PARTITION = "partition"  # in which one a record is, and of how many: "3/12"


def _first(stored: Stored) -> Stored:
    return stored


# --- Topic -> how a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {
    COMMANDS: (_first,),
    EVENTS: (_first,),
    REPLIES: (_first,),
    DEAD_LETTERS: (_first,),
    SNAPSHOTS: (_first,),
    MANIFESTS: (_first,),
}


def headers(topic: str, mark: bytes, **more: bytes) -> dict[str, bytes]:
    """Return the headers of a new record of a partition."""
    return {HEADER: b"%d" % len(UPCASTS[topic]), PARTITION: mark, **more}


def genesis(mark: bytes) -> bytes:
    """Return what the first event of a partition is chained to; ``mark`` names the partition."""
    return blake2b(b"podium management " + mark, digest_size=32).digest()


def link(previous: bytes, data: bytes) -> bytes:
    """Return the chain value of an event after ``previous``."""
    hashed = blake2b(previous, digest_size=32)
    hashed.update(data)
    return hashed.digest()


class DeadLetter(msgspec.Struct, frozen=True):
    """A command that could not be decided.

    The bytes are not kept: they may hold what the log must be able to forget. Whoever sent them is asked again.
    """

    id: str  # of the command, "" where it could not be read
    key: str
    code: str  # AsideCode, of this version or an older one
    reason: str  # never a value that was sent
    place: str  # where it came from: "api", "topic/partition/position", "file.xlsx row 7"
    actor: str
    at: int  # ms since 1970 UTC, when it was received
    size: int = 0  # bytes, where it came as bytes
