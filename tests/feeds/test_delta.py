"""Deltas of rows, and steps folded into one."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from engine.rows import with_own_defaults
from feeds.delta import NOBODY, Held, Step, changed_fields, fields_of, fold
from schemas.views import ROW_TYPES, MedalTableRow, ResultHead, ResultRow, Row

ALL_ROWS = sorted({kind for kinds in ROW_TYPES.values() for kind in kinds}, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", ALL_ROWS)
def test_null_is_never_a_value_but_a_default(kind: type[Row]) -> None:
    """What allows ``null`` to remove a field: where None is possible it is the default."""
    for field in msgspec.structs.fields(kind):
        if type(None) in get_args(field.type):
            assert field.default is None, f"{kind.__name__}.{field.name}"


@pytest.mark.parametrize("kind", ALL_ROWS)
def test_a_default_that_came_as_a_copy_is_left_out_by_whoever_encodes_the_row(kind: type[Row]) -> None:
    """Otherwise a delta, which leaves it out, and an image or a hash, which had it, would not agree."""
    fields = msgspec.structs.fields(kind)
    defaults = {field.name: field for field in fields if field.default not in (msgspec.NODEFAULT, None)}
    copied = msgspec.msgpack.encode({name: field.default for name, field in defaults.items()})
    given = {
        name: msgspec.convert(value, defaults[name].type) for name, value in msgspec.msgpack.decode(copied).items()
    }
    row = kind(**{field.name: "X" for field in fields if field.required} | given)
    plain = with_own_defaults(row)
    assert plain == row
    assert msgspec.to_builtins(plain) == fields_of(row)


def test_changed_fields() -> None:
    before = ResultRow(participant="A", rank=2, mark="10.00", parts={"1": "5.00"})
    after = ResultRow(participant="A", mark="10.01", irm="DQ", parts={"1": "5.00", "2": "5.01"})
    assert changed_fields(before, after) == {
        "rank": None,
        "mark": "10.01",
        "irm": "DQ",
        "parts": {"1": "5.00", "2": "5.01"},
    }
    assert changed_fields(before, before) == {}
    assert changed_fields(None, before) == fields_of(before)


def test_a_field_that_is_empty_again_is_removed() -> None:
    before = ResultRow(participant="A", parts={"1": "5.00"}, tied=True)
    assert changed_fields(before, ResultRow(participant="A")) == {"parts": None, "tied": None}


def test_a_row_of_another_type() -> None:
    before = ResultRow(participant="A", reason="x", mark="1")
    after = ResultHead(unit="U", reason="x", status="LIVE")
    assert changed_fields(before, after) == {"participant": None, "mark": None, "unit": "U", "status": "LIVE"}


def test_a_fold_goes_from_before_the_first_to_after_the_last() -> None:
    one, two, three = (Held(MedalTableRow(organisation="A", gold=n)) for n in (1, 2, 3))
    folded = fold(
        [
            Step("v", 4, 4, {"A": (one, two), "B": (NOBODY, one)}),
            Step("w", 1, 1, {"A": (NOBODY, one)}),
            Step("v", 5, 5, {"A": (two, three), "B": (one, NOBODY)}, "h"),
        ]
    )
    assert set(folded) == {"v", "w"}
    step = folded["v"]
    assert (step.first, step.last, step.hash) == (4, 5, "h")
    assert step.changes == {"A": (one, three), "B": (NOBODY, NOBODY)}
