"""Refusals: all are counted, each is one line, and who repeats himself is not written of again."""

from __future__ import annotations

from structlog.testing import capture_logs

from engine.refusals import MOST, Refusals


def test_a_refusal_is_counted_and_one_line_with_place_and_party() -> None:
    door = Refusals("venue")
    with capture_logs() as lines:
        door.note("conflict", place="SWM/S/1", party="10.0.0.1:5", reason="other bytes", source="SWM", known=True)
    assert door.counts == {("conflict", "SWM"): 1}
    assert lines == [
        {
            "event": "refused",
            "log_level": "warning",
            "door": "venue",
            "code": "conflict",
            "place": "SWM/S/1",
            "party": "10.0.0.1:5",
            "reason": "other bytes",
            "source": "SWM",
        }
    ]


def test_a_name_that_nobody_knows_is_no_label() -> None:
    door = Refusals("venue")
    door.note("malformed", place="x", party="p", reason="r", source="invented")
    assert door.counts == {("malformed", ""): 1}


def test_the_same_again_is_counted_only() -> None:
    door = Refusals("venue", level="info")
    with capture_logs() as lines:
        for serial in (7, 8, 9):
            door.note("gap", place=f"SWM/S/{serial}", party="p", reason="send 6 first", same="S 5")
        for party in ("q", "p"):
            door.note("gap", place="SWM/S/9", party=party, reason="send 6 first", same="S 5")
        door.note("gap", place="SWM/S/9", party="p", reason="send 7 first", same="S 6")
    assert [(line["party"], line["place"], line["log_level"]) for line in lines] == [
        ("p", "SWM/S/7", "info"),
        ("q", "SWM/S/9", "info"),
        ("p", "SWM/S/9", "info"),
    ]
    assert door.counts == {("gap", ""): 6}


def test_parties_are_forgotten_before_they_are_too_many() -> None:
    door = Refusals("feed")
    with capture_logs() as lines:
        for party in (*map(str, range(MOST)), "another", "0"):
            door.note("bad", place="x", party=party, reason="r")
    assert len(lines) == MOST + 2
