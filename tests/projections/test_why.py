"""Why a row is what it is: down to the raw messages."""

from __future__ import annotations

import pytest

from projections.why import Reason, UnexplainedError, explain
from schemas import messages as m
from tests.projections.hand import Hand, rsc

UNIT = rsc("SWMM100MFR", "FNL-", "000100--")
EVENT = rsc("SWMM100MFR")


@pytest.fixture
def hand() -> Hand:
    hand = Hand()
    hand.say("central", m.Participant(code="A", name="Ada", organisation="USA"))
    hand.say("swm.timing", m.Finish(unit=UNIT, subject="A", mark="50.1", at=1))
    hand.say(
        "swm.timing",
        m.Finish(unit=UNIT, subject="A", mark="50.0", at=2),
        m.Finish(unit=UNIT, subject="A", mark="50.0", at=2),
    )
    hand.say("swm.desk", m.ResultStatus(unit=UNIT, status="OFFICIAL"))
    return hand


def test_a_medal_leads_back_to_the_finish_and_the_signature(hand: Hand) -> None:
    finish = Reason("finish", "50.0", ["swm.timing/s1/2"])
    official = Reason("result_status", "OFFICIAL", ["swm.desk/s1/1"])
    result = Reason(f"result/{UNIT} A", "rank 1 50.0", [], [finish, official])
    medal = Reason(f"medallists/{EVENT} A", "ME_GOLD", [], [result])
    assert explain(hand.fold, "medals/table", "USA") == Reason(
        "medals/table USA", "1 gold, 0 silver, 0 bronze", [], [medal]
    )
    for view, key in (
        (f"medallists/{EVENT}", "A"),
        (f"ranking/{EVENT}", "A"),
        ("medallists/discipline/SWM", f"{EVENT}/A"),
        ("org/USA", f"{EVENT}/A"),
        ("athlete/A", EVENT),
    ):
        assert explain(hand.fold, view, key) == medal
    assert explain(hand.fold, f"result/{UNIT}", "A") == result


def test_all_of_it_names_copies_and_what_was_overruled(hand: Hand) -> None:
    because = explain(hand.fold, f"result/{UNIT}", "A", whole=True).because
    assert because[:2] == [
        Reason("finish", "50.0", ["swm.timing/s1/2", "swm.timing/s1/3"]),
        Reason("finish, overruled", "50.1", ["swm.timing/s1/1"]),
    ]
    assert explain(hand.fold, "medals/table", "USA", whole=True).because[1] == Reason(
        "participant", "Ada", ["central/s1/1"]
    )


def test_a_retracted_mark_is_shown_as_that(hand: Hand) -> None:
    key = hand.say("swm.desk", m.Retraction(target="swm.timing/s1/2", unit=UNIT))
    because = explain(hand.fold, f"result/{UNIT}", "A", whole=True).because
    assert because[1].what == "finish, retracted"
    assert explain(hand.fold, f"result/{UNIT}", "A").because[0].says == "50.1"
    assert explain(hand.fold, "corrections/SWM", key) == Reason(
        f"corrections/SWM {key}", "", [key], [Reason("target", "50.0", ["swm.timing/s1/2"])]
    )


def test_a_medal_awarded_to_somebody_who_was_not_there_leads_to_the_decision(hand: Hand) -> None:
    hand.say("operations", m.MedalDecision(event=EVENT, subject="Z", decision="award", medal="ME_GOLD", reason="court"))
    reason = explain(hand.fold, f"medallists/{EVENT}", "Z")
    assert (reason.says, [one.raw for one in reason.because]) == ("ME_GOLD, reallocated", [["operations/s1/1"]])


def test_a_total_leads_to_its_parts() -> None:
    part = rsc("ATHMDECATH", "100-", "000100--")
    hand = Hand()
    hand.say("ath.timing", m.Finish(unit=part, subject="A", mark="10.55"))
    hand.say("ath.desk", m.ResultStatus(unit=part, status="OFFICIAL"))
    reason = explain(hand.fold, f"cumulative/{rsc('ATHMDECATH')}", "A")
    assert [one.what for one in reason.because] == [f"result/{part} A"]


@pytest.mark.parametrize(
    ("view", "key"),
    [
        ("medals/table", "JAM"),
        (f"result/{UNIT}", "Z"),
        (f"cumulative/{UNIT}", "A"),
        ("result/short", "A"),
        (f"ranking/{EVENT}", "Z"),
        (f"medallists/{EVENT}", "Z"),
        ("athlete/Z", "@"),
        ("org/USA", "nothing"),
        ("nonsense", "A"),
        ("", ""),
    ],
)
def test_what_is_not_there_is_not_explained(hand: Hand, view: str, key: str) -> None:
    with pytest.raises(UnexplainedError) as caught:
        explain(hand.fold, view, key)
    assert str(caught.value) == f"no row {key!r} in {view}"
