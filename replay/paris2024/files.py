"""The files of the data set: CSV read row by row, every fault with its file and line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, NoReturn

__all__ = ["BadInputError", "Line", "lines", "milliseconds"]


class BadInputError(ValueError):
    """A file of the data set is not what it should be; names the file and the line."""

    def __init__(self, file: str, line: int, what: str) -> None:
        super().__init__(f"{file}, line {line}: {what}")
        self.file = file
        self.line = line


class Line(NamedTuple):
    """One row of a file."""

    file: str  # relative to the folder
    number: int  # from 1, the header's line included
    fields: dict[str, str]

    def text(self, column: str) -> str:
        """Return a field, empty where the file has no such column."""
        return self.fields.get(column, "")

    def fault(self, what: str) -> NoReturn:
        """Raise ``BadInputError`` at this line."""
        raise BadInputError(self.file, self.number, what)

    def needed(self, column: str) -> str:
        """Return a field that may not be empty."""
        value = self.text(column)
        if not value:
            self.fault(f"{column} is empty")
        return value

    def time(self, column: str) -> int:
        """Return a time with its offset as milliseconds since 1970."""
        value = self.needed(column)
        try:
            return milliseconds(value)
        except ValueError:
            self.fault(f"{column} is no time: {value!r}")

    def whole(self, column: str) -> int | None:
        """Return a whole number, which the files write as ``3`` or ``3.0``; None where it is empty."""
        value = self.text(column)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            self.fault(f"{column} is no number: {value!r}")
        if number != int(number):
            self.fault(f"{column} is no whole number: {value!r}")
        return int(number)


def milliseconds(text: str) -> int:
    """Return an ISO 8601 time as milliseconds since 1970; raises ``ValueError`` where it has no offset."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(text)
    return round(time.timestamp() * 1000)


def lines(folder: Path, name: str, *columns: str) -> Iterator[Line]:
    """Read a file row by row; it must have the columns."""
    path = folder / name
    if not path.is_file():
        raise BadInputError(name, 0, f"no such file in {folder}")
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restkey="", restval=None)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise BadInputError(name, 1, f"no column {', '.join(missing)}")
        before = reader.line_num
        try:
            for row in reader:
                if "" in row or None in row.values():
                    raise BadInputError(
                        name, before + 1, f"has not the {len(reader.fieldnames or ())} fields of the header"
                    )
                yield Line(name, before + 1, row)
                before = reader.line_num
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadInputError(name, before + 1, str(error)) from error
