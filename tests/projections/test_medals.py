"""Medals: what the rules give, and what is decided beside them."""

import pytest

from schemas import messages as m
from tests.projections.hand import Hand, in_every_order, rsc

UNIT = rsc("SWMM100MFR", "FNL-", "000100--")
EVENT = rsc("SWMM100MFR")
MEDALLISTS = f"medallists/{EVENT}"
GOLD, SILVER, BRONZE = "ME_GOLD", "ME_SILVER", "ME_BRONZE"


def people(*who: str) -> list[m.Message]:
    return [m.Participant(code=one, name=one, organisation=f"N{one}") for one in who]


def final(*marks: str, unit: str = UNIT) -> list[m.Message]:
    return [m.Finish(unit=unit, subject="ABCDE"[n], mark=mark) for n, mark in enumerate(marks)]


def status(unit: str = UNIT, status: str = "OFFICIAL", at: int = 0) -> m.ResultStatus:
    return m.ResultStatus(unit=unit, status=status, at=at)  # type: ignore[arg-type]


def decision(who: str, what: str, medal: str = "", at: int = 0) -> m.MedalDecision:
    return m.MedalDecision(event=EVENT, subject=who, decision=what, medal=medal, reason="court", at=at)  # type: ignore[arg-type]


@pytest.fixture
def hand() -> Hand:
    hand = Hand()
    hand.say("central", *people(*"ABCDE"))
    return hand


# -- by ranks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "medals"),
    [
        (("50.1", "50.2", "50.3", "50.4"), {"A": GOLD, "B": SILVER, "C": BRONZE}),
        (("50.1", "50.1", "50.3", "50.4"), {"A": GOLD, "B": GOLD, "C": BRONZE}),
        (("50.1", "50.2", "50.2", "50.4"), {"A": GOLD, "B": SILVER, "C": SILVER}),
        (("50.1", "50.2", "50.3", "50.3"), {"A": GOLD, "B": SILVER, "C": BRONZE, "D": BRONZE}),
        (("50.1", "50.1", "50.1", "50.4"), {"A": GOLD, "B": GOLD, "C": GOLD}),
        (("50.1",), {"A": GOLD}),
        ((), {}),
    ],
)
def test_dead_heats_share_a_medal_and_skip_the_next(hand: Hand, marks: tuple[str, ...], medals: dict[str, str]) -> None:
    hand.say("swm.timing", *final(*marks))
    assert hand.rows(MEDALLISTS) == {}
    hand.say("swm.desk", status())
    assert hand.field(MEDALLISTS, "medal") == medals
    assert hand.field(f"ranking/{EVENT}", "rank").keys() == set("ABCD"[: len(marks)])


def test_medals_go_when_the_result_is_open_again_and_wait_under_a_protest(hand: Hand) -> None:
    hand.say("swm.timing", *final("50.1", "50.2"))
    hand.say("swm.desk", status(at=1), status(status="PROTESTED", at=2))
    assert hand.field(MEDALLISTS, "state") == {"A": "under_review", "B": "under_review"}
    hand.say("swm.desk", status(status="LIVE", at=3))
    assert hand.rows(MEDALLISTS) == {}
    assert hand.rows("medals/table") == {}
    assert hand.rows(f"event/{EVENT}")["@"].state == "RUNNING"  # type: ignore[attr-defined]
    hand.say("swm.desk", status(at=4))
    assert hand.field(MEDALLISTS, "state") == {"A": "", "B": ""}
    assert hand.rows(f"event/{EVENT}")["@"].state == "FINISHED"  # type: ignore[attr-defined]


def test_a_protest_before_anything_was_official_gives_nothing(hand: Hand) -> None:
    hand.say("swm.timing", *final("50.1"))
    hand.say("swm.desk", status(status="PROTESTED"))
    assert hand.rows(MEDALLISTS) == {}


def test_a_disqualification_after_the_medals_moves_them_in_the_same_cut(hand: Hand) -> None:
    hand.say("swm.timing", *final("50.1", "50.2", "50.3", "50.4"))
    hand.say("swm.desk", status())
    hand.say("swm.desk", m.Irm(unit=UNIT, subject="A", irm="DSQ"))
    assert hand.field(MEDALLISTS, "medal") == {"B": GOLD, "C": SILVER, "D": BRONZE}
    assert {f"result/{UNIT}", MEDALLISTS, "medals/table", "org/NA", "athlete/D"} <= {view for view, _ in hand.changed()}


def test_an_undecided_tie_gives_no_medal_until_it_is_decided() -> None:
    unit = rsc("ATHM100M", "FNL-", "000100--")
    hand = Hand()
    hand.say("ath.timing", *final("9.80", "9.80", "9.90", unit=unit))
    hand.say("ath.desk", status(unit))
    assert hand.field(f"medallists/{rsc('ATHM100M')}", "medal") == {"C": BRONZE}
    assert hand.rows(f"event/{rsc('ATHM100M')}")["@"].state == "RUNNING"  # type: ignore[attr-defined]
    hand.say("ath.desk", m.OrderDecided(unit=unit, order=(("B",), ("A",)), basis="photo_finish"))
    assert hand.field(f"medallists/{rsc('ATHM100M')}", "medal") == {"B": GOLD, "A": SILVER, "C": BRONZE}
    assert hand.rows(f"event/{rsc('ATHM100M')}")["@"].state == "FINISHED"  # type: ignore[attr-defined]


def test_a_later_unit_breaks_the_ties_of_the_one_before() -> None:
    first, off = rsc("EQUOJUMPINDV", "FNL-", "000100--"), rsc("EQUOJUMPINDV", "FNL-", "0002RR--")
    hand = Hand()
    scores = {"A": "0", "B": "0", "C": "0", "D": "4"}
    hand.say("equ.timing", *(m.Score(unit=first, subject=who, mark=mark) for who, mark in scores.items()))
    hand.say("equ.desk", status(first))
    hand.say("equ.timing", *(m.Score(unit=off, subject=who, mark=mark) for who, mark in zip("ABC", "402", strict=True)))
    hand.say("equ.desk", status(off))
    view = f"medallists/{rsc('EQUOJUMPINDV')}"
    assert hand.field(view, "medal") == {"B": GOLD, "C": SILVER, "A": BRONZE}
    assert set(hand.field(view, "unit").values()) == {off}
    assert hand.field(f"ranking/{rsc('EQUOJUMPINDV')}", "rank") == {"B": 1, "C": 2, "A": 3, "D": 4}


# -- by a final ------------------------------------------------------------------------------------------------------

BOXING = {
    name: rsc("BOXW54KG", phase, unit)
    for name, phase, unit in (
        ("semi 1", "SFNL", "000100--"),
        ("semi 2", "SFNL", "000200--"),
        ("final", "FNL-", "000100--"),
    )
}
BOX_MEDALS = f"medallists/{rsc('BOXW54KG')}"


def bout(hand: Hand, unit: str, winner: str, *sides: str) -> None:
    """Have a bout decided."""
    starters = tuple(m.Starter(one, order) for order, one in enumerate(sides, start=1))
    desk = f"{unit[:3].lower()}.desk"
    hand.say(desk, m.StartList(unit=unit, starters=starters), status(unit))
    hand.say(desk, m.MatchDecided(unit=unit, winner=winner, basis="referee"))


def test_both_losers_of_the_semi_finals_have_a_bronze(hand: Hand) -> None:
    bout(hand, BOXING["semi 1"], "A", "A", "B")
    assert hand.field(BOX_MEDALS, "medal") == {"B": BRONZE}
    assert hand.rows(f"event/{rsc('BOXW54KG')}")["@"].state == "RUNNING"  # type: ignore[attr-defined]
    bout(hand, BOXING["semi 2"], "D", "C", "D")
    bout(hand, BOXING["final"], "D", "A", "D")
    assert hand.field(BOX_MEDALS, "medal") == {"D": GOLD, "A": SILVER, "B": BRONZE, "C": BRONZE}
    assert hand.field(f"ranking/{rsc('BOXW54KG')}", "rank") == {"D": 1, "A": 2, "B": 3, "C": 3}
    assert hand.field(f"ranking/{rsc('BOXW54KG')}", "tied") == {"D": False, "A": False, "B": True, "C": True}
    assert hand.rows(f"event/{rsc('BOXW54KG')}")["@"].state == "FINISHED"  # type: ignore[attr-defined]


def test_where_nobody_wins_nobody_has_the_losers_medal(hand: Hand) -> None:
    bout(hand, BOXING["final"], "", "A", "B")
    assert hand.rows(BOX_MEDALS) == {}
    bout(hand, BOXING["semi 1"], "", "C", "D")
    assert hand.rows(BOX_MEDALS) == {}


def fencing(unit: str, phase: str = "FNL-") -> str:
    return rsc("FENMSABRE", phase, unit)


def test_a_bronze_match_gives_one_bronze_and_a_fourth_place(hand: Hand) -> None:
    bout(hand, fencing("000100--"), "A", "A", "B")
    bout(hand, fencing("000200--"), "D", "C", "D")
    assert hand.field(f"medallists/{rsc('FENMSABRE')}", "medal") == {"A": GOLD, "B": SILVER, "D": BRONZE}
    assert hand.field(f"ranking/{rsc('FENMSABRE')}", "rank") == {"A": 1, "B": 2, "D": 3, "C": 4}


def test_who_is_disqualified_from_the_final_for_misconduct_has_no_silver(hand: Hand) -> None:
    bout(hand, fencing("000100--"), "A", "A", "B")
    hand.say("fen.desk", m.Irm(unit=fencing("000100--"), subject="B", irm="DQB"))
    assert hand.field(f"medallists/{rsc('FENMSABRE')}", "medal") == {"A": GOLD}


def test_the_matches_of_a_team_contest_give_no_medals(hand: Hand) -> None:
    contest, match = rsc("JUDXTEAM6", "FNL-", "00010000"), rsc("JUDXTEAM6", "FNL-", "00010001")
    bout(hand, contest, "A", "A", "B")
    bout(hand, match, "C", "C", "D")
    assert hand.field(f"medallists/{rsc('JUDXTEAM6')}", "medal") == {"A": GOLD, "B": SILVER}


def test_where_no_bronze_is_contested_the_semi_final_loser_who_could_has_it(hand: Hand) -> None:
    def unit(phase: str, number: str) -> str:
        return rsc("BDMMSINGLES", phase, number)

    bout(hand, unit("SFNL", "000100--"), "A", "A", "B")
    bout(hand, unit("SFNL", "000200--"), "D", "C", "D")
    hand.say("bdm.desk", m.Irm(unit=unit("SFNL", "000200--"), subject="C", irm="RET"))
    hand.say("bdm.desk", m.UnitNotHeld(unit=unit("FNL-", "000200--"), reason="injury"))
    bout(hand, unit("FNL-", "000100--"), "D", "A", "D")
    assert hand.field(f"medallists/{rsc('BDMMSINGLES')}", "medal") == {"D": GOLD, "A": SILVER, "B": BRONZE}


def test_a_final_of_two_that_ends_level_has_two_winners_in_every_order() -> None:
    unit = rsc("SHOXAR10M", "FNL-", "000100--")
    hand = in_every_order(
        ("sho.timing", m.Shot(unit=unit, subject="B", ordinal=1, mark="10.1")),
        ("sho.backup", m.Shot(unit=unit, subject="A", ordinal=1, mark="10.1")),
        ("sho.desk", m.OrderDecided(unit=unit, order=(("A", "B"),), basis="dead_heat")),
        ("operations", status(unit)),
    )
    assert hand.field(f"medallists/{rsc('SHOXAR10M')}", "medal") == {"A": GOLD, "B": GOLD}


# -- decisions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decisions", "medals", "states"),
    [
        ([decision("A", "strip")], {"B": SILVER, "C": BRONZE}, {"B": "", "C": ""}),
        (
            [decision("A", "strip"), decision("B", "award", GOLD, at=1)],
            {"B": GOLD, "C": BRONZE},
            {"B": "reallocated", "C": ""},
        ),
        ([decision("B", "award", SILVER)], {"A": GOLD, "B": SILVER, "C": BRONZE}, {"A": "", "B": "", "C": ""}),
        ([decision("B", "review")], {"A": GOLD, "B": SILVER, "C": BRONZE}, {"A": "", "B": "under_review", "C": ""}),
        (
            [decision("E", "review", GOLD)],
            {"E": GOLD, "B": SILVER, "C": BRONZE},
            {"E": "under_review", "B": "", "C": ""},
        ),
        ([decision("C", "vacant", BRONZE)], {"A": GOLD, "B": SILVER}, {"A": "", "B": ""}),
        ([decision("E", "award")], {"A": GOLD, "B": SILVER, "C": BRONZE}, {"A": "", "B": "", "C": ""}),
        ([decision("E", "review")], {"A": GOLD, "B": SILVER, "C": BRONZE}, {"A": "", "B": "", "C": ""}),
        ([decision("E", "vacant")], {"A": GOLD, "B": SILVER, "C": BRONZE}, {"A": "", "B": "", "C": ""}),
        (
            [decision("E", "review", GOLD), decision("A", "award", GOLD)],
            {"A": GOLD, "B": SILVER, "C": BRONZE},
            {"A": "", "B": "", "C": ""},
        ),
        (
            [decision("D", "award", BRONZE)],
            {"A": GOLD, "B": SILVER, "C": BRONZE, "D": BRONZE},
            {"A": "", "B": "", "C": "", "D": "reallocated"},
        ),
    ],
)
def test_medals_are_decided(
    hand: Hand, decisions: list[m.Message], medals: dict[str, str], states: dict[str, str]
) -> None:
    hand.say("swm.timing", *final("50.1", "50.2", "50.3", "50.4", "50.5"))
    hand.say("swm.desk", status())
    hand.say("operations", *decisions)
    assert hand.field(MEDALLISTS, "medal") == medals
    assert hand.field(MEDALLISTS, "state") == states


def test_a_decision_may_come_before_the_result_and_be_taken_back(hand: Hand) -> None:
    name = hand.say("operations", decision("A", "strip"))
    hand.say("swm.timing", *final("50.1", "50.2"))
    hand.say("swm.desk", status())
    assert hand.field(MEDALLISTS, "medal") == {"B": SILVER}
    hand.say("operations", m.Retraction(target=name, unit=EVENT))
    assert hand.field(MEDALLISTS, "medal") == {"A": GOLD, "B": SILVER}


def test_a_medal_counts_for_the_organisation_that_its_holder_has_now(hand: Hand) -> None:
    hand.say("swm.timing", *final("50.1", "50.2"))
    hand.say("swm.desk", status())
    assert hand.field("medals/table", "gold") == {"NA": 1, "NB": 0}
    hand.say("central", m.Participant(code="A", name="A", organisation="NX", at=1))
    assert hand.field("medals/table", "gold") == {"NX": 1, "NB": 0}
    assert hand.rows("org/NA") == {}
    assert hand.rows("org/NX").keys() == {f"{EVENT}/A"}
