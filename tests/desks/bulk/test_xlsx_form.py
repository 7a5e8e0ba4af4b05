from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from desks.bulk.formula import LEADING
from desks.bulk.sheet import Limits
from desks.bulk.xlsx_form import decode, encode
from desks.errors import BadSheet
from tests.desks.bulk.sheets import workbook

HEADER = ("ref", "family_name", "birth_date")


def changed(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return a workbook with other parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def test_cells_are_read_as_what_they_show() -> None:
    data = workbook(
        HEADER,
        (7, "O'Brien", date(1999, 5, 31)),
        (7.5, "李", datetime(1999, 5, 31, 8, 30)),
        (True, " نور ", None),
        (None, None, None),
        ("'+1", "", "31/05/1999"),
    )
    sheet = decode(data, Limits())
    assert (sheet.form, sheet.header) == ("XLSX", HEADER)
    assert [(line.number, line.cells) for line in sheet.lines] == [
        (2, ("7", "O'Brien", "1999-05-31")),
        (3, ("7.5", "李", "1999-05-31 08:30")),
        (4, ("yes", "نور", "")),
        (6, ("+1", "", "31/05/1999")),
    ]


def test_a_formula_is_a_flaw_whatever_it_was_last_worth() -> None:
    def worth(name: str, part: bytes) -> bytes:
        return part.replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>")

    sheet = decode(changed(workbook(HEADER, ("=1+1", '=HYPERLINK("http://x","y")', "#REF!")), worth), Limits())
    assert sheet.lines[0].flaws == {0: "FORMULA", 1: "FORMULA", 2: "ERROR_VALUE"}
    assert sheet.lines[0].cells == ("", "", "")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    def swell(name: str, part: bytes) -> bytes:
        return part.replace(b"</worksheet>", b"<!--" + b"0" * 5_000_000 + b"--></worksheet>")

    data = changed(workbook(HEADER, ("1",)), swell)
    assert len(data) < 50_000
    with pytest.raises(BadSheet, match="unpacks to more than 1000000 bytes") as caught:
        decode(data, Limits(unpacked=1_000_000))
    assert caught.value.code == "BOMB"


def test_a_part_does_not_unpack_to_more_than_it_says() -> None:
    data = changed(workbook(HEADER, ("1",)), lambda _, part: part + b" " * 100_000)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes = {part.file_size for part in archive.infolist()}
    for size in sizes:  # the directory lies: each part has 1 kB
        data = data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with pytest.raises(BadSheet) as caught:
        decode(data, Limits())
    assert caught.value.code == "NOT_A_SHEET"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'

    def poison(name: str, part: bytes) -> bytes:
        return bomb.encode(encoding) if name.endswith("sheet1.xml") else part

    with pytest.raises(BadSheet, match="declares entities"):
        decode(changed(workbook(HEADER), poison), Limits())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04", "NOT_A_SHEET"),
        (b"PK\x03\x04" + bytes(500), "NOT_A_SHEET"),
        (changed(workbook(HEADER), lambda name, part: b"<x/>" if "workbook" in name else part), "NOT_A_SHEET"),
        (changed(workbook(HEADER), lambda name, part: b"<" if "sheet1" in name else part), "NOT_A_SHEET"),
        (workbook(HEADER, *[("1",)] * 6), "ROWS"),
        (workbook(("x",) * 9), "COLUMNS"),
        (workbook(("ref",), ("1", "2")), "COLUMNS"),
        (workbook(), "HEADER"),
        (bytes(60_001), "TOO_LARGE"),
    ],
)
def test_what_is_no_sheet_is_refused(data: bytes, code: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(BadSheet) as caught:
            decode(data, Limits(data=60_000, rows=5, columns=8))
    assert caught.value.code == code


def test_a_size_that_the_sheet_claims_is_not_believed() -> None:
    def claim(name: str, part: bytes) -> bytes:
        return part.replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1:XFD1048576"')

    data = changed(workbook(HEADER, ("1", "Ann", "1999-05-31")), claim)
    assert len(decode(data, Limits()).lines) == 1


def test_a_row_far_below_is_too_many_rows() -> None:
    def far(name: str, part: bytes) -> bytes:
        return part.replace(b'<row r="2"', b'<row r="1048576"').replace(b'r="A2"', b'r="A1048576"')

    with pytest.raises(BadSheet) as caught:
        decode(changed(workbook(HEADER, ("1",)), far), Limits(rows=5))
    assert caught.value.code == "ROWS"


@settings(max_examples=25)  # a workbook each
@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=4))
def test_what_is_written_has_text_alone(row: list[str]) -> None:
    sheet = load_workbook(io.BytesIO(encode(["ref"], [row]))).worksheets[0]
    cells = [cell for line in sheet.iter_rows(min_row=2) for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s"}
    assert not [cell.value for cell in cells if str(cell.value).startswith(LEADING)]
