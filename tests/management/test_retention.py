"""How long things are kept: a period ends by a Tick, once, and an ended one never begins again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

import schemas.policy
from desks.facts import FIELDS
from management.command import Actor, Grant, Received, Refusal, Tick
from management.retention import FieldsExpired, PlanRetention, RetentionPlanned, State, decide, due, evolve
from schemas.policy.privacy import Policy, decode
from tests.management.accredited import DPO, SYSTEM, ms

T20 = decode(Path(schemas.policy.__path__[0], "t20", "privacy.toml").read_bytes())
SHORT = msgspec.structs.replace(T20, keep_days={"photo": 1, "email": 2, "phone": 2})
DAY = 86_400_000
END = ms("2021-08-09T00:00:00Z")


def ask(state: State, command: Any, by: Actor = DPO, policy: Policy = SHORT) -> Any:
    decided = decide(state, Received("c", "ret:T20", command, by, 0), policy)
    for event in () if isinstance(decided, Refusal) else decided:
        evolve(state, event)
    return decided


def test_every_fact_about_a_person_has_a_period() -> None:
    assert sorted(T20.keep_days) == sorted(FIELDS)


def test_each_period_ends_at_its_instant_and_once() -> None:
    state = State()
    until = {"email": END + 2 * DAY, "phone": END + 2 * DAY, "photo": END + DAY}
    assert ask(state, PlanRetention()) == [RetentionPlanned(until)]
    assert ask(state, PlanRetention(), SYSTEM) == []
    assert due(state) == END + DAY
    assert ask(state, Tick(END + DAY - 1)) == []
    assert ask(state, Tick(END + DAY)) == [FieldsExpired(("photo",))]
    assert due(state) == END + 2 * DAY
    assert ask(state, Tick(END + 9 * DAY)) == [FieldsExpired(("email", "phone"))]
    assert due(state) is None
    assert state == State({}, ["photo", "email", "phone"])


def test_another_plan_counts_for_what_is_kept_still() -> None:
    state = State()
    ask(state, PlanRetention())
    ask(state, Tick(END + DAY))
    longer = msgspec.structs.replace(SHORT, keep_days={"photo": 9, "email": 9})
    assert ask(state, PlanRetention(), policy=longer) == [RetentionPlanned({"email": END + 9 * DAY})]


def test_nobody_else_plans() -> None:
    refusal = ask(State(), PlanRetention(), Actor("sup", (Grant("OC_ACR_SUPERVISOR"),)))
    assert refusal.code == "NOT_AUTHORISED"


@pytest.mark.parametrize("change", [("00Z", "00"), ("photo = 90", "photo = 0")])
def test_what_is_no_policy_is_refused(change: tuple[str, str]) -> None:
    data = Path(schemas.policy.__path__[0], "t20", "privacy.toml").read_text().replace(*change)
    with pytest.raises(msgspec.ValidationError, match=r"needs an offset|less than a day: photo"):
        decode(data.encode())
