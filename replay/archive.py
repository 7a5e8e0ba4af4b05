"""Archives: the raw messages of a Games in one file, zstd-compressed NDJSON.

The first line is the header, an object. Every other line is one raw message, an array: source, session, serial, venue
time (ms), log time (microseconds), and the exact bytes as a string; bytes that are not UTF-8 stand as base64, with a
seventh element ``true``. Serials below 0 are the notes of the gateway that stood among them.
"""

from __future__ import annotations

import io
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
import zstandard

from schemas.games import DEFAULT_GAMES, Games

__all__ = ["VERSION", "Archive", "ArchiveError", "Header", "Message", "write"]

VERSION = 1


class ArchiveError(ValueError):
    """A file is not an archive that we can read; names the file and the line."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(f"{path}, line {line}: {what}")
        self.path = path
        self.line = line


class Header(msgspec.Struct, frozen=True):
    """What an archive says of itself."""

    podium: int  # version of the format
    games: Games = DEFAULT_GAMES
    made_by: str = ""
    synthetic: bool = False


class Message(NamedTuple):
    """A raw message: the exact bytes and their name."""

    source: str
    session: str
    serial: int  # from 1 within a session; below 0 a note of the gateway
    at: int  # venue time, ms; 0: none
    time: int  # log time, microseconds
    data: bytes


_line = msgspec.json.Decoder(list[Any])
_encode = msgspec.json.Encoder().encode


def _encoded(message: Message) -> bytes:
    *place, data = message
    try:
        return _encode([*place, data.decode()])
    except UnicodeDecodeError:
        return _encode([*place, b64encode(data).decode(), True])


def write(path: Path, header: Header, messages: Iterable[Message]) -> int:
    """Write an archive beside ``path`` and move it there when it is whole; return the number of messages."""
    partial = path.with_name(path.name + ".partial")
    count = 0
    with partial.open("wb") as file, zstandard.ZstdCompressor(level=6).stream_writer(file) as out:
        out.write(_encode(header) + b"\n")
        for message in messages:
            out.write(_encoded(message) + b"\n")
            count += 1
    partial.replace(path)
    return count


class Archive:
    """An archive to read; iterating gives its messages, and may be done again.

    Raises ``ArchiveError`` where the file is none, is of a newer version or is cut off.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header = self._read_header()

    def _lines(self, file: BinaryIO) -> Iterator[bytes]:
        reader = zstandard.ZstdDecompressor().stream_reader(file)
        yield from io.BufferedReader(reader, 1 << 20)

    def _read_header(self) -> Header:
        try:
            with self.path.open("rb") as file:
                header = msgspec.json.decode(next(self._lines(file), b""), type=Header)
        except (zstandard.ZstdError, msgspec.DecodeError) as error:
            raise ArchiveError(self.path, 1, f"not a Podium archive ({error})") from error
        if header.podium > VERSION:
            raise ArchiveError(
                self.path, 1, f"version {header.podium} of the format; this Podium reads up to {VERSION}"
            )
        return header

    def __iter__(self) -> Iterator[Message]:
        number = 1
        try:
            with self.path.open("rb") as file:
                lines = self._lines(file)
                next(lines)
                for line in lines:
                    number += 1
                    source, session, serial, at, time, data, *base64 = _line.decode(line)
                    yield Message(source, session, serial, at, time, b64decode(data) if base64 else data.encode())
        except (zstandard.ZstdError, msgspec.DecodeError, ValueError) as error:
            raise ArchiveError(self.path, number, f"cannot be read ({error})") from error
