"""The report: what went in beside marks, counted and listed."""

from __future__ import annotations

import json

from replay.paris2024.report import Input, Report
from replay.paris2024.times import Shifts

UNIT = "ATHM200M--------------FNL-000100--"


def report() -> Report:
    found = Report(units=2, rows=9, messages=40, sources=3, shifts=Shifts(planned=2, lists_later=1), notes=["A note."])
    found.add("equal_marks", UNIT, "equal marks (photo_finish)", stated="a > b")
    found.add("equal_marks", UNIT, "equal marks (photo_finish)", stated="c > d")
    found.add("total", "BMFWINDVFRST----------QUAL--------", "its parts are not in the data", 12)
    return found


def test_decisions_and_units_are_counted_by_kind() -> None:
    assert (report().count("equal_marks"), report().units_with("equal_marks")) == (2, {UNIT})
    assert (report().count("total"), len(report().units_with("total"))) == (12, 1)
    assert (report().count("medal"), report().units_with("medal")) == (0, set())


def test_json_holds_every_input() -> None:
    found = json.loads(report().encode())
    assert found["inputs_by_kind"] == {
        "equal_marks": {"units": 1, "decisions": 2},
        "total": {"units": 1, "decisions": 12},
    }
    assert found["inputs"][1] == {
        "kind": "equal_marks",
        "unit": UNIT,
        "reason": "equal marks (photo_finish)",
        "stated": "c > d",
    }
    assert found["shifts"]["lists_later"] == 1
    assert found["notes"] == ["A note."]


def test_one_line_a_unit_and_reason_for_a_reader() -> None:
    text = report().text()
    assert f"  {UNIT}  equal_marks x2: equal marks (photo_finish)\n" in text
    assert "equal_marks       2 in    1 units" in text
    assert text.endswith("\n")


def test_an_empty_report_is_json_too() -> None:
    assert json.loads(Report().encode())["inputs"] == []


def test_inputs_are_plain_values() -> None:
    assert Input("medal", UNIT, "why") == Input("medal", UNIT, "why", 1, "")
