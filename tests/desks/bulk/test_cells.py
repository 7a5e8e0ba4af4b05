from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from desks.bulk import cells
from desks.bulk.cells import CellFlaw, Parse
from desks.bulk.kinds.languages import languages

SCORE = cells.number(0, 100)
GENDER = cells.choice("M", "W")


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        (cells.day, "2021-05-31", date(2021, 5, 31)),
        (cells.day, "31/05/2021", date(2021, 5, 31)),
        (cells.day, "1.5.2021", date(2021, 5, 1)),
        (cells.days, "2021-05-31, 1/6/2021", (date(2021, 5, 31), date(2021, 6, 1))),
        (cells.local_time, "2021-07-25 8:30", datetime(2021, 7, 25, 8, 30)),
        (cells.local_time, "25/07/2021T08:30:00", datetime(2021, 7, 25, 8, 30)),
        (cells.text, "e\N{COMBINING ACUTE ACCENT}", "é"),
        (cells.code, "P-1.2_x", "P-1.2_x"),
        (cells.codes, "A;B, C  D", ("A", "B", "C", "D")),
        (SCORE, "100", 100),
        (GENDER, "w", "W"),
        (cells.yes_no, "Yes", True),
        (cells.yes_no, "0", False),
        (languages, "fr:2 ar", {"fr": 2, "ar": 1}),
    ],
)
def test_a_cell_says_a_value(parse: Parse, cell: str, value: Any) -> None:
    assert parse(cell) == value


@pytest.mark.parametrize(
    ("parse", "cell", "code"),
    [
        (cells.day, "31/02/2021", "DATE"),
        (cells.day, "05/31/2021", "DATE"),
        (cells.day, "31/05/21", "DATE"),
        (cells.day, "٣١/٠٥/٢٠٢١", "DATE"),
        (cells.local_time, "2021-07-25", "TIME"),
        (cells.local_time, "2021-07-25 24:00", "TIME"),
        (cells.local_time, "2021-02-31 10:00", "DATE"),
        (cells.code, "A B", "CODE"),
        (cells.code, "-A", "CODE"),
        (cells.code, "é", "CODE"),
        (cells.code, "A" * 65, "CODE"),
        (SCORE, "101", "NUMBER"),
        (SCORE, "1.5", "NUMBER"),
        (SCORE, "²", "NUMBER"),
        (GENDER, "F", "CHOICE"),
        (cells.yes_no, "perhaps", "CHOICE"),
        (languages, "french", "LANGUAGE"),
    ],
)
def test_a_cell_that_says_something_else_has_a_flaw(parse: Parse, cell: str, code: str) -> None:
    with pytest.raises(CellFlaw) as caught:
        parse(cell)
    assert caught.value.code == code
