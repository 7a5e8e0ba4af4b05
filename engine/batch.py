"""What is on its way to the log, and whom to tell once it is there.

Messages of one source are chained to each other, so what follows a message that the log refused cannot be stored
either. A batch therefore holds the marks of every stream in it, and the gateway has one batch under way at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from engine.log import Record
from engine.raw import Raw, record_of
from engine.session import Session, Stream

__all__ = ["Answer", "Batch", "Code", "Notify", "roll_back"]

Code = Literal[
    "stored",  # durable, and so is all before it
    "healed",  # durable, under a serial that had been declared lost
    "lost",  # the declaration of lost serials is durable
    "duplicate",  # the same bytes were durable before
    "gap",  # refused: serials before it are missing
    "conflict",  # refused: other bytes are durable under this serial
    "malformed",  # refused: cannot be read as a message with a source, session and serial
    "too_large",  # refused
    "unavailable",  # not stored: the log refused, or the gateway is closing
]


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What a sender gets to hear; never before what it says is durable."""

    code: Code
    serial: int  # of the message, 0 where it has none
    last: int  # every serial of the session up to it is durable or declared lost
    head: bytes  # the chain value of the source there
    text: str = ""  # one sentence about what is wrong
    retry: bool = False  # the same message may be sent again later


Notify = Callable[[Answer], None]


class Batch:
    """What goes into one commit, in the order in which it came."""

    __slots__ = ("answers", "raws", "received", "records", "refused", "sessions", "size", "streams")

    def __init__(self) -> None:
        self.raws: list[Raw] = []
        self.records: list[Record] = []  # one for each of raws
        self.refused: list[Record] = []  # for venue.refused
        self.answers: list[tuple[Notify, Answer]] = []
        self.streams: dict[Stream, None] = {}  # a set that keeps its order
        self.sessions: dict[Session, None] = {}
        self.size = 0  # bytes
        self.received = 0.0  # when the first message was, by the steady clock; the pipeline says it

    def take(self, stream: Stream, raw: Raw) -> None:
        """Apply a message to its stream and put it in line."""
        self.sessions[stream.apply(raw)] = None
        self.streams[stream] = None
        self.raws.append(raw)
        self.records.append(record_of(raw))
        self.size += len(raw.data)

    def refuse(self, record: Record) -> None:
        """Put refused bytes in line."""
        self.refused.append(record)
        self.size += len(record.value)

    def __bool__(self) -> bool:
        return bool(self.answers or self.raws or self.refused)

    def seal(self) -> Callable[[], None]:
        """Return what to call when all of it is durable; the streams may have moved on by then."""
        streams = [(stream, stream.mark()) for stream in self.streams]
        sessions = [(session, session.mark()) for session in self.sessions]

        def settle() -> None:
            for stream, held in streams:
                stream.durable = held
            for session, kept in sessions:
                session.durable = kept

        return settle


def roll_back(*batches: Batch) -> None:
    """Make the streams forget what the log refused: a batch, and whatever was chained to it since."""
    raws = [raw for batch in batches for raw in batch.raws]
    for stream in {stream for batch in batches for stream in batch.streams}:
        stream.roll_back(raws)
