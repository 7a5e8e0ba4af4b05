from __future__ import annotations

import pytest

from desks.bulk.cells import code, number
from desks.bulk.columns import Column, read_rows
from desks.bulk.report import RowError
from desks.bulk.sheet import Limits, Line, Sheet, line_of
from desks.errors import BadSheet

COLUMNS = (Column("ref", code, needed=True, key=True), Column("score", number(0, 9), absent=None), Column("role", code))


def sheet(header: tuple[str, ...], *lines: Line) -> Sheet:
    return Sheet("", header, lines)


def test_columns_stand_in_any_order_and_may_be_left_out() -> None:
    rows, errors = read_rows(sheet(("Role", "REF"), Line(2, ("A", "1")), Line(5, ("", "2"))), COLUMNS)
    assert [(row.number, row.key, dict(row.values)) for row in rows] == [
        (2, "1", {"ref": "1", "score": None, "role": "A"}),
        (5, "2", {"ref": "2", "score": None, "role": ""}),
    ]
    assert errors == []


def test_every_cell_that_is_wrong_is_an_error_of_its_own() -> None:
    line = line_of(3, ("", "10", "=1"), {}, Limits())
    rows, errors = read_rows(sheet(("ref", "score", "role"), line), COLUMNS)
    assert rows == []
    assert [(error.row, error.column, error.code) for error in errors] == [
        (3, "ref", "MISSING"),
        (3, "score", "NUMBER"),
        (3, "role", "FORMULA"),
    ]


def test_a_row_that_is_there_twice_is_taken_once() -> None:
    rows, errors = read_rows(sheet(("ref",), Line(2, ("1",)), Line(3, ("2",)), Line(4, ("1",))), COLUMNS)
    assert [row.number for row in rows] == [2, 3]
    assert errors == [RowError(4, "", "DUPLICATE_ROW", "row 2 says the same")]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (("ref", "scores"), "no column 'scores'; there are ref, role, score"),
        (("ref", "Ref"), "the column ref is there twice"),
        (("score",), "the header lacks ref"),
    ],
)
def test_a_header_that_is_not_of_this_kind_is_refused(header: tuple[str, ...], reason: str) -> None:
    with pytest.raises(BadSheet, match=reason) as caught:
        read_rows(sheet(header), COLUMNS)
    assert (caught.value.code, caught.value.row) == ("HEADER", 1)
