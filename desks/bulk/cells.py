"""What a cell may say: its text becomes a value, or a flaw with a code and a sentence.

Days are written as ISO has them (2021-05-31), or day first (31/05/2021, 31.05.2021); month first is not read, because
nobody could tell 5 June from 6 May.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

__all__ = ["CellFlaw", "Parse", "choice", "code", "codes", "day", "days", "local_time", "number", "text", "yes_no"]

Parse = Callable[[str], Any]

ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
LOCAL_TIME = re.compile(r"(.+?)[T ](\d{1,2}):(\d{2})(?::00)?", re.ASCII)
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
YES = {"yes": True, "y": True, "true": True, "1": True, "x": True, "no": False, "n": False, "false": False, "0": False}
SEVERAL = re.compile(r"[\s,;]+")


class CellFlaw(ValueError):  # noqa: N818 - it says what the cell has
    """A cell does not say what its column asks for."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text


def text(cell: str) -> str:
    """Return a text in one normal form, so that two spellings of the same letters are equal."""
    return unicodedata.normalize("NFC", cell)


def code(cell: str) -> str:
    """Return a code or reference: Latin letters, digits, point, line and underline."""
    if len(cell) > 64 or not CODE.fullmatch(cell):
        raise CellFlaw("CODE", "a code has letters and digits, and no more than 64 of them")
    return cell


def codes(cell: str) -> tuple[str, ...]:
    """Return several codes, in the order in which they stand."""
    return tuple(code(part) for part in SEVERAL.split(cell) if part)


def choice(*allowed: str) -> Parse:
    """Return the parser of a column that allows these values, in capitals or not."""

    def parse(cell: str) -> str:
        if cell.upper() not in allowed:
            raise CellFlaw("CHOICE", f"it is one of {', '.join(allowed)}")
        return cell.upper()

    return parse


def day(cell: str) -> date:
    """Return a day."""
    if found := ISO_DAY.fullmatch(cell):
        parts = found.group(1, 2, 3)
    elif found := DAY_FIRST.fullmatch(cell):
        parts = found.group(3, 2, 1)
    else:
        raise CellFlaw("DATE", "a day is written 2021-05-31 or 31/05/2021")
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        raise CellFlaw("DATE", "there is no such day") from None


def days(cell: str) -> tuple[date, ...]:
    """Return several days."""
    return tuple(day(part) for part in SEVERAL.split(cell) if part)


def local_time(cell: str) -> datetime:
    """Return a day and a time by the clock of a venue, without a zone."""
    found = LOCAL_TIME.fullmatch(cell)
    if not found:
        raise CellFlaw("TIME", "a time is written 2021-07-25 08:30")
    on, hour, minute = day(found[1]), int(found[2]), int(found[3])
    if hour > 23 or minute > 59:
        raise CellFlaw("TIME", "there is no such time")
    return datetime(on.year, on.month, on.day, hour, minute)


def number(least: int, most: int) -> Parse:
    """Return the parser of a column of whole numbers."""

    def parse(cell: str) -> int:
        if not (cell.isascii() and cell.isdigit() and len(cell) < 10 and least <= int(cell) <= most):
            raise CellFlaw("NUMBER", f"it is a whole number from {least} to {most}")
        return int(cell)

    return parse


def yes_no(cell: str) -> bool:
    """Return yes or no."""
    if cell.casefold() not in YES:
        raise CellFlaw("CHOICE", "it is yes or no")
    return YES[cell.casefold()]
