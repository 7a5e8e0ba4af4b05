"""The line protocol of venue senders: bytes in, what they say out. Sans-I/O; ``docs/venue-feed.md`` is the document.

The first line names the source and the session. Then come messages, ``serial SP length LF bytes``, and commands, one a
line. What comes is numbered from 1 after the first line, so that a refusal can name its frame and its byte.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Broken", "Bye", "Event", "Frame", "Hello", "LineReader", "Loss", "Ping", "TooLarge"]

LONGEST_LINE = 1024  # bytes: no line of the protocol comes near


class Hello(NamedTuple):
    """The sender says who it is; always the first event, unless the first line is broken."""

    source: str
    session: str


class Frame(NamedTuple):
    """A message."""

    serial: int
    data: bytes
    number: int  # of the frame on this connection, from 1
    offset: int  # of its first byte on this connection, from 0


class TooLarge(NamedTuple):
    """A message that is longer than allowed; the bytes after ``data`` are passed over."""

    serial: int
    data: bytes  # its beginning
    size: int  # as announced
    number: int
    offset: int


class Loss(NamedTuple):
    """The sender declares serials lost."""

    first: int
    last: int
    number: int
    offset: int


class Ping(NamedTuple):
    """The sender asks how things stand."""


class Bye(NamedTuple):
    """The sender has said all that it had to say."""


class Broken(NamedTuple):
    """Nothing can be made of the bytes from here on; the reader is deaf afterwards."""

    reason: str
    data: bytes  # what could not be read, or its beginning
    number: int
    offset: int


Event = Hello | Frame | TooLarge | Loss | Ping | Bye | Broken

_HELLO = re.compile(rb"PODIUM/1 ([^\s]+) ([^\s]+)\r?\n")
_HEADER = re.compile(rb"([0-9]{1,19}) ([0-9]{1,19})\r?\n")
_LOSS = re.compile(rb"LOST ([0-9]{1,19}) ([0-9]{1,19})\r?\n")
_BLANK = re.compile(rb"(?:\r?\n)+")


class LineReader:
    """Reads one connection."""

    def __init__(self, longest: int, kept: int) -> None:
        self._longest = longest  # bytes of a message
        self._kept = kept  # bytes handed on of one that is longer
        self._parts: list[bytes] = []  # what came and is not yet read
        self._length = 0  # of all parts
        self._wanted = 0  # how long they must be for anything to be read
        self._skip = 0  # bytes still to come of a message that is too large
        self._greeted = False
        self._deaf = False
        self._number = 0  # of the frame read last
        self._offset = 0  # of the first part

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes of the connection and return what they complete."""
        self._parts.append(chunk)
        self._length += len(chunk)
        if self._length < self._wanted or self._deaf:  # joining only once keeps a long message cheap
            if self._deaf:
                self._parts.clear()
            return []
        data = b"".join(self._parts) if len(self._parts) > 1 else chunk
        events: list[Event] = []
        position = self._read(data, events)
        self._offset += position
        self._parts = [data[position:]] if position < len(data) else []
        self._length = len(data) - position
        return events

    def _read(self, data: bytes, events: list[Event]) -> int:
        """Append the events that are whole and return where the rest begins."""
        position, end = 0, len(data)
        self._wanted = 0
        while position < end and not self._deaf:
            if self._skip:
                skipped = min(self._skip, end - position)
                self._skip -= skipped
                position += skipped
                continue
            header = _HEADER.match(data, position) if self._greeted else None
            if header is None:
                after = self._read_line(data, position, events)
                if after == position:
                    break
                position = after
                continue
            start, size = header.end(), int(header[2])
            whole = start + (size if size <= self._longest else min(size, self._kept))
            if whole > end:
                self._wanted = whole - position
                break
            self._number += 1
            place = (self._number, self._offset + position)
            if size <= self._longest:
                events.append(Frame(int(header[1]), data[start:whole], *place))
            else:
                events.append(TooLarge(int(header[1]), data[start:whole], size, *place))
                self._skip = start + size - whole
            position = whole
        return position

    def _read_line(self, data: bytes, position: int, events: list[Event]) -> int:
        """Read what is not the header of a message; return where it ends, ``position`` where more must come first."""
        if blank := _BLANK.match(data, position):
            return blank.end()
        newline = data.find(b"\n", position, position + LONGEST_LINE)
        if newline < 0 and len(data) - position < LONGEST_LINE:
            return position
        line = data[position : newline + 1] if newline >= 0 else data[position : position + LONGEST_LINE]
        if not self._greeted:
            events.append(self._hello(line, position))
            return position + len(line)
        self._number += 1
        place = (self._number, self._offset + position)
        word = line.strip()
        if loss := _LOSS.fullmatch(line):
            events.append(Loss(int(loss[1]), int(loss[2]), *place))
        elif word == b"PING":
            events.append(Ping())
        elif word == b"BYE":
            events.append(Bye())
            self._deaf = True
        else:
            events.append(self._broken("a line must be 'serial length', LOST, PING or BYE", data, position))
        return position + len(line)

    def _hello(self, line: bytes, position: int) -> Event:
        hello = _HELLO.fullmatch(line)
        try:
            if hello:
                self._greeted = True
                return Hello(hello[1].decode(), hello[2].decode())
        except UnicodeDecodeError:
            return self._broken("the names of source and session must be UTF-8", line, 0)
        reason = "the first line must be 'PODIUM/1 source session'"
        if line.startswith(b"PODIUM/") and not line.startswith(b"PODIUM/1 "):
            reason = "version 1 of the protocol is spoken here"
        return self._broken(reason, line, 0)

    def _broken(self, reason: str, data: bytes, position: int) -> Broken:
        self._deaf = True
        return Broken(reason, data[position : position + self._kept], self._number, self._offset + position)
