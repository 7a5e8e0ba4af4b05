"""Verifying a log: whether each source's chain holds, and whether heads that were noted elsewhere are still in it.

Each message is chained to the one before it of its source, so a changed byte and a missing message break the chain
where they are. What a chain alone cannot show is a tail that was cut off, or a chain that somebody has computed anew:
for these a head must have been noted elsewhere. Three things are heads: the chain value that the gateway acknowledged
(a sender has it), the newest of a source, and the overall head of a log.

The overall head after a message is blake2b-128 over the overall head before it, the source's name, a zero byte and the
message's chain value; before the first message it is 16 zero bytes. So a log has one after each of its messages, and a
head noted at any time is found again as long as the messages up to it are what and where they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Literal

import msgspec

from engine.errors import BadRecord, LogError
from engine.log import Log
from engine.raw import GENESIS, Raw, link
from engine.session import Conflict, Duplicate, Gap, Stream
from engine.streams import read_raw

__all__ = ["Flaw", "Found", "Report", "SourceHead", "overall", "verify"]

BEGINNING = GENESIS.hex()  # the head of a source, and of a log, that holds nothing; every log began so
DAMAGE = (LogError, BadRecord, msgspec.DecodeError, KeyError, ValueError)  # what reading a damaged record may raise

Kind = Literal[
    "changed",  # a message, or the chain value beside it, is not what was chained
    "missing",  # messages are gone: serials are left out that nobody declared lost
    "doubled",  # a serial is there twice
    "unreadable",  # what is there cannot even be read; nothing after it was looked at
    "head",  # a head that was noted elsewhere is not in the log: a tail was cut off, or a chain computed anew
]


class Flaw(msgspec.Struct, frozen=True):
    """The first bad place."""

    kind: Kind
    source: str  # "" where an overall head is missing
    session: str
    serial: int
    position: int  # in the log, 0 where the flaw is in no message
    text: str  # one sentence


class SourceHead(msgspec.Struct, frozen=True):
    """How far one source goes."""

    head: str  # chain value, 32 hex digits
    messages: int  # its notes included
    last: str  # the name of the newest


class Found(msgspec.Struct, frozen=True):
    """Where in the log a noted head stands."""

    head: str
    of: str  # a source, "" for the log as a whole
    name: str  # the message after which it was the head
    position: int


class Report(msgspec.Struct, frozen=True):
    """What verifying a log has shown."""

    messages: int
    head: str  # the overall head, 32 hex digits
    sources: dict[str, SourceHead]
    found: tuple[Found, ...]  # the noted heads that are in the log
    flaws: tuple[Flaw, ...]  # in the order of the log, at most one a source; then the heads that are missing

    @property
    def flaw(self) -> Flaw | None:
        """The first bad place, None where all is well."""
        return self.flaws[0] if self.flaws else None


def overall(before: bytes, source: str, chain: bytes) -> bytes:
    """Return the overall head after a message."""
    hashed = blake2b(before, digest_size=16)
    hashed.update(f"{source}\0".encode())
    hashed.update(chain)
    return hashed.digest()


class _Walk:
    """What is known of a log up to one of its messages."""

    def __init__(self, heads: Mapping[str, str], head: str) -> None:
        self.streams: dict[str, Stream] = {}
        self.counts: dict[str, int] = {}
        self.lasts: dict[str, Raw] = {}
        self.flaws: dict[str | None, Flaw] = {}  # by source, None where it is not even known
        self.newest: Raw | None = None
        self.messages = 0
        self.head = GENESIS
        self.wanted = {source: bytes.fromhex(noted) for source, noted in heads.items()}
        self.overall = bytes.fromhex(head)
        self.found: dict[str, Found] = {}  # source, "" for the overall head -> where

    def step(self, raw: Raw) -> None:
        """Check a message and take it in as it stands, so that one bad place does not make all after it bad."""
        source = raw.source
        stream = self.streams.get(source)
        if stream is None:
            stream = self.streams[source] = Stream(source)
        if source not in self.flaws and (flaw := _flaw(stream, raw)):
            self.flaws[source] = flaw
        stream.apply(raw)
        self.counts[source] = self.counts.get(source, 0) + 1
        self.lasts[source] = self.newest = raw
        self.messages += 1
        self.head = overall(self.head, source, raw.chain)
        if self.wanted.get(source) == raw.chain:
            self.found[source] = Found(raw.chain.hex(), source, raw.name, raw.position)
        if self.overall in (self.head, raw.chain):
            whole = self.overall == self.head
            self.found[""] = Found(self.overall.hex(), "" if whole else source, raw.name, raw.position)

    def report(self, heads: Mapping[str, str], head: str) -> Report:
        """Return what has come out."""
        flaws = sorted(self.flaws.values(), key=lambda flaw: flaw.position)
        for source, noted in sorted(heads.items()):
            if source not in self.found and noted != BEGINNING:
                text = f"{noted}, noted for {source}, is nowhere in its chain: a tail was cut off, or it was made anew"
                flaws.append(Flaw("head", source, "", 0, 0, text))
        if head not in ("", BEGINNING) and "" not in self.found:
            text = f"{head} is no head of this log, nor in a chain of it: a tail was cut off, or a chain made anew"
            flaws.append(Flaw("head", "", "", 0, 0, text))
        sources = {
            source: SourceHead(raw.chain.hex(), self.counts[source], raw.name)
            for source, raw in sorted(self.lasts.items())
        }
        return Report(self.messages, self.head.hex(), sources, tuple(self.found.values()), tuple(flaws))


def _flaw(stream: Stream, raw: Raw) -> Flaw | None:
    """Say what is wrong with the next message of a stream."""
    place = (raw.source, raw.session, raw.serial, raw.position)
    at = f"{raw.name} at position {raw.position}"
    verdict = stream.judge(raw.session, raw.serial, raw.data)
    if isinstance(verdict, Gap):
        missing = f"{verdict.last + 1} to {raw.serial - 1}"
        return Flaw("missing", *place, f"before {at}: serials {missing} of the session are not in the log")
    if raw.chain != link(stream.chain, raw.source, raw.session, raw.serial, raw.data):
        return Flaw("changed", *place, f"{at} is not what was chained: it, its chain value or what stood before it")
    if isinstance(verdict, Duplicate | Conflict):
        return Flaw("doubled", *place, f"{at} has a serial that was in the log before")
    return None


def verify(log: Log, *, heads: Mapping[str, str] | None = None, head: str = "") -> Report:
    """Walk all raw messages of a log and report what is wrong.

    ``heads`` are noted heads by source, ``head`` a single one: an overall head, or any chain value of a source, such as
    a sender got acknowledged. All are 32 hex digits; raises ``ValueError`` where they are not.
    """
    heads = heads or {}
    for noted in (*heads.values(), *([head] if head else [])):
        if len(bytes.fromhex(noted)) != len(GENESIS):
            raise ValueError(f"{noted!r} is no head: it should have 32 hex digits")
    walk, unreadable = _Walk(heads, head), False
    try:
        for raw in read_raw(log):
            walk.step(raw)
    except DAMAGE:
        unreadable = True
    if unreadable:  # somewhere in what was read together: once more, one by one, up to the very place
        walk = _Walk(heads, head)
        try:
            for raw in read_raw(log, limit=1):
                walk.step(raw)
        except DAMAGE as error:
            after = (
                f"after {walk.newest.name} at position {walk.newest.position}" if walk.newest else "at the beginning"
            )
            text = f"the log cannot be read {after}: {error}"
            walk.flaws[None] = Flaw("unreadable", "", "", 0, walk.newest.position + 1 if walk.newest else 1, text)
    return walk.report(heads, head)
