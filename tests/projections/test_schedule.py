"""The schedule: what becomes of a plan, whoever says it first."""

from __future__ import annotations

import pytest

from schemas import messages as m
from schemas.games import Games
from schemas.views import ScheduleRow
from tests.projections.hand import Hand, in_every_order, reemit, rsc

UNIT = rsc("ATHM100M", "FNL-", "000100--")
START, END = 1_722_800_000_000, 1_722_800_600_000  # 2024-08-04, 19:33 and 19:43 UTC
PLAN = m.UnitScheduled(unit=UNIT, name="Final", start=START, end=END, venue="STA", location="track", medal=1, at=1)


def row(hand: Hand) -> ScheduleRow:
    found = hand.rows("schedule/ATH")[UNIT]
    assert isinstance(found, ScheduleRow)
    return found


def test_a_plan_is_shown() -> None:
    hand = Hand()
    hand.say("central", PLAN)
    assert row(hand) == ScheduleRow(
        unit=UNIT, name="Final", start=START, end=END, venue="STA", location="track", day="2024-08-04", medal=1
    )
    assert hand.rows("schedule/day/2024-08-04") == {UNIT: row(hand)}


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (m.UnitPostponed(unit=UNIT, at=2, reason="rain"), "POSTPONED"),
        (m.UnitPostponed(unit=UNIT, start=START + 1, at=2, reason="rain"), "RESCHEDULED"),
        (m.UnitCancelled(unit=UNIT, at=2, reason="rain"), "CANCELLED"),
        (m.UnitNotHeld(unit=UNIT, at=2, reason="rain"), "NOT_HELD"),
        (m.Start(unit=UNIT, at=2), "RUNNING"),
        (m.UnitStatus(unit=UNIT, status="DELAYED", at=2), "DELAYED"),
        (m.UnitStatus(unit=UNIT, status="GETTING_READY", at=2), "GETTING_READY"),
        (m.ResultStatus(unit=UNIT, status="START_LIST", at=2), "SCHEDULED"),
        (m.ResultStatus(unit=UNIT, status="LIVE", at=2), "RUNNING"),
        (m.ResultStatus(unit=UNIT, status="INTERMEDIATE", at=2), "RUNNING"),
        (m.ResultStatus(unit=UNIT, status="UNOFFICIAL", at=2), "FINISHED"),
        (m.ResultStatus(unit=UNIT, status="PROTESTED", at=2), "FINISHED"),
    ],
)
def test_what_is_said_last_by_the_venues_clock_decides_the_status(message: m.Message, status: str) -> None:
    hand = in_every_order(("central", PLAN), ("ath.desk", message))
    assert row(hand).status == status
    assert row(hand).reason == getattr(message, "reason", "")


def test_a_plan_may_be_hidden() -> None:
    hand = Hand()
    hand.say("central", m.UnitScheduled(unit=UNIT, status="UNSCHEDULED"))
    assert row(hand).status == "UNSCHEDULED"


def test_a_new_plan_overrules_an_older_postponement_and_a_move() -> None:
    postponed = m.UnitPostponed(unit=UNIT, start=START + 1, end=END + 1, at=2)
    moved = m.UnitMoved(unit=UNIT, venue="TAC", location="hall", at=2)
    hand = in_every_order(("central", PLAN), ("operations", postponed), ("ath.desk", moved))
    assert (row(hand).start, row(hand).venue, row(hand).location) == (START + 1, "TAC", "hall")
    hand = Hand()
    hand.say("central", postponed, moved, m.UnitScheduled(unit=UNIT, start=START + 9, venue="STA", at=3))
    assert (row(hand).start, row(hand).venue, row(hand).status) == (START + 9, "STA", "SCHEDULED")


def test_what_starts_without_a_plan_is_shown_too() -> None:
    hand = Hand()
    hand.say("ath.timing", m.Start(unit=UNIT, at=START))
    assert (row(hand).started, row(hand).status, row(hand).day) == (START, "RUNNING", "")
    hand.say("ath.timing", m.Retraction(target="ath.timing/s1/1", unit=UNIT))
    assert hand.rows("schedule/ATH") == {}
    assert hand.all == reemit(hand.fold)


def test_a_day_ends_at_three_by_the_local_clock() -> None:
    for offset, end, day in (
        (0, 1_722_826_799_000, "2024-08-04"),  # 02:59:59
        (0, 1_722_826_800_000, "2024-08-05"),  # 03:00
        (120, 1_722_819_599_000, "2024-08-04"),  # 02:59:59 in Paris
        (120, 1_722_819_600_000, "2024-08-05"),
    ):
        hand = Hand(Games(offset=offset))
        hand.say("central", m.UnitScheduled(unit=UNIT, end=end))
        assert row(hand).day == day, (offset, end)
    hand.say("central", m.UnitScheduled(unit=UNIT, end=END, day="2030-01-01", at=1))
    assert row(hand).day == "2030-01-01"
    assert [name for name in hand.views.names() if name.startswith("schedule/day/") and hand.rows(name)] == [
        "schedule/day/2030-01-01"
    ]


def test_without_a_plan_the_day_is_that_of_the_official_result() -> None:
    hand = Hand()
    hand.say("ath.desk", m.ResultStatus(unit=UNIT, status="OFFICIAL", at=END))
    assert row(hand).day == "2024-08-04"


def test_a_unit_under_way_is_current_at_its_venue() -> None:
    hand = Hand()
    hand.say("central", PLAN)
    hand.say("ath.timing", m.Start(unit=UNIT, at=START))
    assert hand.field("current/STA", "started") == {UNIT: START}
    hand.say("operations", m.UnitMoved(unit=UNIT, venue="TAC", at=2))
    assert (hand.rows("current/STA"), hand.field("current/TAC", "name")) == ({}, {UNIT: "Final"})
    hand.say("ath.desk", m.ResultStatus(unit=UNIT, status="OFFICIAL", at=END))
    assert hand.rows("current/TAC") == {}
