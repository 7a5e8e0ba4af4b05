"""The result models, rule by rule: what a participant's entries are worth."""

from __future__ import annotations

from typing import Any

import pytest

from projections.entries import Entry, Said, Void
from projections.models import MODELS, NOTHING, WEIGHS, Worth, part_of, parts_of
from schemas import messages as m
from schemas.sport import UnitRule
from tests.projections.hand import rsc

UNIT = rsc("ATHM100M", "FNL-", "000100--")


def said(**identities: Any) -> Said:
    """Write what was said, ``score_0`` for the identity ``score:0``."""
    return {
        key.replace("_", ":"): Entry((1, "t", 0, n), ("t", "s", n), message)
        for n, (key, message) in enumerate(identities.items(), start=1)
    }


def marks(cls: Any, *texts: str, **fields: object) -> Said:
    """Say marks of a kind one after the other, with ordinals from 1."""
    kind = str(cls.__struct_config__.tag)
    return said(
        **{
            f"{kind}_{n}": cls(unit=UNIT, subject="A", ordinal=n, mark=text, **fields)
            for n, text in enumerate(texts, 1)
        }
    )


def score(mark: str, ordinal: int = 0) -> m.Score:
    return m.Score(unit=UNIT, subject="A", mark=mark, ordinal=ordinal)


def adjusted(amount: str) -> m.ScoreAdjusted:
    return m.ScoreAdjusted(unit=UNIT, subject="A", amount=amount, basis="penalty")


def finish(mark: str = "", place: int | None = None) -> m.Finish:
    return m.Finish(unit=UNIT, subject="A", mark=mark, place=place)


def rule(model: str, **fields: object) -> UnitRule:
    return UnitRule(model=model, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("model", sorted(MODELS))
def test_who_did_nothing_has_no_mark(model: str) -> None:
    assert MODELS[model]({}, rule(model)) == NOTHING


@pytest.mark.parametrize("model", sorted(MODELS))
@pytest.mark.parametrize("text", ["", "-", "NM", "9.8x"])
def test_what_is_no_mark_has_no_value(model: str, text: str) -> None:
    everything: Said = {}
    for cls in (m.Finish, m.Score, m.Attempt, m.Shot, m.ShootOff):
        if cls is m.Finish:
            everything |= said(finish=finish(text))
        elif cls is m.Score:
            everything |= said(score_0=score(text))
        else:
            everything |= marks(cls, text)
    assert MODELS[model](everything, rule(model, decimals=2)).value is None


@pytest.mark.parametrize("model", sorted(set(MODELS) - {"order"}))
def test_a_score_of_the_whole_counts_in_every_model(model: str) -> None:
    assert MODELS[model](said(score_0=score("12.5")), rule(model, decimals=1)) == Worth(125, (), "12.5")


@pytest.mark.parametrize("model", sorted(MODELS))
def test_what_is_void_is_worth_nothing(model: str) -> None:
    held = (
        said(
            finish=finish("9.8", 1),
            score_0=score("1"),
            elimination=m.Elimination(unit=UNIT, subject="A", place=1),
            score_1=score("2", 1),
        )
        | marks(m.Attempt, "1")
        | marks(m.Shot, "1")
    )
    for entry in held.values():
        entry.void = Void(("x", "s", 1), "", 0)
    assert MODELS[model](held, rule(model, decimals=1)) == NOTHING
    assert parts_of(held) == {}


def test_a_time_has_its_penalties_added() -> None:
    assert MODELS["timed"](said(finish=finish("1:00.50")), rule("timed", decimals=2)) == Worth(6050, (), "1:00.50")
    penalised = said(finish=finish("1:00.50"), score_adjusted_1=adjusted("2"))
    assert MODELS["timed"](penalised, rule("timed", decimals=2)) == Worth(6250, (), "1:02.50")


def distance(*texts: str) -> Worth:
    return MODELS["distance"](marks(m.Attempt, *texts), rule("distance", decimals=2))


def test_the_best_attempt_counts_and_the_next_best_breaks_ties() -> None:
    """World Athletics TR25.22."""
    assert (distance("8.00", "8.05", "7.90").value, distance("8.00", "8.05").mark) == (805, "8.05")
    assert distance("8.05", "8.00").countback < distance("8.05", "7.99", "7.98").countback
    assert distance("8.05", "8.00", "7.00").countback < distance("8.05", "8.00").countback
    assert distance("8.05", "0.01").countback < distance("8.05").countback


def test_a_failed_attempt_has_no_mark() -> None:
    held = said(attempt_1=m.Attempt(unit=UNIT, subject="A", ordinal=1, mark="8.00", outcome="failed"))
    assert MODELS["distance"](held, rule("distance", decimals=2)) == NOTHING


def height(**jumps: str) -> Worth:
    held = {
        f"height:{key[1:]}": Entry(
            (1,), ("t", "s", 1), m.Height(unit=UNIT, subject="A", ordinal=int(key[1:]), jumps=text)
        )
        for key, text in jumps.items()
    }
    return MODELS["height"](held, rule("height", decimals=2))


def test_heights_count_back_by_failures() -> None:
    """World Athletics TR26.8: at the height last cleared, then in all up to it."""
    assert height(_2000="o", _2050="xo", _2100="xxx") == Worth(205, (1, 1), "2.05")
    assert height(_2000="xo", _2050="xo") == Worth(205, (1, 2), "2.05")
    assert height(_2000="xxx") == NOTHING
    assert height(_2050="o", _2000="-").value == 205


@pytest.mark.parametrize(
    ("take", "best", "value"),
    [
        ("sum", "high", 60),
        ("best", "high", 30),
        ("best", "low", 10),
        ("last", "high", 20),
        ("best_2", "high", 50),
        ("best_2", "low", 30),
    ],
)
def test_rounds_become_one_mark(take: str, best: str, value: int) -> None:
    held = marks(m.Score, "10", "30", "20")
    assert MODELS["points"](held, rule("points", take=take, best=best)) == Worth(value, (), str(value))


def test_what_is_given_or_taken_counts_also_without_a_round() -> None:
    assert MODELS["points"](said(score_adjusted_1=adjusted("-4")), rule("points")) == Worth(-4, (), "-4")
    assert MODELS["points"](marks(m.Score, "10") | said(score_adjusted_1=adjusted("-4")), rule("points")).value == 6
    assert MODELS["points"](said(score_0=score("10"), score_adjusted_1=adjusted("-4")), rule("points")) == Worth(
        6, (), "6"
    )


def judge(performance: int, **given: str) -> Said:
    return {
        f"judge_mark:{performance}:{who}:": Entry(
            (1,), ("t", "s", 1), m.JudgeMark(unit=UNIT, subject="A", ordinal=performance, judge=who, mark=mark)
        )
        for who, mark in given.items()
    }


def test_the_highest_and_lowest_marks_are_dropped() -> None:
    held = judge(1, J1="8.0", J2="9.0", J3="8.5", J4="7.0", J5="9.5") | judge(2, J1="1", J2="2", J3="3")
    assert MODELS["judged"](held, rule("judged", best="high", decimals=1, drop=1)) == Worth(275, (), "27.5")
    assert MODELS["judged"](held, rule("judged", best="high", decimals=1, drop=1, take="best")).value == 255
    assert MODELS["judged"](held, rule("judged", best="high", decimals=1)).value == 480


def test_judges_give_rounds_where_they_give_no_marks() -> None:
    assert MODELS["judged"](marks(m.Score, "10", "30"), rule("judged", best="high")).value == 40


def shots(*texts: str, inner: int = 0, offs: tuple[str, ...] = ()) -> Worth:
    return MODELS["target"](marks(m.Shot, *texts, inner=inner) | marks(m.ShootOff, *offs), rule("target", decimals=1))


def test_equal_scores_stand_by_the_shoot_off_then_by_inner_tens() -> None:
    """ISSF 6.15."""
    assert shots("10.1", "9.9") == Worth(200, (1, 0), "20.0")
    assert shots("10", inner=2).countback < shots("10", inner=1).countback
    assert shots("10", offs=("10.2",)).countback < shots("10", offs=("10.1",), inner=9).countback
    assert shots("10", offs=("10", "9")).countback < shots("10", offs=("10", "8")).countback


def test_who_has_not_shot_yet_is_behind_whoever_has() -> None:
    for one, two in (
        (("10", "9"), ("10",)),
        (("10", "0"), ("10",)),
        (("3",), ()),
        (("0",), ()),
    ):
        assert shots("10", offs=one).countback < shots("10", offs=two, inner=50).countback


def lift(*lifts: str) -> Worth:
    """Write lifts as ``100`` (good) or ``x100``, the first three snatches, ordinals their times."""
    held = said(
        **{
            f"lift_judged_{n}": m.LiftJudged(
                unit=UNIT, subject="A", ordinal=n, weight=text.lstrip("x"), good=not text.startswith("x"), at=n * 10
            )
            for n, text in enumerate(lifts, start=1)
        }
    )
    return MODELS["lifting"](held, rule("lifting", best="high"))


def test_the_best_of_both_lifts_is_the_total_and_who_reached_it_first_is_before() -> None:
    """IWF TCRR 6.8."""
    assert lift("100", "105", "x110", "120", "130", "x135") == Worth(235, (50,), "235")
    assert lift("100", "x105", "x105", "135", "x140", "x140") == Worth(235, (40,), "235")
    assert lift("x100", "x100", "x100", "120") == NOTHING
    assert lift("100") == NOTHING
    assert lift("100", "100", "x1", "120", "120").countback == (40,)


def test_an_order_is_a_place() -> None:
    assert MODELS["order"](said(finish=finish("1:02", 3)), rule("order")) == Worth(3, (), "1:02")
    assert MODELS["order"](said(elimination=m.Elimination(unit=UNIT, subject="A", place=2)), rule("order")).value == 2
    assert MODELS["order"](said(score_0=score("12")), rule("order")) == Worth(None, (), "12")


def test_a_fleet_scores_places() -> None:
    """RRS A4; a medal race counts double; redress and penalties are points."""
    assert MODELS["fleet"](said(finish=finish(place=3)), rule("fleet", decimals=1)) == Worth(30, (), "3.0")
    assert MODELS["fleet"](said(finish=finish(place=3)), rule("fleet", decimals=1, factor=2)).value == 60
    changed = said(finish=finish(place=3), score_adjusted_1=adjusted("1.5"))
    assert MODELS["fleet"](changed, rule("fleet", decimals=1)).value == 45


def test_a_side_of_a_match_has_a_score_a_time_rounds_or_points() -> None:
    points = {
        f"point:{n}": Entry((1,), ("t", "s", n), m.Point(unit=UNIT, subject="A", ordinal=n, worth=n)) for n in (1, 2)
    }
    for held, value in (
        (said(score_0=score("5")) | points, 5),
        (said(finish=finish("7")) | points, 7),
        (marks(m.Score, "3", "4") | points, 7),
        (points, 3),
    ):
        assert MODELS["match"](held, rule("match", best="high")).value == value


@pytest.mark.parametrize(
    ("message", "part"),
    [
        (m.Attempt(unit=UNIT, subject="A", ordinal=2, mark="8.00"), ("2", "8.00")),
        (m.Attempt(unit=UNIT, subject="A", ordinal=2, outcome="failed"), ("2", "x")),
        (m.Attempt(unit=UNIT, subject="A", ordinal=2, outcome="passed"), ("2", "-")),
        (m.Height(unit=UNIT, subject="A", ordinal=2050, jumps="xo"), ("2.05", "xo")),
        (m.LiftJudged(unit=UNIT, subject="A", ordinal=4, weight="120", good=True), ("4", "120")),
        (m.LiftJudged(unit=UNIT, subject="A", ordinal=4, weight="120", good=False), ("4", "120x")),
        (m.Score(unit=UNIT, subject="A", ordinal=1, mark="9"), ("1", "9")),
        (m.Score(unit=UNIT, subject="A", mark="9"), None),
        (m.Split(unit=UNIT, subject="A", ordinal=1, mark="9"), ("1", "9")),
        (m.ShootOff(unit=UNIT, subject="A", ordinal=1, mark="9"), ("so1", "9")),
        (adjusted("-1"), ("adj1", "-1")),
        (finish("9.8"), None),
    ],
)
def test_parts_are_shown_as_on_paper(message: m.Message, part: tuple[str, str] | None) -> None:
    assert part_of(message) == part


def test_every_model_knows_what_weighs() -> None:
    """A kind that a model reads and that does not weigh would leave a line as it was."""
    samples: dict[type[m.Message], Said] = {
        m.Finish: said(finish=finish("3", 3)),
        m.Score: marks(m.Score, "3"),
        m.ScoreAdjusted: said(score_adjusted_1=adjusted("3")),
        m.Attempt: marks(m.Attempt, "3"),
        m.Shot: marks(m.Shot, "3"),
        m.JudgeMark: judge(1, J="3"),
        m.Elimination: said(elimination=m.Elimination(unit=UNIT, subject="A", place=3)),
        m.Point: said(point_1=m.Point(unit=UNIT, subject="A", ordinal=1)),
        m.Height: said(height_2000=m.Height(unit=UNIT, subject="A", ordinal=2000, jumps="o")),
    }
    assert WEIGHS.keys() == MODELS.keys()
    for model, weighed in MODELS.items():
        for cls, held in samples.items():
            if weighed(held, rule(model)) != NOTHING:
                assert cls in WEIGHS[model], (model, cls)
