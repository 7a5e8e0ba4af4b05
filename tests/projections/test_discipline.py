"""The discipline fold: whatever order things come in, corrections included, the same stands there."""

from itertools import permutations

import msgspec
import pytest

from projections.decode import Assertion
from projections.discipline import DisciplineFold
from projections.fold import Fold
from schemas import messages as m
from schemas.cut import Change
from tests.projections.hand import Hand, fold_of, in_every_order, reemit, rsc

UNIT = rsc("ATHM100M", "FNL-", "000100--")
HEATS = [rsc("ATHM100M", "HEAT", f"000{n}00--") for n in (1, 2)]
BOUT = rsc("FENMSABRE", "FNL-", "000100--")
DECATHLON = rsc("ATHMDECATH")
RESULT = f"result/{UNIT}"


def finish(who: str, mark: str, *, at: int = 0, unit: str = UNIT) -> m.Finish:
    return m.Finish(unit=unit, subject=who, mark=mark, at=at)


def correction(target: str, message: m.Message, *, unit: str = UNIT, reason: str = "seen") -> m.Correction:
    return m.Correction(target=target, unit=unit, message=msgspec.Raw(m.encode(message)), reason=reason)


def official(unit: str = UNIT, *, at: int = 0) -> m.ResultStatus:
    return m.ResultStatus(unit=unit, status="OFFICIAL", at=at)


def start_list(*who: str, unit: str = UNIT) -> m.StartList:
    return m.StartList(unit=unit, starters=tuple(m.Starter(one, order) for order, one in enumerate(who, start=1)))


# -- what comes first ------------------------------------------------------------------------------------------------


def test_results_may_come_before_the_start_list_and_the_participants() -> None:
    hand = in_every_order(
        ("central", m.Participant(code="A", name="Ada", organisation="USA")),
        ("ath.desk", start_list("B", "A")),
        ("ath.timing", finish("A", "9.80")),
        ("ath.backup", finish("B", "9.90")),
        ("operations", official()),
    )
    assert hand.field(RESULT, "rank") == {"A": 1, "B": 2}
    assert hand.field(RESULT, "order") == {"A": 2, "B": 1}
    assert hand.field("medals/table", "gold") == {"USA": 1}


@pytest.mark.parametrize(
    "message",
    [
        m.Qualification(unit=UNIT, subject="A", mark="Q"),
        m.LineUp(unit=UNIT, team="A", members=(m.Member("X"),)),
        m.Bodyweight(unit=UNIT, subject="A", weight="60"),
        finish("A", "no time"),
        m.StartList(unit=UNIT, starters=(m.Starter("A"),)),
    ],
)
def test_every_line_that_is_shown_has_its_place(message: m.Message) -> None:
    hand = Hand()
    hand.say("ath.timing", finish("Z", "9.80"))
    hand.say("ath.desk", message)
    hand.say("ath.timing", finish("Y", "9.90"))
    assert hand.field(RESULT, "sort") == {"Z": 1, "Y": 2, "A": 3}


# -- corrections and retractions -------------------------------------------------------------------------------------


def test_a_correction_waits_visibly_until_its_target_is_known() -> None:
    hand = Hand()
    name = hand.say("ath.desk", correction("ath.timing/s1/1", finish("A", "9.79", at=7)))
    (row,) = hand.rows("corrections/ATH").values()
    assert (row.state, row.now, row.target, row.reason) == ("pending", "9.79", "ath.timing/s1/1", "seen")  # type: ignore[attr-defined]
    assert hand.rows(RESULT)["@"].pending == 1  # type: ignore[attr-defined]
    hand.say("ath.timing", finish("A", "9.97"))
    assert hand.field(RESULT, "mark") == {"A": "9.79"}
    assert hand.rows(RESULT)["A"].reason == "seen"
    assert hand.rows(RESULT)["@"].pending == 0  # type: ignore[attr-defined]
    row = hand.rows("corrections/ATH")[name]
    assert (row.state, row.was, row.now, row.at) == ("applied", "9.97", "9.79", 7)  # type: ignore[attr-defined]


def test_a_correction_is_overruled_by_what_its_targets_source_says_later() -> None:
    hand = Hand()
    hand.say("ath.timing", finish("A", "9.97"))
    hand.say("ath.desk", correction("ath.timing/s1/1", finish("A", "9.79")))
    hand.say("ath.timing", finish("A", "9.78", at=9))
    assert hand.field(RESULT, "mark") == {"A": "9.78"}


def test_a_correction_of_a_correction_and_its_retraction_in_every_order() -> None:
    hand = in_every_order(
        ("ath.timing", finish("A", "9.97")),
        ("ath.desk", correction("ath.timing/s1/1", finish("A", "9.79"))),
        ("ath.backup", correction("ath.desk/s1/1", finish("A", "9.78"))),
        ("operations", m.Retraction(target="ath.backup/s1/1", unit=UNIT)),
    )
    assert hand.field(RESULT, "mark") == {"A": "9.79"}
    assert set(hand.field("corrections/ATH", "state").values()) == {"applied"}


def test_two_retractions_of_the_same_in_every_order() -> None:
    hand = in_every_order(
        ("ath.timing", finish("A", "9.97")),
        ("ath.desk", m.Retraction(target="ath.timing/s1/1", unit=UNIT, reason="jury")),
        ("operations", m.Retraction(target="ath.timing/s1/1", unit=UNIT, reason="video")),
    )
    assert hand.rows(RESULT).keys() == {"@"}
    assert len(hand.rows("corrections/ATH")) == 1


def test_a_retraction_said_again_is_a_copy() -> None:
    retraction = m.Retraction(target="ath.timing/s1/1", unit=UNIT, reason="jury", at=5)
    hand = Hand()
    hand.say("ath.timing", finish("A", "9.97", at=1))
    hand.say("ath.desk", retraction)
    before = hand.all
    hand.say("ath.desk", retraction)
    assert hand.all == before


@pytest.mark.parametrize("again", ["s1", "s2"])
def test_what_waits_is_not_counted_twice(again: str) -> None:
    for message in (
        correction("ath.timing/s1/1", finish("A", "9.79", at=5)),
        m.Retraction(target="ath.timing/s1/1", unit=UNIT, at=5),
        m.Retraction(target="ath.timing/s1/1", unit=rsc("ATHM100M"), at=5),
    ):
        hand = Hand()
        hand.say("ath.desk", message)
        before = hand.all
        hand.say("ath.desk", message, session=again)
        assert hand.all == before
        hand.say("ath.timing", finish("A", "9.97"))
        assert (
            hand.all
            == fold_of(
                [("ath.desk", "s1", 1, m.encode(message)), ("ath.timing", "s1", 1, m.encode(finish("A", "9.97")))]
            ).all
        )


def test_a_result_given_to_the_wrong_participant_moves() -> None:
    hand = in_every_order(
        ("ath.timing", finish("A", "9.97")),
        ("ath.desk", correction("ath.timing/s1/1", finish("B", "9.97"))),
        ("ath.backup", start_list("A", "B")),
    )
    assert hand.field(RESULT, "mark") == {"A": "", "B": "9.97"}


def test_a_result_given_in_the_wrong_heat_moves() -> None:
    hand = in_every_order(
        ("ath.timing", finish("A", "9.97", unit=HEATS[0])),
        ("ath.desk", correction("ath.timing/s1/1", finish("A", "9.97", unit=HEATS[1]), unit=HEATS[0])),
        ("ath.backup", finish("B", "9.99", unit=HEATS[1])),
    )
    assert hand.field(f"result/{HEATS[0]}", "mark") == {}
    assert hand.field(f"result/{HEATS[1]}", "mark") == {"A": "9.97", "B": "9.99"}
    assert set(hand.field("corrections/ATH", "state").values()) == {"applied"}


def test_what_is_said_of_a_total_of_the_event_can_be_taken_back() -> None:
    hand = in_every_order(
        ("ath.desk", m.Irm(unit=DECATHLON, subject="A", irm="DQ")),
        ("ath.timing", finish("A", "10.55", unit=rsc("ATHMDECATH", "100-", "000100--"))),
        ("operations", official(rsc("ATHMDECATH", "100-", "000100--"))),
        ("central", m.Retraction(target="ath.desk/s1/1", unit=DECATHLON)),
    )
    assert hand.field(f"cumulative/{DECATHLON}", "irm") == {"A": ""}
    assert hand.field(f"cumulative/{DECATHLON}", "rank") == {"A": 1}


def test_a_score_said_of_a_total_counts_where_there_is_nothing_to_compute_it_from() -> None:
    part = rsc("ATHMDECATH", "100-", "000100--")
    hand = in_every_order(
        ("ath.desk", m.Score(unit=DECATHLON, subject="A", mark="7000")),
        ("ath.timing", finish("A", "10.55", unit=part)),
        ("central", official(part)),
        ("operations", m.ResultStatus(unit=part, status="LIVE")),
    )
    assert hand.field(f"cumulative/{DECATHLON}", "mark") == {"A": "7000"}
    hand.say("operations", official(part), session="s2")
    assert hand.field(f"cumulative/{DECATHLON}", "mark") == {"A": "963"}


def test_what_is_about_an_event_is_corrected_in_every_order() -> None:
    event = rsc("ATHM100M")
    hand = in_every_order(
        ("central", m.Entry(event=event, participant="A")),
        ("ath.desk", correction("central/s1/1", m.Entry(event=event, participant="B"), unit=event)),
        ("ath.timing", m.Participant(code="B", name="Bo", organisation="USA")),
        ("operations", m.Participant(code="A", name="Ada", organisation="USA")),
    )
    assert hand.rows(f"entries/{event}").keys() == {"B"}
    assert hand.rows("participants/ATH").keys() == {"B"}


def test_a_notice_is_corrected_and_taken_back_in_every_order() -> None:
    hand = in_every_order(
        ("central", m.Communication(discipline="ATH", number="1", title="Heat")),
        ("ath.desk", correction("central/s1/1", m.Communication(discipline="ATH", number="1", title="Rain"), unit="")),
        ("ath.timing", m.Communication(discipline="ATH", number="2", title="Sun")),
        ("operations", m.Retraction(target="ath.timing/s1/1", unit=rsc("ATH"))),
    )
    assert hand.field("notices/ATH", "title") == {"1": "Rain"}


def test_a_retraction_of_a_correction_that_waits_for_its_target() -> None:
    hand = Hand()
    hand.say("central", m.Retraction(target="ath.desk/s1/1", unit=rsc("ATH")))
    hand.say(
        "ath.desk", correction("ath.timing/s1/1", m.Communication(discipline="ATH", number="1", title="b"), unit="")
    )
    hand.say("ath.timing", m.Communication(discipline="ATH", number="1", title="a"))
    assert hand.field("notices/ATH", "title") == {"1": "a"}


def test_a_correction_after_the_result_was_official_is_listed_in_every_order() -> None:
    for changes in ([finish("A", "9.97", at=1), finish("A", "9.79", at=100)], _periods()):
        unit = changes[0].unit  # type: ignore[attr-defined]
        said = [
            *(("x.timing", "s1", n, m.encode(one)) for n, one in enumerate(changes, start=1)),
            ("x.desk", "s1", 1, m.encode(official(unit, at=50))),
        ]
        shown = []
        for order in permutations(said):
            if [one[2] for one in order if one[0] == "x.timing"] == [1, 2]:
                hand = fold_of(order)
                assert hand.all == reemit(hand.fold)
                shown.append(hand.all)
        assert all(one == shown[0] for one in shown)
        (row,) = hand.rows(f"corrections/{unit[:3]}").values()
        assert (row.at, row.target) == (100, "x.timing/s1/1")  # type: ignore[attr-defined]


def _periods() -> list[m.Message]:
    return [
        m.Period(unit=BOUT, ordinal=1, scores={"A": "3", "B": "5"}, at=1),
        m.Period(unit=BOUT, ordinal=1, scores={"A": "4", "B": "5"}, at=100),
    ]


def test_an_official_result_of_whatever_authority_dates_it() -> None:
    in_every_order(
        ("ath.desk", official(at=60)),
        ("ath.backup", official(at=50)),
        ("central", m.SerialsLost(session="s1", first=1, last=1, at=55)),
    )
    hand = Hand()
    hand.say("ath.timing", finish("A", "9.8", at=1))
    hand.say("ath.timing", m.SerialsLost(session="s1", first=2, last=3, at=55))
    hand.say("ath.desk", official(at=60))
    hand.say("ath.backup", official(at=50))
    assert hand.rows(RESULT)["@"].incomplete == ()  # type: ignore[attr-defined]


# -- sides and periods -----------------------------------------------------------------------------------------------


def test_a_score_given_to_the_wrong_side_moves() -> None:
    hand = in_every_order(
        ("fen.timing", m.Period(unit=BOUT, ordinal=1, scores={"A": "3", "B": "5"})),
        (
            "fen.desk",
            correction("fen.timing/s1/1", m.Period(unit=BOUT, ordinal=1, scores={"C": "3", "B": "5"}), unit=BOUT),
        ),
        ("operations", start_list("C", "B", unit=BOUT)),
    )
    assert hand.field(f"result/{BOUT}", "mark") == {"C": "3", "B": "5"}


def test_a_level_match_is_undecided_whoever_was_listed_before() -> None:
    hand = in_every_order(
        ("central", start_list("A", "X", unit=BOUT)),
        ("fen.desk", start_list("A", "B", unit=BOUT)),
        ("fen.timing", m.Period(unit=BOUT, ordinal=0, scores={"A": "5", "B": "5"})),
        ("operations", official(BOUT)),
    )
    assert hand.field(f"result/{BOUT}", "undecided") == {"A": True, "B": True}


# -- start lists and line-ups ----------------------------------------------------------------------------------------


def replaced(leaves: str, enters: str, at: int) -> m.ParticipantReplaced:
    return m.ParticipantReplaced(unit=UNIT, leaves=leaves, enters=enters, at=at)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ([replaced("A", "B", 1), replaced("B", "C", 2)], "C"),
        ([replaced("Z", "A", 1), replaced("A", "B", 2)], "B"),
        ([replaced("Z", "A", 1), replaced("A", "Z", 2)], "Z"),
    ],
)
def test_who_replaced_somebody_may_be_replaced(changes: list[m.Message], left: str) -> None:
    first = changes[0].leaves  # type: ignore[attr-defined]
    hand = in_every_order(("ath.desk", start_list(first)), ("operations", changes[0]), ("central", changes[1]))
    assert hand.rows(f"startlist/{UNIT}").keys() == {left}
    assert hand.field(RESULT, "order") == {left: 1}


def test_substitutions_count_in_their_order() -> None:
    hand = Hand()
    hand.say("ath.desk", start_list("T"), m.LineUp(unit=UNIT, team="T", members=(m.Member("A"), m.Member("X"))))
    hand.say("ath.desk", m.Substitution(unit=UNIT, team="T", leaves="B", enters="C", ordinal=10))
    hand.say("ath.desk", m.Substitution(unit=UNIT, team="T", leaves="A", enters="B", ordinal=9))
    assert hand.field(f"startlist/{UNIT}", "members") == {"T": ("C", "X")}


def test_a_draw_stands_until_there_is_a_start_list() -> None:
    positions = (m.Position("A"), m.Position(place="BYE"), m.Position(from_unit=BOUT, takes="W"))
    hand = in_every_order(("fen.desk", m.Draw(unit=BOUT, positions=positions)), ("central", m.Start(unit=BOUT)))
    rows = hand.rows(f"startlist/{BOUT}")
    assert [(key, row.order, row.place, row.takes) for key, row in rows.items()] == [  # type: ignore[attr-defined]
        ("A", 1, "", ""),
        ("#2", 2, "BYE", ""),
        ("#3", 3, "", "W"),
    ]
    hand.say("fen.desk", start_list("A", "B", unit=BOUT))
    assert hand.rows(f"startlist/{BOUT}").keys() == {"A", "B"}


# -- decisions -------------------------------------------------------------------------------------------------------


def order_decided(*groups: str, ordinal: int = 0, over_marks: bool = False) -> m.OrderDecided:
    order = tuple(tuple(group) for group in groups)
    return m.OrderDecided(unit=UNIT, order=order, basis="photo_finish", ordinal=ordinal, over_marks=over_marks)


def test_a_decision_separates_equal_marks_and_no_others() -> None:
    hand = in_every_order(
        ("ath.timing", finish("A", "9.80")),
        ("ath.backup", finish("B", "9.80")),
        ("central", finish("C", "9.79")),
        ("ath.desk", order_decided("B", "A", "C")),
    )
    assert hand.field(RESULT, "rank") == {"C": 1, "B": 2, "A": 3}
    assert hand.rows(RESULT)["@"].decided_by == ("photo_finish",)  # type: ignore[attr-defined]


def test_what_is_not_decided_shows_as_undecided() -> None:
    hand = in_every_order(("ath.timing", finish("A", "9.80")), ("ath.backup", finish("B", "9.80")))
    assert hand.field(RESULT, "rank") == {"A": None, "B": None}
    assert hand.field(RESULT, "undecided") == {"A": True, "B": True}
    assert hand.rows(RESULT)["@"].undecided == 2  # type: ignore[attr-defined]


def test_a_decision_that_leaves_one_out_leaves_it_undecided() -> None:
    """Nobody has said that C was before A and B."""
    hand = in_every_order(
        ("ath.timing", finish("A", "9.80")),
        ("ath.backup", finish("B", "9.80")),
        ("central", finish("C", "9.80")),
        ("ath.desk", order_decided("B", "A")),
    )
    assert hand.field(RESULT, "undecided")["C"] is True
    assert hand.field(RESULT, "rank")["C"] is None
    assert hand.rows(RESULT)["@"].undecided == 3  # type: ignore[attr-defined]


def test_a_dead_heat_is_decided_too() -> None:
    hand = in_every_order(
        ("ath.timing", finish("A", "9.80")), ("ath.backup", finish("B", "9.80")), ("ath.desk", order_decided("AB"))
    )
    assert hand.field(RESULT, "rank") == {"A": 1, "B": 1}
    assert hand.field(RESULT, "tied") == {"A": True, "B": True}


def test_the_later_of_several_decisions_counts_by_its_number() -> None:
    hand = Hand()
    hand.say("ath.timing", finish("A", "9.80"), finish("B", "9.80"))
    hand.say("ath.desk", order_decided("A", "B", ordinal=10))
    hand.say("ath.desk", order_decided("B", "A", ordinal=9))
    assert hand.field(RESULT, "rank") == {"A": 1, "B": 2}


def test_gaps_follow_the_leader_also_where_he_leads_by_decision() -> None:
    hand = Hand()
    hand.say("ath.timing", finish("A", "9.80"), finish("B", "9.90"), finish("C", "9.95"))
    hand.say("ath.desk", order_decided("B", over_marks=True))
    assert hand.field(RESULT, "gap") == {"A": "-0.10", "B": "", "C": "+0.05"}
    hand.say("ath.timing", finish("B", "9.85", at=9))
    assert hand.field(RESULT, "gap") == {"A": "-0.05", "B": "", "C": "+0.10"}
    assert hand.all == reemit(hand.fold)


# -- protests, parts, schedule ---------------------------------------------------------------------------------------


def test_a_protest_is_open_until_it_is_closed() -> None:
    hand = in_every_order(
        ("ath.desk", m.ProtestLodged(unit=UNIT, protest="P1")),
        ("central", m.ProtestLodged(unit=UNIT, protest="P2")),
        ("operations", m.ProtestClosed(unit=UNIT, protest="P1", outcome="denied")),
    )
    assert hand.rows(RESULT)["@"].protests == 1  # type: ignore[attr-defined]


def test_parts_of_the_same_number_show_the_same_in_every_order() -> None:
    in_every_order(
        ("ath.timing", m.Split(unit=UNIT, subject="A", ordinal=1, mark="1.1")),
        ("ath.backup", m.Lap(unit=UNIT, subject="A", ordinal=1, mark="2.2")),
        ("ath.desk", m.Score(unit=UNIT, subject="A", ordinal=1, mark="3.3")),
    )


def test_a_corrected_wind_is_no_reason_in_the_schedule() -> None:
    hand = in_every_order(
        ("central", m.UnitScheduled(unit=UNIT, name="Final")),
        ("ath.timing", m.Wind(unit=UNIT, speed="+1.0")),
        ("ath.desk", correction("ath.timing/s1/1", m.Wind(unit=UNIT, speed="-1.0"), reason="gauge turned")),
    )
    assert hand.rows("schedule/ATH")[UNIT].reason == ""
    assert hand.rows(RESULT)["@"].reason == "gauge turned"


def test_a_phase_ranks_everybody_once() -> None:
    hand = Hand()
    for unit, marks in ((HEATS[0], ("10.1", "10.3")), (HEATS[1], ("10.2", "10.0"))):
        hand.say("ath.timing", *(finish(who, mark, unit=unit) for who, mark in zip("AB", marks, strict=True)))
        hand.say("ath.timing", finish(f"C{unit[29]}", "10.25", unit=unit))
        hand.say("ath.desk", official(unit))
    view = f"phase/{rsc('ATHM100M', 'HEAT')}"
    assert hand.field(view, "rank") == {"B": 1, "A": 2, "C1": 3, "C2": 3}
    assert hand.field(view, "tied") == {"B": False, "A": False, "C1": True, "C2": True}
    assert hand.field(view, "unit")["B"] == HEATS[1]


def test_a_phase_is_shown_only_while_several_of_its_units_are_over() -> None:
    hand = Hand()
    for unit in HEATS:
        hand.say("ath.timing", finish("A", "10.1", unit=unit))
        hand.say("ath.desk", official(unit))
    view = f"phase/{rsc('ATHM100M', 'HEAT')}"
    assert hand.rows(view)
    hand.say("ath.desk", m.ResultStatus(unit=HEATS[0], status="LIVE", at=1))
    assert not hand.rows(view)


def test_a_discipline_without_a_definition_shows_what_is_said() -> None:
    hand = Hand(known={})
    hand.say("x", m.Finish(unit=rsc("ZZZ"), subject="A", place=2), m.Finish(unit=rsc("ZZZ"), subject="B", place=1))
    assert hand.field(f"result/{rsc('ZZZ')}", "rank") == {"B": 1, "A": 2}


def test_a_fold_that_nobody_watched_goes_on() -> None:
    fold = Fold(Hand().fold.sports)
    for serial, message in enumerate((finish("A", "9.8"), official(), m.Venue(code="V", name="Vee")), start=1):
        fold.apply("x.desk", "s1", serial, m.encode(message))
    fold.forget()
    assert fold.changes() == []
    fold.apply("x.desk", "s1", 4, m.encode(finish("B", "9.9")))
    assert {change.key for change in fold.changes() if change.view == RESULT} == {"B"}


class Broken(DisciplineFold):
    """Rules with a fault."""

    def apply(self, assertion: Assertion) -> None:
        if isinstance(assertion.message, m.Wind):
            raise KeyError("wind")
        super().apply(assertion)

    def unit_changes(self) -> list[Change]:
        if "B" in self.state.units[UNIT].dirty:
            raise ZeroDivisionError("B")
        return super().unit_changes()


def test_a_message_that_the_rules_fail_on_is_listed_and_the_discipline_goes_on() -> None:
    hand = Hand()
    hand.fold.disciplines["ATH"] = Broken("ATH", hand.fold.sports["ATH"], hand.fold.games)
    for message in (
        m.Finish(unit=UNIT, subject="A", mark="9.80"),
        m.Wind(unit=UNIT, speed="+1.0"),
        m.Finish(unit=UNIT, subject="B", mark="9.70"),
        m.Finish(unit=UNIT, subject="C", mark="9.90"),
    ):
        hand.say("ath.timing", message)
    assert hand.field("status/undecoded", "why") == {
        "ath.timing/s1/2": "not folded: KeyError: 'wind'",
        "ath.timing/s1/3": "not folded: ZeroDivisionError: B",
    }
    assert hand.field(RESULT, "rank") == {"A": 1, "C": 3}
