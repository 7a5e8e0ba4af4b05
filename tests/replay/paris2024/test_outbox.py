"""The outbox: sessions, serials, log times, and messages that name others."""

from __future__ import annotations

import msgspec

from replay.paris2024.files import milliseconds
from replay.paris2024.outbox import Outbox
from schemas import messages as m
from schemas.games import Games

UNIT = "SWMM100MFR------------FNL-000100--"
NOON = milliseconds("2024-07-30T12:00:00+02:00")
HOUR = 3_600_000


def outbox() -> Outbox:
    return Outbox(Games(offset=120, day_ends=3))


def test_a_session_is_a_sport_day_that_ends_at_three() -> None:
    out = outbox()
    for hours in (0, 14, 15, 16):
        out.put(NOON + hours * HOUR, "BLU.SWM.timing", m.Start(unit=UNIT))
    assert [(raw.session, raw.serial) for raw in out.drain()] == [
        ("2024-07-30", 1),
        ("2024-07-30", 2),
        ("2024-07-31", 1),
        ("2024-07-31", 2),
    ]


def test_what_one_source_says_at_one_time_keeps_its_order_and_comes_one_after_the_other() -> None:
    out = outbox()
    for lane in range(200):
        out.put(NOON, "BLU.SWM.timing", m.Finish(unit=UNIT, subject=f"s{lane}", mark="48.10"))
    messages = list(out.drain())
    assert [raw.serial for raw in messages] == list(range(1, 201))
    assert len({raw.time for raw in messages}) == 200
    assert [m.decode(raw.data).subject for raw in messages] == [f"s{lane}" for lane in range(200)]  # type: ignore[union-attr]


def test_the_log_hears_it_later_by_the_delay_of_the_source() -> None:
    out = outbox()
    for source in ("BLU.SWM.timing", "BLU.SWM.backup", "BLU.SWM.desk", "central", "operations"):
        out.put(NOON, source, m.Start(unit=UNIT))
    late = {raw.source: raw.time - NOON * 1000 for raw in out.drain()}
    assert 40_000 <= late["BLU.SWM.timing"] < 90_000
    assert 180_000 <= late["BLU.SWM.backup"] < 420_000
    assert all(delay > 0 for delay in late.values())


def test_venue_time_is_in_the_message_and_beside_it() -> None:
    out = outbox()
    out.put(NOON, "BLU.SWM.timing", m.Start(unit=UNIT))
    (raw,) = out.drain()
    assert (raw.at, m.decode(raw.data).at) == (NOON, NOON)


def test_a_correction_names_the_message_that_it_is_about() -> None:
    out = outbox()
    score = m.Score(unit=UNIT, subject="a", mark="13.666")

    def correct(target: str) -> m.Message:
        return m.Correction(target=target, unit=UNIT, message=msgspec.Raw(m.encode(score)))

    out.put_about(NOON + 30 * HOUR, "operations", "the score", correct)
    out.put(NOON, "RED.GAR.timing", m.Score(unit=UNIT, subject="b", mark="14.0"))
    out.put(NOON, "RED.GAR.timing", m.Score(unit=UNIT, subject="a", mark="13.766"), "the score")
    last = m.decode(list(out.drain())[-1].data)
    assert isinstance(last, m.Correction)
    assert last.target == "RED.GAR.timing/2024-07-30/2"
