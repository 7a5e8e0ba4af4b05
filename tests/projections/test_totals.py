"""Totals: the formulas against scores that were published, and the rules of who stands before whom."""

from __future__ import annotations

import pytest

from schemas import messages as m
from tests.projections.hand import Hand, reemit, rsc


def over(unit: str) -> m.ResultStatus:
    return m.ResultStatus(unit=unit, status="OFFICIAL")


# -- combined events -------------------------------------------------------------------------------------------------


def combined(event: str, performances: dict[str, str], who: str = "A", hand: Hand | None = None) -> Hand:
    hand = hand or Hand()
    for phase, mark in performances.items():
        unit = rsc(event, phase, "000100--")
        if phase in ("HJ--", "PV--"):
            cm = int(mark.replace(".", ""))
            hand.say("ath.timing", m.Height(unit=unit, subject=who, ordinal=cm * 10, jumps="o"))
        elif phase in ("LJ--", "SP--", "DT--", "JT--"):
            hand.say("ath.timing", m.Attempt(unit=unit, subject=who, ordinal=1, mark=mark))
        else:
            hand.say("ath.timing", m.Finish(unit=unit, subject=who, mark=mark))
        hand.say("ath.desk", over(unit))
    return hand


MAYER_2018 = {  # the world record of Talence, 9126 points
    "100-": ("10.55", 963),
    "LJ--": ("7.80", 1010),
    "SP--": ("16.00", 851),
    "HJ--": ("2.05", 850),
    "400-": ("48.42", 889),
    "110H": ("13.75", 1007),
    "DT--": ("50.54", 882),
    "PV--": ("5.45", 1051),
    "JT--": ("71.90", 918),
    "1500": ("4:36.11", 705),
}
WARNER_2020 = {  # the Olympic record of Tokyo, 9018 points
    "100-": ("10.12", 1066),
    "LJ--": ("8.24", 1123),
    "SP--": ("14.80", 777),
    "HJ--": ("2.02", 822),
    "400-": ("47.48", 934),
    "110H": ("13.46", 1045),
    "DT--": ("48.67", 843),
    "PV--": ("4.90", 880),
    "JT--": ("63.44", 790),
    "1500": ("4:31.08", 738),
}
JOYNER_KERSEE_1988 = {  # the world record of Seoul, 7291 points
    "100H": ("12.69", 1172),
    "HJ--": ("1.86", 1054),
    "SP--": ("15.80", 915),
    "200-": ("22.56", 1123),
    "LJ--": ("7.27", 1264),
    "JT--": ("45.66", 776),
    "800-": ("2:08.51", 987),
}


@pytest.mark.parametrize(
    ("event", "performances", "total"),
    [
        ("ATHMDECATH", MAYER_2018, "9126"),
        ("ATHMDECATH", WARNER_2020, "9018"),
        ("ATHWHEPTATH", JOYNER_KERSEE_1988, "7291"),
    ],
)
def test_combined_events_score_by_the_tables(event: str, performances: dict[str, tuple[str, int]], total: str) -> None:
    hand = combined(event, {phase: mark for phase, (mark, _) in performances.items()})
    (row,) = [row for key, row in hand.rows(f"cumulative/{rsc(event)}").items() if key != "@"]
    assert row.mark == total  # type: ignore[attr-defined]
    assert {code[22:26]: int(points) for code, points in row.parts.items()} == {  # type: ignore[attr-defined]
        phase: points for phase, (_, points) in performances.items()
    }


def test_a_performance_beyond_the_table_is_worth_nothing() -> None:
    hand = combined("ATHMDECATH", {"100-": "18.00", "SP--": "1.50", "1500": "9:00.00"})
    assert hand.field(f"cumulative/{rsc('ATHMDECATH')}", "mark") == {"A": "0"}


def test_a_part_without_a_mark_shows_its_irm_and_costs_its_points() -> None:
    hand = combined("ATHMDECATH", {"100-": "10.55"})
    combined("ATHMDECATH", {"100-": "10.55", "LJ--": "7.80"}, "B", hand)
    unit = rsc("ATHMDECATH", "LJ--", "000100--")
    hand.say("ath.desk", m.Irm(unit=unit, subject="A", irm="NM"))
    view = f"cumulative/{rsc('ATHMDECATH')}"
    assert hand.field(view, "rank") == {"B": 1, "A": 2}
    assert hand.rows(view)["A"].parts[unit] == "NM"  # type: ignore[attr-defined]


def test_equal_totals_share_their_rank() -> None:
    hand = combined("ATHMDECATH", {"100-": "10.55"})
    combined("ATHMDECATH", {"100-": "10.55"}, "B", hand)
    assert hand.field(f"cumulative/{rsc('ATHMDECATH')}", "rank") == {"A": 1, "B": 1}


def test_a_part_that_is_open_again_does_not_count() -> None:
    hand = combined("ATHMDECATH", {"100-": "10.55", "LJ--": "7.80"})
    view = f"cumulative/{rsc('ATHMDECATH')}"
    hand.say("ath.desk", m.ResultStatus(unit=rsc("ATHMDECATH", "LJ--", "000100--"), status="LIVE", at=1))
    assert hand.field(view, "mark") == {"A": "963"}
    hand.say("ath.desk", m.ResultStatus(unit=rsc("ATHMDECATH", "100-", "000100--"), status="LIVE", at=1))
    assert hand.rows(view) == {}
    assert hand.all == reemit(hand.fold)


def test_a_starter_of_the_total_only_has_a_total() -> None:
    hand = combined("ATHMDECATH", {"100-": "10.55"})
    combined("ATHMDECATH", {"100-": "10.60"}, "B", hand)
    hand.say("ath.desk", m.StartList(unit=rsc("ATHMDECATH"), starters=(m.Starter("B"),)))
    view = f"cumulative/{rsc('ATHMDECATH')}"
    assert hand.field(view, "rank")["B"] == 1
    assert hand.field(view, "mark").get("A", "") == ""
    assert hand.all == reemit(hand.fold)


def test_points_are_taken_from_a_total() -> None:
    hand = combined("ATHMDECATH", {"100-": "10.55"})
    taken = m.ScoreAdjusted(unit=rsc("ATHMDECATH"), subject="A", amount="-63", basis="penalty")
    hand.say("ath.desk", taken)
    assert hand.field(f"cumulative/{rsc('ATHMDECATH')}", "mark") == {"A": "900"}
    hand.say("ath.desk", m.Retraction(target="ath.desk/s1/2", unit=rsc("ATHMDECATH")))
    assert hand.field(f"cumulative/{rsc('ATHMDECATH')}", "mark") == {"A": "963"}
    assert hand.all == reemit(hand.fold)


# -- modern pentathlon -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "points"),
    [
        ("2:30.00", "250"),
        ("2:29.99", "251"),
        ("2:29.50", "251"),
        ("2:29.49", "252"),
        ("2:30.49", "250"),
        ("2:30.50", "249"),
        ("1:59.31", "312"),
        ("2:00.00", "310"),
    ],
)
def test_a_swim_of_two_minutes_thirty_is_worth_250(time: str, points: str) -> None:
    unit = rsc("MPNMINDIVID", "FNL-", "0001SW01")
    hand = Hand()
    hand.say("mpn.timing", m.Finish(unit=unit, subject="A", mark=time))
    hand.say("mpn.desk", over(unit))
    assert hand.field(f"cumulative/{rsc('MPNMINDIVID', 'FNL-')}", "mark") == {"A": points}


def test_the_pentathlon_adds_up() -> None:
    total = rsc("MPNMINDIVID", "FNL-")
    hand = Hand()
    for phase, unit, marks in (
        ("RANK", "0001FE--", {"A": "220", "B": "230"}),
        ("FNL-", "0001LR--", {"A": "650", "B": "640"}),
    ):
        code = rsc("MPNMINDIVID", phase, unit)
        hand.say("mpn.timing", *(m.Score(unit=code, subject=who, mark=mark) for who, mark in marks.items()))
        hand.say("mpn.desk", over(code))
    assert hand.field(f"cumulative/{total}", "undecided") == {"A": True, "B": True}
    hand.say("mpn.desk", m.OrderDecided(unit=total, order=(("B",), ("A",)), basis="rule"))
    assert hand.field(f"cumulative/{total}", "rank") == {"B": 1, "A": 2}


# -- sailing ---------------------------------------------------------------------------------------------------------

SERIES = f"cumulative/{rsc('SALMDINGHY')}"


def race(hand: Hand, number: int, *order: str, phase: str = "PREL", irms: dict[str, str] | None = None) -> str:
    unit = rsc("SALMDINGHY", phase, f"000{number}00--")
    everybody = sorted({*order, *(irms or {})})
    hand.say("sal.desk", m.StartList(unit=unit, starters=tuple(m.Starter(one) for one in everybody)))
    hand.say("sal.timing", *(m.Finish(unit=unit, subject=one, place=n) for n, one in enumerate(order, start=1)))
    hand.say("sal.desk", *(m.Irm(unit=unit, subject=who, irm=irm) for who, irm in (irms or {}).items()))
    hand.say("sal.desk", over(unit))
    return unit


def test_the_lowest_points_win_and_from_four_races_on_the_worst_is_left_out() -> None:
    hand = Hand()
    for number, order in enumerate(("ABC", "ABC", "CBA"), start=1):
        race(hand, number, *order)
    assert hand.field(SERIES, "mark") == {"A": "5.0", "B": "6.0", "C": "7.0"}
    race(hand, 4, *"CBA")
    assert hand.field(SERIES, "mark") == {"A": "5.0", "B": "6.0", "C": "5.0"}
    # A: 1 1 3 (3), C: 1 1 3 (3): best to worst are equal, the last race decides (RRS A8.2).
    assert hand.field(SERIES, "rank") == {"C": 1, "A": 2, "B": 3}


def test_equal_points_stand_by_the_best_scores() -> None:
    """RRS A8.1: A has 1 3, B has 2 2."""
    hand = Hand()
    race(hand, 1, *"ABC")
    race(hand, 2, *"CBA")
    assert hand.field(SERIES, "rank") == {"C": 1, "A": 2, "B": 3}


@pytest.mark.parametrize(
    ("irm", "mark"),
    [("DNF", "4.0"), ("OCS", "4.0"), ("DSQ", "4.0")],
)
def test_who_does_not_finish_has_one_point_more_than_there_are_boats(irm: str, mark: str) -> None:
    hand = Hand()
    unit = race(hand, 1, "A", "B", irms={"C": irm})
    assert hand.field(SERIES, "mark")["C"] == mark
    assert hand.rows(SERIES)["C"].parts[unit] == f"{mark} {irm}"  # type: ignore[attr-defined]


def test_who_finished_and_is_disqualified_has_the_points_of_that() -> None:
    """RRS A5.2."""
    hand = Hand()
    unit = race(hand, 1, *"ABC")
    hand.say("sal.desk", m.Irm(unit=unit, subject="A", irm="DSQ"))
    assert hand.field(SERIES, "mark")["A"] == "4.0"
    hand.say("sal.desk", m.Irm(unit=unit, subject="B", irm="SCP"))
    assert hand.field(SERIES, "mark")["B"] == "2.0"


def test_who_sails_the_medal_race_stands_before_all_others() -> None:
    hand = Hand()
    race(hand, 1, *"ABCD")
    race(hand, 1, "D", "C", phase="FNL-")
    assert hand.field(SERIES, "mark") == {"A": "1.0", "B": "2.0", "C": "7.0", "D": "6.0"}
    assert hand.field(SERIES, "rank") == {"D": 1, "C": 2, "A": 3, "B": 4}


# -- what a total of a first part is ordered by ----------------------------------------------------------------------


def test_who_goes_on_is_ordered_by_the_part_not_by_the_total() -> None:
    view = f"cumulative/{rsc('SALMIQFOIL')}"
    hand = Hand()
    units = {
        rsc("SALMIQFOIL", "PREL", "000100--"): "ABCD",
        rsc("SALMIQFOIL", "SFNL", "000100--"): "CBA",
        rsc("SALMIQFOIL", "FNL-", "000100--"): "BC",
    }
    for unit, order in units.items():
        hand.say("sal.timing", *(m.Finish(unit=unit, subject=one, place=n) for n, one in enumerate(order, start=1)))
        hand.say("sal.desk", over(unit))
    assert hand.field(view, "rank") == {"B": 1, "C": 2, "A": 3, "D": 4}
    assert hand.field(view, "mark") == {"A": "1.0", "B": "2.0", "C": "3.0", "D": "4.0"}
    assert hand.all == reemit(hand.fold)


def test_an_irm_in_a_part_takes_out_of_the_ranks_where_all_parts_must_be_completed() -> None:
    event = "EQUOEVENINDV"
    hand = Hand()
    dressage, cross = rsc(event, "DRSS", "000100--"), rsc(event, "XC--", "000100--")
    hand.say(
        "equ.timing", *(m.Score(unit=dressage, subject=who, mark=mark) for who, mark in (("A", "20"), ("B", "25")))
    )
    hand.say("equ.desk", over(dressage))
    hand.say("equ.timing", m.Score(unit=cross, subject="B", mark="1.2"))
    hand.say("equ.desk", m.Irm(unit=cross, subject="A", irm="EL"), over(cross))
    view = f"cumulative/{rsc(event)}"
    assert hand.field(view, "rank") == {"B": 1, "A": None}
    assert hand.field(view, "irm") == {"B": "", "A": "EL"}
