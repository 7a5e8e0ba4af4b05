"""The columns of a kind of sheet, and its rows as values.

A header names columns in any order and in capitals or not. What it names and the kind does not know is an error of the
whole file: a column that is misspelt would otherwise be left out in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from desks.bulk.cells import CellFlaw, Parse
from desks.bulk.report import RowError
from desks.bulk.sheet import Flaw, Line, Sheet
from desks.errors import BadSheet
from management.command import Refusal

__all__ = ["Column", "Row", "read_rows"]

FLAWS: Mapping[Flaw, str] = {
    "FORMULA": "a cell holds a formula; formulas are never evaluated",
    "ERROR_VALUE": "the spreadsheet shows an error here",
    "TOO_LONG": "the text is too long",
    "CONTROL": "the text holds characters that nobody sees",
}


class Column(msgspec.Struct, frozen=True):
    """A column of a kind of sheet."""

    name: str
    parse: Parse
    needed: bool = False
    absent: Any = ""  # the value of an empty cell
    key: bool = False  # part of what names a row


class Row(msgspec.Struct, frozen=True):
    """A row whose cells all say something."""

    number: int
    key: str  # what names it in its file
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def error(self, column: str, code: str, text: str) -> tuple[RowError, ...]:
        """Return the error of a row that could be read."""
        return (RowError(self.number, column, code, text),)

    def refused(self, refusal: Refusal, columns: Mapping[str, str]) -> tuple[RowError, ...]:
        """Return the error of a row whose command was refused, at the column that ``columns`` names for the code."""
        return self.error(columns.get(refusal.code, ""), refusal.code, refusal.text)


def read_rows(sheet: Sheet, columns: Sequence[Column]) -> tuple[list[Row], list[RowError]]:
    """Return the rows that can be read, and the errors of the others; raises ``BadSheet`` for the header."""
    places = _places(sheet.header, columns)
    rows: list[Row] = []
    errors: list[RowError] = []
    first: dict[str, int] = {}
    for line in sheet.lines:
        values, wrong = _values(line, columns, places)
        key = "\0".join(str(values.get(column.name, "")) for column in columns if column.key)
        if not wrong and key in first:
            wrong = [RowError(line.number, "", "DUPLICATE_ROW", f"row {first[key]} says the same")]
        if wrong:
            errors += wrong
        else:
            first[key] = line.number
            rows.append(Row(line.number, key, values))
    return rows, errors


def _places(header: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Return where each column stands in the header."""
    places: dict[str, int] = {}
    names = {column.name for column in columns}
    for index, title in enumerate(header):
        name = title.casefold().replace(" ", "_")
        if name not in names:
            raise BadSheet("HEADER", f"there is no column {title!r}; there are {', '.join(sorted(names))}", 1)
        if name in places:
            raise BadSheet("HEADER", f"the column {name} is there twice", 1)
        places[name] = index
    if missing := [column.name for column in columns if column.needed and column.name not in places]:
        raise BadSheet("HEADER", f"the header lacks {', '.join(missing)}", 1)
    return places


def _values(line: Line, columns: Sequence[Column], places: Mapping[str, int]) -> tuple[dict[str, Any], list[RowError]]:
    values: dict[str, Any] = {}
    errors: list[RowError] = []
    for column in columns:
        index = places.get(column.name, -1)
        cell = line.cells[index] if index >= 0 else ""
        try:
            if index in line.flaws:
                raise CellFlaw(line.flaws[index], FLAWS[line.flaws[index]])
            if column.needed and not cell:
                raise CellFlaw("MISSING", "the cell is empty")
            values[column.name] = column.parse(cell) if cell else column.absent
        except CellFlaw as flaw:
            errors.append(RowError(line.number, column.name, flaw.code, flaw.text))
    return values, errors
