"""A sheet as it was uploaded: a header and lines of text, whatever format it came in.

Nothing in it is ever evaluated. What a cell says is its text; a formula is a flaw of its cell, not a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import msgspec

from desks.bulk.formula import is_formula, unescape
from desks.errors import BadSheet

__all__ = ["Flaw", "Limits", "Line", "Sheet", "line_of", "sheet_of"]

Flaw = Literal[
    "FORMULA",  # it would be evaluated by a spreadsheet
    "ERROR_VALUE",  # a spreadsheet has shown #REF! or the like
    "TOO_LONG",
    "CONTROL",  # a character that nobody sees and that is no space
]

NOTHING: Mapping[int, Flaw] = MappingProxyType({})


class Limits(msgspec.Struct, frozen=True):
    """How much one file may hold. Each is reached before the memory that it protects is used."""

    data: int = 16 << 20  # bytes of the file
    unpacked: int = 128 << 20  # bytes of all parts of an XLSX file
    parts: int = 1000  # of an XLSX file
    rows: int = 20_000  # below the header
    columns: int = 64
    cell: int = 1000  # characters


class Line(msgspec.Struct, frozen=True):
    """A row below the header."""

    number: int  # as a spreadsheet counts: the header is 1
    cells: tuple[str, ...]  # trimmed; as many as the header has
    flaws: Mapping[int, Flaw] = NOTHING  # by the index of the cell


class Sheet(msgspec.Struct, frozen=True):
    """What was uploaded."""

    form: str  # how it was read: "CSV, utf-8, separated by ;"
    header: tuple[str, ...]
    lines: tuple[Line, ...]


def line_of(number: int, cells: Sequence[str], flaws: Mapping[int, Flaw], limits: Limits) -> Line:
    """Return a row whose cells are looked at, each by itself."""
    found = dict(flaws)
    texts = [unescape(cell.strip()) for cell in cells]
    for index, text in enumerate(texts):
        if len(text) > limits.cell:
            found[index] = "TOO_LONG"
        elif is_formula(text):
            found[index] = "FORMULA"
        elif any((ord(character) < 32 and character not in "\n\t") or ord(character) == 127 for character in text):
            found[index] = "CONTROL"
    return Line(number, tuple("" if index in found else text for index, text in enumerate(texts)), found)


def sheet_of(form: str, rows: Iterator[tuple[Sequence[str], Mapping[int, Flaw]]], limits: Limits) -> Sheet:
    """Return the sheet of some rows, the header first; raises ``BadSheet``."""
    header = tuple(cell.strip() for cell in next(rows, ((), NOTHING))[0])
    while header and not header[-1]:
        header = header[:-1]
    if not header:
        raise BadSheet("HEADER", "there is no header in the first row", 1)
    if len(header) > limits.columns:
        raise BadSheet("COLUMNS", f"there are more than {limits.columns} columns", 1)
    lines = []
    for number, (cells, flaws) in enumerate(rows, 2):
        if number > limits.rows + 1:
            raise BadSheet("ROWS", f"there are more than {limits.rows} rows", number)
        if any(cell.strip() for cell in cells[len(header) :]):
            raise BadSheet("COLUMNS", f"the row has more cells than the header, which has {len(header)}", number)
        if flaws or any(cell.strip() for cell in cells):
            filled = [*cells[: len(header)], *[""] * (len(header) - len(cells))]
            lines.append(line_of(number, filled, flaws, limits))
    return Sheet(form, header, tuple(lines))
