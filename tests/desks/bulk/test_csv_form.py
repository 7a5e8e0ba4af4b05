from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks.bulk.csv_form import decode, encode
from desks.bulk.formula import LEADING
from desks.bulk.sheet import Limits
from desks.errors import BadSheet

COLUMNS = ("ref", "family_name", "given_name")
TEXT = "ref;family_name\r\n1;O'Brien\r\n2;李\r\n3;نور\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize(("separator", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_a_file_says_by_itself_how_it_is_to_be_read(encoding: str, separator: str, name: str) -> None:
    sheet = decode(TEXT.replace(";", separator).encode(encoding), COLUMNS, Limits())
    assert sheet.form == f"CSV, {encoding.removesuffix('-sig')}, {name}"
    assert sheet.header == ("ref", "family_name")
    assert [(line.number, line.cells) for line in sheet.lines] == [
        (2, ("1", "O'Brien")),
        (3, ("2", "李")),
        (4, ("3", "نور")),
    ]


def test_the_separator_that_excel_declares_counts() -> None:
    assert decode(b"sep=|\nref|family_name\n1|A;B\n", (), Limits()).lines[0].cells == ("1", "A;B")


def test_another_encoding_is_read_when_it_is_named_and_never_guessed() -> None:
    data = "ref,family_name\n1,Ann\n2,Müller\n".encode("windows-1252")
    with pytest.raises(BadSheet, match="row 3: the file is not utf-8"):
        decode(data, COLUMNS, Limits())
    assert decode(data, COLUMNS, Limits(), "windows-1252").lines[1].cells == ("2", "Müller")
    with pytest.raises(BadSheet, match="rot13 is none of"):
        decode(data, COLUMNS, Limits(), "rot13")


def test_a_row_is_counted_as_a_spreadsheet_counts_it() -> None:
    data = b'ref,family_name\n1,"two\nlines"\n\n2,Ann\n'
    assert [line.number for line in decode(data, COLUMNS, Limits()).lines] == [2, 4]


@pytest.mark.parametrize(
    ("data", "code", "row"),
    [
        (b"", "HEADER", 1),
        (b"\r\n1,2\r\n", "HEADER", 1),
        (b"ref,family_name\n1,2,3\n", "COLUMNS", 2),
        (b"ref\n1\0\n", "NOT_A_SHEET", 2),
        (b'ref\n1\n"2\n', "NOT_A_SHEET", 3),
        (b"ref," * 9 + b"x\n", "COLUMNS", 1),
        (b"ref\n" + b"1\n" * 6, "ROWS", 7),
        (b"ref\n" + b"1" * 200, "TOO_LARGE", None),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_place(data: bytes, code: str, row: int | None) -> None:
    with pytest.raises(BadSheet) as caught:
        decode(data, COLUMNS, Limits(data=150, rows=5, columns=8))
    assert (caught.value.code, caught.value.row) == (code, row)


def test_cells_have_flaws_of_their_own() -> None:
    data = b"ref,family_name,given_name\n=1,\x07,abcdefghi\n'+1,'=1,'t Hart\n"
    sheet = decode(data, COLUMNS, Limits(cell=8))
    assert sheet.lines[0].flaws == {0: "FORMULA", 1: "CONTROL", 2: "TOO_LONG"}
    assert sheet.lines[0].cells == ("", "", "")
    assert (sheet.lines[1].cells, sheet.lines[1].flaws) == (("+1", "", "'t Hart"), {1: "FORMULA"})


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=2)))
def test_what_is_written_opens_with_nothing_to_evaluate(rows: list[list[str]]) -> None:
    text = encode(["ref", "family_name"], rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert not [cell for row in read for cell in row if cell.startswith(LEADING)]
    assert [[cell.removeprefix("'") for cell in row] for row in read[1:]] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
