"""Sheets: what is said about one unit, by whom and when.

A line is said at a venue time without jitter, skew or loss; ``stream.py`` turns lines into raw messages. The bytes of a
line leave out the venue time, which is put in when the source sends it.
"""

from __future__ import annotations

from typing import NamedTuple

from replay.synth.dice import Dice
from schemas.messages import Message, encode

__all__ = ["Late", "Line", "Sheet", "Slip", "stamp"]


class Late(NamedTuple):
    """A correction or retraction, whose target gets its name only when it is sent."""

    target: str  # tag of the line that it is about
    unit: str
    reason: str
    message: bytes = b""  # as it should have been; empty: a retraction


Line = tuple[int, int, str, bytes | Late, str]  # venue time ms, number, source, bytes, tag


class Slip(NamedTuple):
    """Something that was said wrong and is not yet corrected."""

    tag: str
    right: bytes


def stamp(data: bytes, at: int) -> bytes:
    """Return the bytes of a message with its venue time, where ``encode`` puts it."""
    end = data.find(b",")
    return b'%b,"at":%d%b' % (data[:end], at, data[end:]) if end > 0 else b'%b,"at":%d}' % (data[:-1], at)


class Sheet:
    """The lines of one unit; channels are the sources of its venue and discipline."""

    __slots__ = ("_backup", "_desk", "_lines", "_timing", "dice", "quirks", "slips", "start", "unit", "used")

    def __init__(self, lines: list[Line], unit: str, source: str, *, start: int, dice: Dice, quirks: list[str]) -> None:
        self._lines = lines
        self._timing = f"{source}.timing"
        self._desk = f"{source}.desk"
        self._backup = f"{source}.backup"
        self.unit = unit
        self.start = start  # ms
        self.dice = dice
        self.quirks = list(quirks)  # wanted and not yet shown
        self.used: list[str] = []  # shown
        self.slips: list[Slip] = []

    def wants(self, quirk: str) -> bool:
        """Say whether a peculiarity is wanted here, and count it as shown."""
        if quirk not in self.quirks:
            return False
        self.quirks.remove(quirk)
        self.used.append(quirk)
        return True

    def say(self, source: str, at: int, message: Message, tag: str = "") -> None:
        """Let any source say something."""
        self._lines.append((at, len(self._lines), source, encode(message), tag))

    def timing(self, at: int, message: Message, tag: str = "") -> None:
        """Let the primary timing say something."""
        self._lines.append((at, len(self._lines), self._timing, encode(message), tag))

    def desk(self, at: int, message: Message, tag: str = "") -> None:
        """Let the results desk say something."""
        self._lines.append((at, len(self._lines), self._desk, encode(message), tag))

    def backup(self, at: int, message: Message) -> None:
        """Let the back-up timing say something."""
        self._lines.append((at, len(self._lines), self._backup, encode(message), ""))

    def slip(self, at: int, wrong: Message, right: Message) -> None:
        """Let the primary timing say something wrong, to be corrected later."""
        tag = f"{self.unit}#{len(self.slips)}"
        self.timing(at, wrong, tag)
        self.slips.append(Slip(tag, stamp(encode(right), at)))

    def correct(self, at: int, slip: Slip, reason: str) -> None:
        """Let the results desk correct a slip."""
        self._lines.append((at, len(self._lines), self._desk, Late(slip.tag, self.unit, reason, slip.right), ""))

    def retract(self, at: int, tag: str, reason: str) -> None:
        """Let the results desk take back the line of a tag."""
        self._lines.append((at, len(self._lines), self._desk, Late(tag, self.unit, reason), ""))
