"""The plan: rows of the schedule find the units that they mean."""

from __future__ import annotations

from engine.sports import load_sports
from replay.paris2024.files import Line
from replay.paris2024.plan import Planned, Slot, plan_units, total_parts
from replay.paris2024.programme import Session, earlier_sessions
from replay.paris2024.results import Row, Unit

MINUTE = 60_000
LINE = Line("schedules.csv", 2, {})


def unit(code: str, date: int = 0) -> Unit:
    row = Row("a", "A", False, "QAA", None, "", 1, "1", "", "", "", LINE)
    return Unit(code, "Event", "", "Discipline", "Place", date, (row,))


def slot(code: str, start: int, end: int, medal: int = 0, name: str = "") -> Slot:
    event = code[:22] + "-" * 12
    return Slot(code, event, name, start * MINUTE, end * MINUTE, "2024-08-01", medal, "BLU", "Pool", "", False, LINE)


def plan(units: list[Unit], *slots: Slot) -> dict[str, tuple[int, int]]:
    found = plan_units({one.code: one for one in units}, slots, load_sports())
    return {code[22:]: (one.start // MINUTE, one.end // MINUTE) for code, one in found.items()}


SWIM, BMX, ROW, CLIMB = (
    "SWMM100MFR------------",
    "BMXMINDVRACE----------",
    "ROWMSCULL1------------",
    "CLBMSPEED-------------",
)


def test_a_row_of_its_own_code() -> None:
    assert plan([unit(SWIM + "FNL-000100--")], slot(SWIM + "FNL-000100--", 30, 38)) == {"FNL-000100--": (30, 38)}


def test_of_two_rows_of_one_code_the_one_nearer_to_its_publication() -> None:
    rows = (slot(SWIM + "FNL-000100--", 30, 38), slot(SWIM + "FNL-000100--", 90, 98))
    assert plan([unit(SWIM + "FNL-000100--", 99 * MINUTE)], *rows) == {"FNL-000100--": (90, 98)}


def test_heats_share_the_row_of_their_phase_in_their_order() -> None:
    heats = [unit(f"{SWIM}HEAT000{n}00--", 90 * MINUTE) for n in (1, 2, 3)]
    assert plan(heats, slot(SWIM + "HEAT--------", 0, 30)) == {
        "HEAT000100--": (0, 10),
        "HEAT000200--": (10, 20),
        "HEAT000300--": (20, 30),
    }


def test_runs_share_several_rows_evenly() -> None:
    units = [unit(f"{BMX}QFNL000{run}0{heat}--") for run in (1, 2) for heat in (1, 2)]
    assert plan(units, slot(BMX + "QFNL--------", 40, 50), slot(BMX + "QFNL--------", 0, 10)) == {
        "QFNL000101--": (0, 5),
        "QFNL000102--": (5, 10),
        "QFNL000201--": (40, 45),
        "QFNL000202--": (45, 50),
    }


def test_the_row_that_decides_gold_is_the_first_final_and_dates_tell_the_others() -> None:
    finals = [
        unit(ROW + "FNL-000100--", 100 * MINUTE),
        unit(ROW + "FNL-000200--", 80 * MINUTE),
        unit(ROW + "FNL-000300--", 60 * MINUTE),
    ]
    rows = [slot(ROW + "FNL---------", start, start + 7, medal) for start, medal in ((50, 0), (70, 0), (90, 1))]
    assert plan(finals, *rows) == {"FNL-000300--": (50, 57), "FNL-000200--": (70, 77), "FNL-000100--": (90, 97)}


def test_where_dates_tell_nothing_the_better_semi_finals_row_last() -> None:
    semis = [unit(f"{ROW}SFNL000{n}00--", 9999 * MINUTE) for n in (1, 2, 3, 4)]
    rows = [slot(ROW + "SFNL--------", start, start + 7) for start in (0, 10, 60, 70)]
    assert plan(semis, *rows)["SFNL000100--"] == (70, 77)


def test_parts_belong_to_their_parent_and_a_swim_off_to_its_own_row() -> None:
    duels = [unit(f"{CLIMB}QUAL0002EL0{n}") for n in (1, 2)]
    assert plan(duels, slot(CLIMB + "QUAL0002EL00", 0, 20)) == {"QUAL0002EL01": (0, 10), "QUAL0002EL02": (10, 20)}
    swims = [unit(SWIM + "SFNL000100--"), unit(SWIM + "SFNL0001RR--")]
    assert plan(swims, slot(SWIM + "SFNL--------", 0, 10), slot(SWIM + "SFNL0000RR--", 60, 62)) == {
        "SFNL000100--": (0, 10),
        "SFNL0001RR--": (60, 62),
    }


def test_a_contest_of_several_races_lasts_from_the_first_to_the_last() -> None:
    sprint = "CTRMSPRINT------------"
    rows = [slot(sprint + "FNL---------", start, start + 9, medal) for start, medal in ((0, 0), (60, 0), (90, 1))]
    found = plan_units({sprint + "FNL-00010000": unit(sprint + "FNL-00010000")}, rows, load_sports())
    one = found[sprint + "FNL-00010000"]
    assert (one.start, one.end, one.medal) == (0, 99 * MINUTE, 1)


def test_rows_of_an_event_go_by_the_words_of_their_phase() -> None:
    units = [unit(CLIMB + code) for code in ("QFNL000100--", "FNL-000100--", "FNL-000200--")]
    rows = (
        slot(CLIMB + "-" * 12, 0, 6, name="Men's Speed Quarterfinals"),
        slot(CLIMB + "-" * 12, 20, 26, 1, name="Men's Speed Final"),
    )
    assert plan(units, *rows) == {"QFNL000100--": (0, 6), "FNL-000200--": (20, 23), "FNL-000100--": (23, 26)}


def test_a_total_is_planned_over_its_parts_and_decided_with_the_last() -> None:
    golf = "GLFMSTROKE------------"
    units = {golf + code: unit(golf + code) for code in ("FNL-000100--", "FNL-000200--", "-" * 12)}
    rows = [slot(golf + "FNL---------", 0, 540), slot(golf + "FNL---------", 1440, 1980, 1)]
    found = plan_units(units, rows, load_sports())
    whole: Planned = found[golf + "-" * 12]
    assert (whole.start, whole.end, whole.medal) == (0, 1980 * MINUTE, 1)
    assert total_parts(units[golf + "-" * 12], units, load_sports()["GLF"]) == [
        golf + "FNL-000100--",
        golf + "FNL-000200--",
    ]
    assert total_parts(units[golf + "FNL-000100--"], units, load_sports()["GLF"]) is None


# -- the earlier plan ------------------------------------------------------------------------------------------------


def session(start: int, end: int, medal: int = 0) -> Session:
    return Session("TRI", start * MINUTE, end * MINUTE, medal, "ALX", "Bridge")


def at(start: int, medal: int = 0) -> Planned:
    return Planned(start * MINUTE, (start + 120) * MINUTE, "", medal, "ALX", "")


def test_a_unit_stood_where_the_session_of_its_start_stood() -> None:
    sessions = [session(0, 60), session(60, 200), session(100, 104)]
    found = earlier_sessions(sessions, {"TRI1": at(60), "TRI2": at(105), "TRI3": at(900)})
    assert (found["TRI1"], found["TRI2"], "TRI3" in found) == (sessions[1], sessions[1], False)


def test_what_decides_a_medal_may_have_moved_by_a_day_from_a_session_that_nothing_else_began_in() -> None:
    day = 24 * 60
    sessions = [session(480, 600, 1), session(day + 480, day + 610, 1)]
    found = earlier_sessions(sessions, {"TRIW": at(day + 480, 1), "TRIM": at(day + 645, 1)})
    assert found == {"TRIW": sessions[1], "TRIM": sessions[0]}


def test_nothing_else_moves_but_by_hours_or_whole_days() -> None:
    assert earlier_sessions([session(0, 60)], {"TRI1": at(170)}) != {}
    assert earlier_sessions([session(0, 60)], {"TRI1": at(1440)}) != {}
    assert earlier_sessions([session(0, 60)], {"TRI1": at(700)}) == {}
    assert earlier_sessions([session(0, 60, 1)], {"TRI1": at(5 * 1440, 1)}) == {}
