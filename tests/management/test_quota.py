"""The quota book: every command, who may give it, what it brings about, and every refusal."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import schemas.policy
from management.command import Actor, Grant, Received, Refusal, Role, Tick
from management.quota import (
    ApproveMove,
    Command,
    ConfirmHold,
    Event,
    HoldConfirmed,
    HoldLapsed,
    HoldQuota,
    HoldReleased,
    Line,
    Move,
    MoveQuota,
    MoveRefused,
    MoveRequested,
    QuotaHeld,
    QuotaMoved,
    QuotaSet,
    RefuseMove,
    ReleaseHold,
    SetQuota,
    State,
    decide,
    due,
    evolve,
)
from schemas.policy.quota import decode

T20 = decode(Path(schemas.policy.__path__[0], "t20", "quota.toml").read_bytes())
CLOSES = 1_617_235_199_000  # 2021-03-31T23:59:59Z
AT = CLOSES - 86_400_000
QUARTER = 900_000  # ms that a hold lasts in T20


def actor(name: str, role: Role, scope: str = "ro:FRA") -> Actor:
    return Actor(name, (Grant(role, scope),))


RO = actor("ann", "RO_ACR")
AUTHORITY = actor("bob", "GAMES_AUTHORITY", "*")
SYSTEM = actor("submissions", "SYSTEM", "*")
STRANGER = actor("eve", "RO_ACR", "ro:GER")


def given(*events: Event) -> State:
    state = State()
    for event in events:
        evolve(state, event)
    return state


def when(state: State, command: Command, by: Actor = SYSTEM, at: int = AT, name: str = "c9") -> list[Event] | Refusal:
    """Decide, and see that nothing changed by that."""
    before = msgspec.msgpack.encode(state)
    decided = decide(state, Received(name, "ro:FRA", command, by, at), T20)
    assert msgspec.msgpack.encode(state) == before
    return decided


def held(name: str = "h1", category: str = "E", until: int = AT + QUARTER) -> QuotaHeld:
    return QuotaHeld(name, category, "per:P1/1", until)


def refused(decided: list[Event] | Refusal) -> str:
    assert isinstance(decided, Refusal)
    return decided.code


# -- giving quotas


def test_the_authority_gives_a_quota() -> None:
    assert when(State(), SetQuota("E", 5), AUTHORITY) == [QuotaSet("E", 5)]
    assert given(QuotaSet("E", 5)).lines == {"E": Line(5)}


def test_the_same_quota_again_changes_nothing() -> None:
    assert when(given(QuotaSet("E", 5)), SetQuota("E", 5), AUTHORITY) == []


def test_nobody_else_gives_a_quota() -> None:
    assert refused(when(State(), SetQuota("E", 5), RO)) == "NOT_AUTHORISED"
    assert refused(when(State(), SetQuota("E", 5), SYSTEM)) == "NOT_AUTHORISED"
    assert refused(when(State(), SetQuota("E", 5), actor("bob", "GAMES_AUTHORITY", "ro:GER"))) == "NOT_AUTHORISED"


def test_a_quota_is_for_a_category_of_the_games_and_not_below_nothing() -> None:
    assert refused(when(State(), SetQuota("QQ", 5), AUTHORITY)) == "CATEGORY"
    assert refused(when(State(), SetQuota("E", -1), AUTHORITY)) == "COUNT"


def test_a_quota_never_falls_below_what_is_held_and_taken() -> None:
    state = given(QuotaSet("E", 3), held("h1"), held("h2"), HoldConfirmed("h1"))
    assert when(state, SetQuota("E", 2), AUTHORITY) == [QuotaSet("E", 2)]
    refusal = when(state, SetQuota("E", 1), AUTHORITY)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.about) == ("QUOTA", {"category": "E", "total": 3, "held": 1, "confirmed": 1})


# -- holds


@pytest.mark.parametrize("by", [RO, SYSTEM], ids=["the organisation", "the system"])
def test_a_free_place_is_held_under_the_commands_name(by: Actor) -> None:
    state = given(QuotaSet("E", 1))
    assert when(state, HoldQuota("E", "per:P1/1"), by, name="h1") == [held("h1")]
    evolve(state, held("h1"))
    assert state.lines == {"E": Line(1, held=1)}
    assert due(state) == AT + QUARTER


def test_no_place_is_held_where_none_is_free() -> None:
    refusal = when(given(QuotaSet("E", 1), held("h1")), HoldQuota("E", "per:P2/1"))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.about) == ("QUOTA", {"category": "E", "total": 1, "held": 1, "confirmed": 0})
    assert refused(when(given(QuotaSet("E", 1), held(), HoldConfirmed("h1")), HoldQuota("E", "P2"))) == "QUOTA"
    assert refused(when(State(), HoldQuota("E", "P2"))) == "QUOTA"


def test_a_category_without_quotas_is_named() -> None:
    assert when(State(), HoldQuota("QQ", "P2")) == Refusal(
        "CATEGORY", "There is no quota for category QQ.", {"category": "QQ"}
    )


def test_another_organisation_holds_nothing_here() -> None:
    assert refused(when(given(QuotaSet("E", 1)), HoldQuota("E", "P2"), STRANGER)) == "NOT_AUTHORISED"


def test_a_name_holds_once() -> None:
    assert refused(when(given(QuotaSet("E", 2), held("h1")), HoldQuota("E", "P2"), name="h1")) == "STATE"


def test_late_forms_are_taken_and_flagged() -> None:
    state = given(QuotaSet("E", 1))
    in_time = when(state, HoldQuota("E", "per:P1/1"), at=CLOSES + 999, name="h1")
    late = when(state, HoldQuota("E", "per:P1/1"), at=CLOSES + 1000, name="h1")
    assert in_time == [QuotaHeld("h1", "E", "per:P1/1", CLOSES + 999 + QUARTER)]
    assert late == [QuotaHeld("h1", "E", "per:P1/1", CLOSES + 1000 + QUARTER, late=True)]
    assert given(QuotaSet("E", 1), *late).holds["h1"].late


def test_a_held_place_is_taken() -> None:
    state = given(QuotaSet("E", 2), held("h1"))
    assert when(state, ConfirmHold("h1")) == [HoldConfirmed("h1")]
    evolve(state, HoldConfirmed("h1"))
    assert state.lines == {"E": Line(2, held=0, confirmed=1)}
    assert due(state) is None
    assert when(state, ConfirmHold("h1")) == []


def test_only_the_system_takes_a_place() -> None:
    assert refused(when(given(QuotaSet("E", 2), held("h1")), ConfirmHold("h1"), RO)) == "NOT_AUTHORISED"


def test_a_hold_is_confirmed_until_its_last_millisecond() -> None:
    state = given(QuotaSet("E", 2), held("h1"))
    assert when(state, ConfirmHold("h1"), at=AT + QUARTER) == [HoldConfirmed("h1")]
    assert refused(when(state, ConfirmHold("h1"), at=AT + QUARTER + 1)) == "HOLD_LAPSED"


def test_a_place_is_given_back() -> None:
    state = given(QuotaSet("E", 2), held("h1"), held("h2"), HoldConfirmed("h2"))
    assert when(state, ReleaseHold("h1"), RO) == [HoldReleased("h1")]
    assert when(state, ReleaseHold("h2")) == [HoldReleased("h2")]
    evolve(state, HoldReleased("h1"))
    evolve(state, HoldReleased("h2"))
    assert state.lines == {"E": Line(2)}
    assert [when(state, ReleaseHold(name)) for name in ("h1", "h2")] == [[], []]
    assert refused(when(state, ConfirmHold("h1"))) == "STATE"


def test_a_taken_place_is_given_back_by_the_system_alone() -> None:
    state = given(QuotaSet("E", 2), held("h1"), HoldConfirmed("h1"))
    assert refused(when(state, ReleaseHold("h1"), RO)) == "NOT_AUTHORISED"
    assert refused(when(state, ReleaseHold("h1"), STRANGER)) == "NOT_AUTHORISED"


@pytest.mark.parametrize("command", [ConfirmHold("h9"), ReleaseHold("h9")])
def test_a_hold_that_never_was_is_named(command: Command) -> None:
    assert when(State(), command) == Refusal("STATE", "There is no such hold.", {"hold": "h9"})


# -- time


def test_holds_lapse_by_a_tick_at_or_after_their_time_earliest_first() -> None:
    state = given(
        QuotaSet("E", 9), held("h3", until=30), held("h1", until=10), held("h2", until=20), held("h0", until=5)
    )
    evolve(state, HoldConfirmed("h0"))
    assert due(state) == 10
    assert when(state, Tick(9)) == []
    assert when(state, Tick(20)) == [HoldLapsed("h1"), HoldLapsed("h2")]
    evolve(state, HoldLapsed("h1"))
    evolve(state, HoldLapsed("h2"))
    assert due(state) == 30
    assert state.lines["E"] == Line(9, held=1, confirmed=1)


def test_what_has_lapsed_is_neither_taken_nor_given_back() -> None:
    state = given(QuotaSet("E", 1), held("h1"), HoldLapsed("h1"))
    assert refused(when(state, ConfirmHold("h1"))) == "HOLD_LAPSED"
    assert when(state, ReleaseHold("h1")) == []
    assert state.lines["E"].free == 1


# -- moves

ASKED = MoveRequested("m1", "E", "ET", 2, "ann")


def test_an_organisation_asks_to_move_places() -> None:
    state = given(QuotaSet("E", 3))
    assert when(state, MoveQuota("E", "ET", 2), RO, name="m1") == [ASKED]
    evolve(state, ASKED)
    assert state.lines == {"E": Line(3)}
    assert state.moves == {"m1": Move("E", "ET", 2, "ann")}
    assert refused(when(state, MoveQuota("E", "ET", 2), RO, name="m1")) == "STATE"


def test_the_authority_moves_them() -> None:
    state = given(QuotaSet("E", 3), ASKED)
    assert when(state, ApproveMove("m1", "letter 7"), AUTHORITY) == [QuotaMoved("m1", "letter 7")]
    evolve(state, QuotaMoved("m1", "letter 7"))
    assert state.lines == {"E": Line(1), "ET": Line(2)}
    assert when(state, ApproveMove("m1", "letter 7"), AUTHORITY) == []
    assert refused(when(state, RefuseMove("m1"), AUTHORITY)) == "STATE"


def test_who_asked_does_not_approve_whatever_else_he_is() -> None:
    both = Actor("ann", (Grant("RO_ACR", "ro:FRA"), Grant("GAMES_AUTHORITY")))
    assert refused(when(given(QuotaSet("E", 3), ASKED), ApproveMove("m1", "x"), both)) == "SAME_PERSON"
    assert refused(when(given(QuotaSet("E", 3), ASKED), ApproveMove("m1", "x"), RO)) == "SAME_PERSON"


def test_another_of_the_organisation_does_not_approve_or_refuse() -> None:
    other = actor("art", "RO_ACR")
    assert refused(when(given(QuotaSet("E", 3), ASKED), ApproveMove("m1", "x"), other)) == "NOT_AUTHORISED"
    assert refused(when(given(QuotaSet("E", 3), ASKED), RefuseMove("m1"), other)) == "NOT_AUTHORISED"


@pytest.mark.parametrize("by", [AUTHORITY, RO], ids=["the authority", "who asked"])
def test_a_move_is_refused_or_taken_back(by: Actor) -> None:
    state = given(QuotaSet("E", 3), ASKED)
    assert when(state, RefuseMove("m1"), by) == [MoveRefused("m1")]
    evolve(state, MoveRefused("m1"))
    assert state.lines == {"E": Line(3)}
    assert when(state, RefuseMove("m1"), by) == []
    assert refused(when(state, ApproveMove("m1", "x"), AUTHORITY)) == "STATE"


def test_places_taken_since_do_not_move() -> None:
    state = given(QuotaSet("E", 3), ASKED, held("h1"), held("h2"))
    assert refused(when(state, ApproveMove("m1", "x"), AUTHORITY)) == "QUOTA"


def test_a_move_that_never_was_is_named() -> None:
    assert refused(when(State(), ApproveMove("m9", "x"), AUTHORITY)) == "STATE"
    assert refused(when(State(), RefuseMove("m9"), AUTHORITY)) == "STATE"


@pytest.mark.parametrize(
    ("command", "by", "code"),
    [
        (MoveQuota("E", "ET", 2), AUTHORITY, "NOT_AUTHORISED"),
        (MoveQuota("E", "ET", 2), STRANGER, "NOT_AUTHORISED"),
        (MoveQuota("QQ", "ET", 2), RO, "CATEGORY"),
        (MoveQuota("E", "QQ", 2), RO, "CATEGORY"),
        (MoveQuota("E", "ET", 0), RO, "COUNT"),
        (MoveQuota("E", "E", 1), RO, "COUNT"),
        (MoveQuota("E", "ENR", 1), RO, "POOL"),
        (MoveQuota("E", "ET", 4), RO, "QUOTA"),
        (MoveQuota("ET", "E", 1), RO, "QUOTA"),
    ],
)
def test_what_cannot_be_asked(command: MoveQuota, by: Actor, code: str) -> None:
    assert refused(when(given(QuotaSet("E", 3)), command, by)) == code


# -- the policy


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("hold_s = 900", "hold_s = 0"), "a hold lasts for some seconds"),
        (("23:59:59Z", "23:59:59"), "closes needs an offset"),
        (('{ pool = "press" }', '{ pol = "press" }'), "unknown field `pol`"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(change: tuple[str, str], why: str) -> None:
    text = Path(schemas.policy.__path__[0], "t20", "quota.toml").read_text()
    with pytest.raises(msgspec.ValidationError, match=why):
        decode(text.replace(*change).encode())
