"""XLSX: the first sheet of a workbook, read as text.

A workbook is a ZIP file of XML parts. What it unpacks to is added up from its directory before anything is unpacked,
and ``zipfile`` unpacks no part beyond what the directory says. A part with a DTD is refused: the format has none, and
entities could grow without bound. Formulas are flaws of their cells, links and macros are not looked at.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from desks.bulk.formula import escape
from desks.bulk.sheet import Flaw, Limits, Sheet, sheet_of
from desks.errors import BadSheet

__all__ = ["MAGIC", "decode", "encode"]

MAGIC = b"PK\x03\x04"
DTD = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
CHUNK = 1 << 16
ENCRYPTED = 0x1


def decode(data: bytes, limits: Limits) -> Sheet:
    """Return the first sheet in the bytes of an XLSX file; raises ``BadSheet``."""
    if len(data) > limits.data:
        raise BadSheet("TOO_LARGE", f"the file has more than {limits.data} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive, limits)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a workbook lacks of styles is nothing to us
            return sheet_of("XLSX", _rows(data, limits), limits)
    except BadSheet:
        raise
    except Exception as error:  # openpyxl fails as it happens to on what is no workbook: it was the file's fault
        raise BadSheet("NOT_A_SHEET", f"the file is no XLSX workbook: {type(error).__name__}") from error


def _check_archive(archive: zipfile.ZipFile, limits: Limits) -> None:
    parts = archive.infolist()
    if len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked:
        raise BadSheet("BOMB", f"the workbook unpacks to more than {limits.unpacked} bytes or {limits.parts} parts")
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise BadSheet("NOT_A_SHEET", "the workbook is protected by a password")
    for part in parts:
        if part.filename.endswith((".xml", ".rels", ".vml")) and _has_dtd(archive, part):
            raise BadSheet("BOMB", f"{part.filename} declares entities, which no workbook does")


def _has_dtd(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as stream:
        before = b""
        while chunk := stream.read(CHUNK):
            if any(mark in before + chunk for mark in DTD):
                return True
            before = chunk[-32:]
    return False


def _rows(data: bytes, limits: Limits) -> Iterator[tuple[Sequence[str], Mapping[int, Flaw]]]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size is not believed
        for row in sheet.iter_rows(max_col=limits.columns + 1, max_row=limits.rows + 2):
            yield _row(row)
    finally:
        book.close()


def _row(row: Iterable[Any]) -> tuple[list[str], dict[int, Flaw]]:
    cells: list[str] = []
    flaws: dict[int, Flaw] = {}
    for index, cell in enumerate(row):
        kind = getattr(cell, "data_type", "n")  # an empty cell has none
        if kind == "f":
            flaws[index] = "FORMULA"
        elif kind == "e":
            flaws[index] = "ERROR_VALUE"
        cells.append("" if index in flaws else _as_text(cell.value))
    return cells, flaws


def _as_text(value: object) -> str:
    """Return what a cell says: days and times as ISO writes them, whole numbers without a point."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def encode(header: Sequence[str], rows: Iterable[Sequence[str]], title: str = "Podium") -> bytes:
    """Return a workbook of one sheet that is safe to open: every cell is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in (header, *rows):
        sheet.append([_text_cell(sheet, text) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.value = escape(ILLEGAL_CHARACTERS_RE.sub("", text))  # what hides a formula is gone before it is looked for
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
