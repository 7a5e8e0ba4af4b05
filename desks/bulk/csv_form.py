"""CSV as spreadsheets write it: with or without a byte order mark, and separated by whatever the country is used to.

Without a mark the bytes are UTF-8, or of the encoding that the sender names: nothing is guessed, since a name that was
guessed wrongly looks like a name.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from desks.bulk.formula import escape
from desks.bulk.sheet import NOTHING, Flaw, Limits, Sheet, sheet_of
from desks.errors import BadSheet

__all__ = ["ENCODINGS", "decode", "encode"]

MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ENCODINGS = ("utf-8", "windows-1252", "windows-1256", "gb18030", "shift_jis", "euc-kr")  # that a sender may name
SEPARATORS = ",;\t|"
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
DECLARED = "sep="  # a first line by which Excel is told the separator


def decode(data: bytes, columns: Iterable[str], limits: Limits, encoding: str = "utf-8") -> Sheet:
    """Return the sheet in the bytes of a CSV file; ``columns`` are those that a header may name.

    Raises ``BadSheet``.
    """
    if len(data) > limits.data:
        raise BadSheet("TOO_LARGE", f"the file has more than {limits.data} bytes")
    marked = next((name for mark, name in MARKS if data.startswith(mark)), None)
    text = _text(data, marked or encoding)
    if "\0" in text:
        raise BadSheet("NOT_A_SHEET", "the file is not text", text.count("\n", 0, text.index("\0")) + 1)
    separator = ""
    if text.startswith(DECLARED):
        first, _, text = text.partition("\n")
        separator = first.removeprefix(DECLARED).strip("\r")
    if separator not in NAMES:
        separator = _separator(text, {column.casefold() for column in columns})
    form = f"CSV, {(marked or encoding).removesuffix('-sig')}, {NAMES[separator]}"
    return sheet_of(form, _rows(text, separator, limits), limits)


def _text(data: bytes, encoding: str) -> str:
    if encoding not in ENCODINGS and encoding not in {name for _, name in MARKS}:
        raise BadSheet("ENCODING", f"{encoding} is none of {', '.join(ENCODINGS)}")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise BadSheet(
            "ENCODING", f"the file is not {encoding}: save it as CSV UTF-8, or name its encoding", row
        ) from None


def _separator(text: str, columns: set[str]) -> str:
    """Return the separator by which the header has most of the columns that it may have."""
    header = text.partition("\n")[0].rstrip("\r")

    def known(separator: str) -> int:
        return len(columns & {cell.strip().strip('"').casefold() for cell in header.split(separator)})

    return max(SEPARATORS, key=known)


def _rows(text: str, separator: str, limits: Limits) -> Iterator[tuple[Sequence[str], Mapping[int, Flaw]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield cells, NOTHING
    except csv.Error as error:
        raise BadSheet("NOT_A_SHEET", f"the file is no CSV from here on: {error}", number + 1) from None


def encode(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file that is safe to open in a spreadsheet: UTF-8 with a mark, all quoted, nothing evaluated."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([escape(cell) for cell in row] for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode()
