"""What a power cut leaves of a folder, rebuilt from what ``power_journal.c`` wrote down.

The disk is a pessimist: of a file it keeps what was synced, of a folder the names that were there when the folder was
synced. What came later may be there or not, whole or in part, sector by sector, in no order.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

__all__ = ["Disk", "Entry", "entries"]

HEAD = struct.Struct("<cQQI")
SECTOR = 512  # bytes that a disk writes whole


class Entry(NamedTuple):
    """One thing that the process did; ``power_journal.c`` says what the fields mean."""

    kind: str
    token: int
    number: int
    data: bytes


def entries(journal: Path) -> Iterator[Entry]:
    """Read a journal; an entry that was cut short by a kill is not one."""
    data, at = journal.read_bytes(), 0
    while at + HEAD.size <= len(data):
        kind, token, number, length = HEAD.unpack_from(data, at)
        start = at + HEAD.size
        at = start + length
        if at > len(data):
            return
        yield Entry(kind.decode(), token, number, data[start:at])


@dataclass
class File:
    """A file's durable bytes, and the changes that are on their way."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, Entry]] = field(default_factory=list)  # with the number of the entry

    def sync(self, before: int) -> None:
        """Make durable what was entered before."""
        for number, entry in self.pending:
            if number < before:
                change(self.durable, entry.number, entry.data, cut=entry.kind == "T")
        self.pending = [(number, entry) for number, entry in self.pending if number >= before]

    def after_cut(self, chance: random.Random | None) -> bytes:
        """Return what is left: the durable bytes, and by chance some of what was on its way."""
        left = bytearray(self.durable)
        for _, entry in self.pending if chance else ():
            assert chance
            if entry.kind == "T":
                if chance.random() < 0.5:
                    change(left, entry.number, b"", cut=True)
                continue
            keep = chance.choice((0.0, 0.5, 1.0))
            for at in range(0, len(entry.data), SECTOR):
                if chance.random() < keep:
                    change(left, entry.number + at, entry.data[at : at + SECTOR])
        return bytes(left)


def change(content: bytearray, at: int, data: bytes, *, cut: bool = False) -> None:
    """Write into a file, or cut it (or stretch it) to a length."""
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    if cut:
        del content[at:]
    else:
        content[at : at + len(data)] = data


class Disk:
    """The folder's disk, as it takes in one entry after the other."""

    def __init__(self, folder: Path) -> None:
        """Begin with the files that the folder holds, all durable."""
        self._folder = str(folder)
        self._names = {str(path): File(bytearray(path.read_bytes())) for path in folder.iterdir() if path.is_file()}
        self._durable_names = dict(self._names)
        self._opened: dict[int, File | None] = {}  # None: the folder itself
        self._count = 0
        self.acknowledged = b""  # what the process had written to its standard output

    def take(self, entry: Entry) -> None:
        """Let the process do one thing."""
        match entry.kind:
            case "O":
                self._open(entry.data.decode(), entry)
            case "W" | "T":
                file = self._opened[entry.token]
                assert file
                file.pending.append((self._count, entry))
            case "S":
                self._sync(self._opened[entry.token], entry.number)
            case "U":
                self._names.pop(entry.data.decode(), None)
            case "A":
                self.acknowledged += entry.data
        self._count += 1

    def _open(self, path: str, entry: Entry) -> None:
        if path == self._folder:
            self._opened[entry.token] = None
            return
        if entry.number:
            self._names[path] = File()
        self._opened[entry.token] = self._names[path]

    def _sync(self, file: File | None, before: int) -> None:
        if file:
            file.sync(before)
        else:
            # Names that changed while the folder was being synced are taken for durable as well: in our programs the
            # thread that makes or removes a file is the one that syncs the folder.
            self._durable_names = dict(self._names)

    def cut(self, into: Path, chance: random.Random | None = None) -> None:
        """Write what a power cut at this moment leaves; without ``chance`` nothing that was not synced."""
        names = dict(self._durable_names)
        if chance:
            for path in self._names.keys() ^ names.keys():
                if chance.random() < 0.5:
                    names.pop(path, None) or names.setdefault(path, self._names[path])
        for path, file in names.items():
            if not path.endswith("-shm"):  # shared memory, made anew by whoever comes first
                (into / Path(path).name).write_bytes(file.after_cut(chance))
