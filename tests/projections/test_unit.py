"""A unit: who stands where, matches, lost serials, and whose word counts."""

from __future__ import annotations

import pytest

from projections.unit import Loss, shown
from schemas import messages as m
from tests.projections.hand import Hand, in_every_order, reemit, rsc

UNIT = rsc("ATHM100M", "FNL-", "000100--")
BOUT = rsc("FENMSABRE", "FNL-", "000100--")
VOLLEY = rsc("VVOMTEAM6", "FNL-", "000100--")
GROUP = rsc("FBLMTEAM11", "GPA-", "000100--")
RESULT = f"result/{UNIT}"


def finish(who: str, mark: str, at: int = 0) -> m.Finish:
    return m.Finish(unit=UNIT, subject=who, mark=mark, at=at)


def irm(who: str, text: str, unit: str = UNIT, at: int = 0) -> m.Irm:
    return m.Irm(unit=unit, subject=who, irm=text, at=at)


def period(unit: str, ordinal: int, at: int = 0, **scores: str) -> m.Period:
    return m.Period(unit=unit, ordinal=ordinal, scores=scores, at=at)


def official(unit: str, at: int = 0) -> m.ResultStatus:
    return m.ResultStatus(unit=unit, status="OFFICIAL", at=at)


# -- standings -------------------------------------------------------------------------------------------------------


def test_irms_stand_at_the_end_in_the_sports_order() -> None:
    hand = Hand()
    hand.say("ath.timing", *(finish(who, "9.80") for who in "AB"), finish("C", "9.70"))
    hand.say("ath.desk", irm("A", "DNS"), irm("B", "DNF"), irm("D", "XYZ"), irm("E", "DQ"))
    assert hand.field(RESULT, "sort") == {"C": 1, "B": 2, "E": 3, "A": 4, "D": 5}
    assert hand.field(RESULT, "rank") == {"C": 1, "A": None, "B": None, "D": None, "E": None}
    hand.say("ath.desk", irm("A", "", at=1))
    assert hand.field(RESULT, "rank")["A"] == 2
    assert hand.all == reemit(hand.fold)


def test_an_irm_that_ranks_keeps_its_place() -> None:
    unit = rsc("SALMDINGHY", "PREL", "000100--")
    hand = Hand()
    hand.say("sal.timing", *(m.Finish(unit=unit, subject=who, place=n) for n, who in enumerate("AB", 1)))
    hand.say("sal.desk", irm("A", "SCP", unit), m.ScoreAdjusted(unit=unit, subject="A", amount="3", basis="penalty"))
    assert hand.field(f"result/{unit}", "rank") == {"A": 2, "B": 1}
    assert hand.field(f"result/{unit}", "mark") == {"A": "4.0", "B": "2.0"}


def test_a_bib_and_an_order_come_from_the_start_list_that_counts() -> None:
    hand = in_every_order(
        ("ath.desk", m.StartList(unit=UNIT, starters=(m.Starter("A", 1, "7"), m.Starter("B", 2)))),
        ("ath.backup", m.StartList(unit=UNIT, starters=(m.Starter("C", 1),))),
        ("ath.timing", finish("C", "9.9")),
    )
    assert hand.field(RESULT, "order") == {"A": 1, "B": 2, "C": None}
    assert hand.field(RESULT, "bib") == {"A": "7", "B": "", "C": ""}
    assert hand.rows(f"startlist/{UNIT}").keys() == {"A", "B"}


def test_a_revision_grows_with_a_rows_own_facts_only() -> None:
    hand = Hand()
    hand.say("ath.timing", finish("A", "9.80"))
    before = hand.views[RESULT].revisions["A"]
    hand.say("ath.timing", finish("B", "9.70"))
    assert hand.field(RESULT, "rank") == {"B": 1, "A": 2}
    assert hand.views[RESULT].revisions["A"] == before
    hand.say("ath.desk", irm("A", "DQ"))
    assert hand.views[RESULT].revisions["A"] == before + 1


@pytest.mark.parametrize(
    ("source", "counts"), [("ath.timing", "1"), ("operations", "2"), ("ath.desk", "3"), ("ath.backup", "4")]
)
def test_the_owner_of_a_kind_comes_before_all_but_operations(source: str, counts: str) -> None:
    marks = {"ath.timing": "1", "operations": "2", "ath.desk": "3", "ath.backup": "4"}
    order = ["operations", "ath.timing", "ath.desk", "ath.backup"]
    left = order[order.index(source) :]
    hand = in_every_order(*((one, finish("A", marks[one])) for one in left))
    assert hand.field(RESULT, "mark") == {"A": counts}


# -- matches ---------------------------------------------------------------------------------------------------------


def test_a_match_is_won_by_its_score_once_it_is_over() -> None:
    hand = Hand()
    hand.say("fen.timing", period(BOUT, 1, A="5", B="3"), period(BOUT, 2, A="2", B="6"))
    assert hand.field(f"result/{BOUT}", "mark") == {"A": "7", "B": "9"}
    assert hand.field(f"result/{BOUT}", "wlt") == {"A": "", "B": ""}
    hand.say("fen.desk", official(BOUT))
    assert hand.field(f"result/{BOUT}", "wlt") == {"A": "L", "B": "W"}
    assert hand.field(f"result/{BOUT}", "parts") == {"A": {"1": "5", "2": "2"}, "B": {"1": "3", "2": "6"}}
    hand.say("fen.timing", period(BOUT, 0, A="15", B="9", at=1))
    assert hand.field(f"result/{BOUT}", "wlt") == {"A": "W", "B": "L"}
    hand.say("fen.desk", m.ResultStatus(unit=BOUT, status="LIVE", at=2))
    assert hand.field(f"result/{BOUT}", "wlt") == {"A": "", "B": ""}
    assert hand.all == reemit(hand.fold)


def test_sets_count_where_the_sport_says_so() -> None:
    hand = in_every_order(
        ("vvo.timing", period(VOLLEY, 1, A="25", B="20")),
        ("vvo.backup", period(VOLLEY, 2, A="20", B="25")),
        ("vvo.desk", period(VOLLEY, 3, A="15", B="9")),
        ("operations", official(VOLLEY)),
    )
    assert hand.field(f"result/{VOLLEY}", "mark") == {"A": "2", "B": "1"}
    assert hand.field(f"result/{VOLLEY}", "wlt") == {"A": "W", "B": "L"}


def test_a_level_match_is_drawn_where_it_may_be_and_undecided_where_not() -> None:
    for unit, wlt, undecided in ((GROUP, "T", False), (BOUT, "", True)):
        hand = Hand()
        hand.say("x.timing", period(unit, 1, A="2", B="2"))
        hand.say("x.desk", official(unit))
        assert set(hand.field(f"result/{unit}", "wlt").values()) == {wlt}
        assert set(hand.field(f"result/{unit}", "undecided").values()) == {undecided}
        assert hand.rows(f"result/{unit}")["@"].undecided == 2 * undecided  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("irms", "wlt"),
    [
        ({"A": "DSQ"}, {"A": "L", "B": "W"}),
        ({"B": "DNS"}, {"A": "W", "B": "L"}),
        ({"A": "DSQ", "B": "DSQ"}, {"A": "", "B": ""}),
    ],
)
def test_an_irm_loses_a_match(irms: dict[str, str], wlt: dict[str, str]) -> None:
    hand = Hand()
    hand.say("fen.timing", period(BOUT, 1, A="5", B="3"))
    hand.say("fen.desk", official(BOUT), *(irm(who, text, BOUT) for who, text in irms.items()))
    assert hand.field(f"result/{BOUT}", "wlt") == wlt


def test_a_decision_wins_against_the_score() -> None:
    hand = in_every_order(
        ("fen.timing", period(BOUT, 1, A="5", B="3")),
        ("fen.desk", m.MatchDecided(unit=BOUT, winner="B", basis="injury")),
        ("operations", official(BOUT)),
    )
    assert hand.field(f"result/{BOUT}", "wlt") == {"A": "L", "B": "W"}
    assert hand.rows(f"result/{BOUT}")["@"].decided_by == ("injury",)  # type: ignore[attr-defined]


def test_points_are_a_score_until_periods_are() -> None:
    hand = in_every_order(
        ("fen.timing", m.Point(unit=BOUT, subject="A", ordinal=1)),
        ("fen.backup", m.Point(unit=BOUT, subject="B", ordinal=1, worth=2)),
        ("fen.desk", period(BOUT, 1, A="4")),
    )
    assert hand.field(f"result/{BOUT}", "mark") == {"A": "4", "B": "2"}


def test_the_clock_and_the_wind_are_in_the_head() -> None:
    hand = Hand()
    hand.say("fbl.timing", m.Clock(unit=GROUP, time="45:00", period="H1"), m.Wind(unit=GROUP, speed="+1.1"))
    head = hand.rows(f"result/{GROUP}")["@"]
    assert (head.clock, head.period, head.wind) == ("45:00", "H1", "+1.1")  # type: ignore[attr-defined]


# -- serials that were lost ------------------------------------------------------------------------------------------


def incomplete(hand: Hand) -> tuple[str, ...]:
    return hand.rows(RESULT)["@"].incomplete  # type: ignore[attr-defined, no-any-return]


def test_lost_serials_show_until_they_are_healed() -> None:
    hand = Hand()
    hand.say("ath.timing", finish("A", "9.80"), m.SerialsLost(session="s1", first=3, last=6, at=5))
    assert incomplete(hand) == ("ath.timing/s1/3-6",)
    hand.say("ath.timing", m.SerialsLost(session="s1", first=3, last=6, at=5))
    assert incomplete(hand) == ("ath.timing/s1/3-6",)
    hand.say("ath.timing", m.SerialsHealed(session="s1", first=4, last=5, at=6))
    assert incomplete(hand) == ("ath.timing/s1/3-3", "ath.timing/s1/6-6")
    hand.say("ath.timing", m.SerialsHealed(session="s2", first=3, last=6, at=6))
    assert incomplete(hand) == ("ath.timing/s1/3-3", "ath.timing/s1/6-6")
    hand.say("ath.timing", m.SerialsHealed(session="s1", first=1, last=9, at=6))
    assert incomplete(hand) == ()
    assert hand.all == reemit(hand.fold)


def test_what_was_lost_after_a_result_was_official_does_not_touch_it() -> None:
    hand = Hand()
    hand.say("ath.timing", finish("A", "9.80"), m.SerialsLost(session="s1", first=3, last=6, at=50))
    hand.say("ath.desk", official(UNIT, at=49))
    assert incomplete(hand) == ()
    hand.say("ath.timing", m.SerialsLost(session="s1", first=7, last=7, at=48))
    assert incomplete(hand) == ("ath.timing/s1/7-7",)


@pytest.mark.parametrize(
    ("healed", "left"),
    [
        ((1, 2), [(3, 6)]),
        ((7, 9), [(3, 6)]),
        ((3, 6), []),
        ((1, 9), []),
        ((3, 3), [(4, 6)]),
        ((6, 6), [(3, 5)]),
        ((4, 5), [(3, 3), (6, 6)]),
    ],
)
def test_a_loss_without_what_came(healed: tuple[int, int], left: list[tuple[int, int]]) -> None:
    assert [(one.first, one.last) for one in Loss("s", "s1", 3, 6, 0).without(*healed)] == left


# -- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (finish("A", "9.80"), "9.80"),
        (m.Finish(unit=UNIT, subject="A", place=3), "3"),
        (irm("A", "DQ"), "DQ"),
        (official(UNIT), "OFFICIAL"),
        (period(BOUT, 1, A="5", B="3"), "5:3"),
        (m.Height(unit=UNIT, subject="A", ordinal=2000, jumps="xo"), "xo"),
        (m.Start(unit=UNIT), ""),
    ],
)
def test_what_a_message_says_in_a_few_characters(message: m.Message, text: str) -> None:
    assert shown(message) == text
